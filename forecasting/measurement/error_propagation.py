"""A forecast includes the uncertainty of the figures that it starts from."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from forecasting.arrays import Array, Indices
from forecasting.models.model import Fitted
from forecasting.series import LONGEST_HORIZON

_RESPONSE_DRAWS = 2000
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, eq=False)
class PropagatedPaths:
    """Paths with the uncertainty of the figures mixed in.

    log_paths: (draws, horizon)
    share: of the uncertainty in the first month's variance
    unknown_log_paths: (draws, unknown) of the months before, whose figures are outliers
    pairing: (draws,) which draw of the deviations is mixed into each path
    """

    log_paths: Array
    share: float
    unknown_log_paths: Array
    pairing: Indices

    @classmethod
    def exact(cls, log_paths: Array) -> Self:
        """Paths (draws, horizon) that follow exact figures."""
        return cls(log_paths, 0.0, log_paths[:, :0], np.arange(len(log_paths)))


def propagate_errors(
    fitted: Fitted, deviations: Array, unknown: int, horizon: int, rng: np.random.Generator
) -> PropagatedPaths:
    """Draw from a fit whose last figures are uncertain.

    The fit knows each figure by its expected value. What it would have forecast from another one is
    read off its own paths: the change of the months after month T by news in month T is, in every
    linear model, that of the months after T + 1 by news in month T + 1, which the paths hold. So
    any model can include the uncertainty, and none is fitted twice.

    fitted: of the series up to the last figure that is worth something
    deviations: (draws, months) true minus expected log value in the last months of that series
    unknown: how many months follow whose figures are outliers; they are drawn and left out
    horizon: months after these
    """
    draws, months = deviations.shape
    uncertain = np.flatnonzero(deviations.any(axis=0))
    months = months - int(uncertain[0]) if uncertain.size else 0
    paths = _continued(
        fitted.simulate(min(unknown + horizon, LONGEST_HORIZON), draws, rng), unknown + horizon
    )
    if not months and not unknown:
        return PropagatedPaths.exact(paths)
    response_paths = fitted.simulate(LONGEST_HORIZON, _RESPONSE_DRAWS, rng)
    deviation_effect = deviations[:, deviations.shape[1] - months :] @ _response(
        response_paths, months, unknown + horizon
    )
    first = paths[:, unknown]
    dropped = paths[:, :unknown] - paths[:, :unknown].mean(axis=0)
    from_dropped = dropped @ _coefficients(dropped, first[:, np.newaxis])[:, 0]
    variance = float(deviation_effect[:, unknown].var() + from_dropped.var())
    total = variance + float((first - from_dropped).var())
    pairing = _pair_evenly(first, deviation_effect[:, unknown])
    mixed = paths + deviation_effect[pairing]
    share = variance / total if total > 0 else 0.0
    return PropagatedPaths(mixed[:, unknown:], share, mixed[:, :unknown], pairing)


def _response(paths: Array, months: int, horizon: int) -> Array:
    """What a log unit of news in each of the last months adds to later ones, (months, horizon).

    Beyond what the paths can tell, as much as a year before.
    """
    response = np.zeros((months, horizon))
    if not months:
        return response
    known = _coefficients(paths[:, :months], paths[:, months:])
    for ahead in range(horizon):
        within = ahead
        while within >= known.shape[1]:
            within -= 12
        response[:, ahead] = known[:, within]
    return response


def _coefficients(given: Array, wanted: Array) -> Array:
    """Least-squares coefficients (g, w) of wanted (draws, w) on given (draws, g), centered."""
    centered = given - given.mean(axis=0)
    return np.asarray(np.linalg.lstsq(centered, wanted - wanted.mean(axis=0), rcond=1e-6)[0])


def _continued(paths: Array, months: int) -> Array:
    """Paths (draws, months) of which those beyond the longest horizon move as they did a year
    before."""
    while paths.shape[1] < months:
        paths = np.column_stack([paths, paths[:, -1] + paths[:, -12] - paths[:, -13]])
    return paths


def _pair_evenly(paths: Array, added: Array) -> Indices:
    """For each path (draws,) which draw of `added` to give it, so that every part of the one meets
    every part of the other: a sum of independent variables, without the noise of a random pairing.

    Ranks are paired along a Kronecker lattice (Niederreiter 1992, Random Number Generation and
    Quasi-Monte Carlo Methods, section 3.1).
    """
    lattice = np.argsort(
        np.argsort((np.arange(paths.size) + 0.5) * _GOLDEN % 1, kind="stable"), kind="stable"
    )
    pairing = np.empty(paths.size, dtype=np.intp)
    pairing[paths.argsort(kind="stable")] = added.argsort(kind="stable")[lattice]
    return pairing
