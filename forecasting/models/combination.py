"""The combination: the mean of the quantiles of random walk, structural, ETS, and theta.

Kept for comparison with `auto`: it is what a careful user of statsmodels would combine.
"""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitError, FitWarning
from forecasting.models import load
from forecasting.models.guard import CheckedFit, fit_checked
from forecasting.models.model import Fitted
from forecasting.series import MonthlySeries

MEMBERS = ("log-random-walk", "structural", "ets", "theta")


@dataclass(frozen=True)
class CombinationFit:
    """The fits that passed, each with the same weight."""

    members: tuple[Fitted, ...]
    parameters: Parameters
    warnings: tuple[FitWarning, ...]

    def simulate(self, horizon: int, draws: int, rng: np.random.Generator) -> Array:
        """Paths of log(1 + count), (draws, horizon)."""
        streams = rng.spawn(len(self.members))
        return combine(
            [
                member.simulate(horizon, draws, stream)
                for member, stream in zip(self.members, streams, strict=True)
            ]
        )


def fit(series: MonthlySeries, start: Parameters | None) -> CombinationFit:
    """Fit every member; one that cannot be fitted is left out, and a warning says why."""
    return _combined(series, start, refit=True)


def refilter(series: MonthlySeries, parameters: Parameters) -> CombinationFit:
    """Refilter every member of which there are parameters, and fit the others."""
    return _combined(series, parameters, refit=False)


def _combined(series: MonthlySeries, start: Parameters | None, *, refit: bool) -> CombinationFit:
    fits: dict[str, CheckedFit] = {}
    warnings: list[FitWarning] = []
    for member in MEMBERS:
        try:
            fits[member] = fit_checked(load(member), series, _of(member, start), refit=refit)
        except FitError as error:
            warnings.append(FitWarning("member_left_out", {"member": member}, error.warning))
    warnings += [
        FitWarning("of_member", {"member": member}, warning)
        for member, one in fits.items()
        for warning in one.warnings
    ]
    parameters = {
        f"{member}:{name}": values
        for member, one in fits.items()
        for name, values in one.fitted.parameters.items()
    }
    return CombinationFit(tuple(one.fitted for one in fits.values()), parameters, tuple(warnings))


def combine(members: list[Array]) -> Array:
    """Paths with the mean of the members' quantiles every month, and the members' dependence.

    Averaging quantiles, unlike pooling draws, keeps the width of a forecast when members disagree
    on its center (Lichtendahl, Grushka-Cockayne & Winkler 2013, Management Science 59(7)). The
    ranks of the paths are taken from each member in turn, so that the dependence between months is
    a mixture of theirs.

    members: log paths, (draws, horizon) each. Returns (draws, horizon).
    """
    quantiles = np.mean([np.sort(paths, axis=0) for paths in members], axis=0)
    ranks = np.empty_like(quantiles)
    for nth, paths in enumerate(members):
        mine = paths[nth :: len(members)]
        ranks[nth :: len(members)] = (_ranks(mine) + 0.5) / max(len(mine), 1)
    return np.take_along_axis(quantiles, _ranks(ranks), axis=0)


def _ranks(paths: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """The rank of every value among those of its month, 0 for the smallest."""
    return paths.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")


def _of(member: str, start: Parameters | None) -> Parameters | None:
    if start is None:
        return None
    prefix = f"{member}:"
    return {
        name.removeprefix(prefix): values
        for name, values in start.items()
        if name.startswith(prefix)
    }
