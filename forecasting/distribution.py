"""A forecast is a joint distribution of counts; everything else is asked of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from forecasting.arrays import Array, read_only
from forecasting.month import Month, months_between

Parameters: TypeAlias = Mapping[str, tuple[float, ...]]
"""What a fit has learned, by name: plain numbers that can be stored and given back to start the
next fit."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """Sample paths of the months after `origin`, and how they came about.

    A row of `paths` is one possible future, so that sums over months and "at any time"
    probabilities respect the dependence between months.

    origin: last observed month
    paths: (draws, horizon) counts, finite and non-negative; column 0 is the month after `origin`
    model: name of the model asked for; where it had to be replaced, `warnings` says so
    parameters: what the fit has learned
    warnings: what a reader should know about the fit, empty where nothing happened
    provisional_share: share of the first month's variance on the log scale that is due to errors of
        the figures used, 0 to 1; 0 where all were exact
    """

    origin: Month
    paths: Array
    model: str
    parameters: Parameters = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    provisional_share: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError where `paths` or `provisional_share` is not as described above."""
        paths = np.asarray(self.paths, dtype=np.float64)
        if paths.ndim != 2 or 0 in paths.shape:
            raise ValueError(
                f"paths has shape {paths.shape}, expected (draws, horizon), both at least 1"
            )
        if not np.isfinite(paths).all() or (paths < 0).any():
            raise ValueError(
                "paths holds a negative or non-finite value, expected finite counts of 0 or more"
            )
        if not 0 <= self.provisional_share <= 1:
            raise ValueError(f"provisional_share is {self.provisional_share:g}, expected 0 to 1")
        object.__setattr__(self, "paths", read_only(paths))
        object.__setattr__(self, "parameters", dict(self.parameters))

    @property
    def draws(self) -> int:
        return int(self.paths.shape[0])

    @property
    def horizon(self) -> int:
        """How many months are forecast."""
        return int(self.paths.shape[1])

    @property
    def periods(self) -> tuple[Month, ...]:
        """The forecast months, `horizon` of them."""
        return tuple(months_between(self.origin + 1, self.origin + self.horizon))

    @property
    def mean(self) -> Array:
        """(horizon,) expected count."""
        return np.asarray(self.paths.mean(axis=0), dtype=np.float64)

    @property
    def median(self) -> Array:
        """(horizon,) count that is exceeded with probability one half."""
        return self.quantiles([0.5])[:, 0]

    def quantiles(self, levels: Sequence[float] | Array) -> Array:
        """Counts that are not exceeded with the given probabilities.

        levels: (k,) probabilities in (0, 1), in any order. Returns (horizon, k).
        Raises ValueError naming a level outside (0, 1).
        Sample quantiles of the plotting position (i - 1/2) / draws: Hyndman & Fan (1996),
        definition 5.
        """
        probabilities = np.asarray(levels, dtype=np.float64)
        if probabilities.ndim != 1:
            raise ValueError(f"levels has shape {probabilities.shape}, expected one dimension")
        for level in probabilities:
            _require_probability("level", float(level))
        return np.quantile(self.paths, probabilities, axis=0, method="hazen").T

    def interval(self, level: float) -> tuple[Array, Array]:
        """The central interval that holds each month's count with probability `level`, in (0, 1).

        Returns the lower and the upper ends, (horizon,) each.
        """
        _require_probability("level", level)
        ends = self.quantiles([(1 - level) / 2, (1 + level) / 2])
        return ends[:, 0], ends[:, 1]

    def exceedance(self, threshold: float) -> Array:
        """(horizon,) probability that a month's count is above `threshold`."""
        return np.asarray((self.paths > _not_nan(threshold)).mean(axis=0), dtype=np.float64)

    def any_exceedance(self, threshold: float) -> float:
        """Probability that at least one month's count is above `threshold`."""
        return float((self.paths > _not_nan(threshold)).any(axis=1).mean())


def _require_probability(name: str, given: float) -> None:
    if not 0 < given < 1:
        raise ValueError(
            f"{name} is {given:g}, expected a probability between 0 and 1, such as 0.95"
        )


def _not_nan(threshold: float) -> float:
    if np.isnan(threshold):
        raise ValueError("threshold is NaN, expected a count")
    return threshold
