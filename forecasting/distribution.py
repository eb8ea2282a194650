"""Distributions of counts, all with one interface.

A forecast is a joint distribution of the coming months' counts, as sample paths. The store keeps
means and quantiles of each month. Both are a `Distribution`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from forecasting.arrays import Array, read_only
from forecasting.fit_warnings import FitWarning
from forecasting.month import Month, months_between

Parameters: TypeAlias = Mapping[str, tuple[float, ...]]
"""What a fit has learned, by name: plain numbers that can be stored and given back to start the
next fit."""

_LEVEL_TOLERANCE = 1e-9
"""Levels that differ by less, as computed ones do, are the same level."""


class Distribution(ABC):
    """The distributions of k counts, such as those of k months, each by itself."""

    @property
    @abstractmethod
    def mean(self) -> Array:
        """The expected counts, shape (k,)."""

    @abstractmethod
    def quantiles(self, levels: Sequence[float] | Array) -> Array:
        """Compute the counts that are not exceeded with given probabilities.

        Parameters
        ----------
        levels : array_like, shape (n,)
            Probabilities in (0, 1), in any order.

        Returns
        -------
        array, shape (k, n)

        Raises
        ------
        ValueError
            If a level is not in (0, 1), or not known to the distribution; the message names it.
        """

    @property
    def median(self) -> Array:
        """The counts exceeded with a probability of one half, shape (k,)."""
        return self.quantiles([0.5])[:, 0]

    def interval(self, level: float) -> tuple[Array, Array]:
        """Compute the central interval that contains each count with a given probability.

        Parameters
        ----------
        level : float
            A probability in (0, 1), such as 0.8.

        Returns
        -------
        lower, upper : array, shape (k,)

        Raises
        ------
        ValueError
            If the level is not in (0, 1); the message names it.
        """
        _require_probability("level", level)
        ends = self.quantiles([(1 - level) / 2, (1 + level) / 2])
        return ends[:, 0], ends[:, 1]


class SampleDistribution(Distribution):
    """A joint distribution held as `paths` (draws, k): each row is one possible future.

    Sums over months and "at least once" probabilities therefore respect the dependence between
    months.
    """

    paths: Array

    @property
    def draws(self) -> int:
        """The number of sample paths."""
        return int(self.paths.shape[0])

    @property
    def mean(self) -> Array:
        return np.asarray(self.paths.mean(axis=0), dtype=np.float64)

    def quantiles(self, levels: Sequence[float] | Array) -> Array:
        """Compute the counts that are not exceeded with given probabilities.

        They are sample quantiles with the plotting positions (i - 1/2) / draws.

        Parameters
        ----------
        levels : array_like, shape (n,)
            Probabilities in (0, 1), in any order.

        Returns
        -------
        array, shape (k, n)

        Raises
        ------
        ValueError
            If a level is not in (0, 1); the message names it.

        References
        ----------
        Hyndman & Fan (1996), The American Statistician 50(4), definition 5.
        """
        return np.quantile(self.paths, _probabilities(levels), axis=0, method="hazen").T

    def exceedance(self, threshold: float) -> Array:
        """Compute the probability that each count is above a threshold.

        Parameters
        ----------
        threshold : float

        Returns
        -------
        array, shape (k,)

        Raises
        ------
        ValueError
            If `threshold` is NaN.
        """
        return np.asarray((self.paths > _not_nan(threshold)).mean(axis=0), dtype=np.float64)

    def exceedance_by(self, threshold: float, run: int = 1) -> Array:
        """Compute the probability that, by each count, some counts in a row were above a threshold.

        Parameters
        ----------
        threshold : float
        run : int
            How many counts in a row, 1 or more.

        Returns
        -------
        array, shape (k,)

        Raises
        ------
        ValueError
            If `threshold` is NaN, or `run` is below 1.
        """
        return _run_by(self.paths > _not_nan(threshold), run)

    def shortfall(self, threshold: float) -> Array:
        """Compute the probability that each count is below a threshold.

        Parameters
        ----------
        threshold : float

        Returns
        -------
        array, shape (k,)

        Raises
        ------
        ValueError
            If `threshold` is NaN.
        """
        return np.asarray((self.paths < _not_nan(threshold)).mean(axis=0), dtype=np.float64)

    def shortfall_by(self, threshold: float, run: int = 1) -> Array:
        """Compute the probability that, by each count, some counts in a row were below a threshold.

        Parameters
        ----------
        threshold : float
        run : int
            How many counts in a row, 1 or more.

        Returns
        -------
        array, shape (k,)

        Raises
        ------
        ValueError
            If `threshold` is NaN, or `run` is below 1.
        """
        return _run_by(self.paths < _not_nan(threshold), run)


@dataclass(frozen=True, eq=False)
class SamplePaths(SampleDistribution):
    """Sample paths (draws, k) without their origin, such as those of a year's total."""

    paths: Array


@dataclass(frozen=True, eq=False)
class QuantileDistribution(Distribution):
    """Distributions held as means and some quantiles.

    means: (k,) expected counts
    levels: (n,) ascending probabilities of the quantiles
    values: (k, n) quantiles at these levels
    """

    means: Array
    levels: Array
    values: Array

    @property
    def mean(self) -> Array:
        return self.means

    def quantiles(self, levels: Sequence[float] | Array) -> Array:
        """The quantiles at some of `self.levels`."""
        wanted = _probabilities(levels)
        at = np.searchsorted(self.levels, wanted - _LEVEL_TOLERANCE)
        at = np.minimum(at, self.levels.size - 1)
        if (unknown := np.abs(self.levels[at] - wanted) > _LEVEL_TOLERANCE).any():
            raise ValueError(
                f"level is {wanted[unknown][0]:g}, expected one of the {self.levels.size} levels "
                f"from {self.levels[0]:g} to {self.levels[-1]:g} that are kept"
            )
        return np.asarray(self.values[:, at])


@dataclass(frozen=True, eq=False)
class Forecast(SampleDistribution):
    """The joint distribution of the counts of the months after an origin, as sample paths.

    Each row of `paths` is one possible future. Sums over months and the probability of at least one
    month above a threshold therefore respect the dependence between months.

    Parameters
    ----------
    origin : Month
        The last observed month.
    paths : array, shape (draws, horizon)
        Counts, finite and non-negative; column 0 is the month after `origin`.
    model : str
        The model requested. If it had to be replaced, `warnings` says so.
    parameters : mapping of str to tuple of float
        What the fit has learned.
    warnings : tuple of FitWarning
        What a reader should know about the fit; empty if nothing happened.
    provisional_share : float
        The share of the first month's variance, on the log scale, that is due to measurement noise,
        0 to 1; 0 if all figures were exact.
    past_months : tuple of Month
        The months among the last 12 whose figures have measurement noise, k of them, ascending.
    past_paths : array, shape (draws, k)
        Counts that these months may truly have had; row i belongs to row i of `paths`. By default
        there are no such months.

    Raises
    ------
    ValueError
        If `paths`, `past_paths` or `provisional_share` is not as described.

    Examples
    --------
    >>> paths = [[100, 110], [120, 150], [140, 190], [160, 230]]
    >>> forecast = Forecast(Month.parse("2024-04"), np.array(paths), model="by hand")
    >>> [str(month) for month in forecast.periods]
    ['2024-05', '2024-06']
    >>> forecast.median.tolist()
    [130.0, 170.0]
    >>> forecast.exceedance(150).tolist()
    [0.25, 0.5]
    """

    origin: Month
    paths: Array
    model: str
    parameters: Parameters = field(default_factory=dict)
    warnings: tuple[FitWarning, ...] = ()
    provisional_share: float = 0.0
    past_months: tuple[Month, ...] = ()
    past_paths: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
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
        past = self.past_paths if self.past_months else np.zeros((len(paths), 0))
        if past.shape != (len(paths), len(self.past_months)):
            raise ValueError(
                f"past_paths has shape {past.shape}, expected {(len(paths), len(self.past_months))}"
            )
        object.__setattr__(self, "paths", read_only(paths))
        object.__setattr__(self, "past_paths", read_only(past))
        object.__setattr__(self, "parameters", dict(self.parameters))

    @property
    def horizon(self) -> int:
        """The number of months forecast."""
        return int(self.paths.shape[1])

    @property
    def periods(self) -> tuple[Month, ...]:
        """The months forecast, `horizon` of them."""
        return tuple(months_between(self.origin + 1, self.origin + self.horizon))


def _probabilities(levels: Sequence[float] | Array) -> Array:
    probabilities = np.asarray(levels, dtype=np.float64)
    if probabilities.ndim != 1:
        raise ValueError(f"levels has shape {probabilities.shape}, expected one dimension")
    for level in probabilities:
        _require_probability("level", float(level))
    return probabilities


def _require_probability(name: str, given: float) -> None:
    if not 0 < given < 1:
        raise ValueError(
            f"{name} is {given:g}, expected a probability between 0 and 1, such as 0.95"
        )


def _run_by(happens: NDArray[np.bool_], run: int) -> Array:
    """(k,) share of the rows of (draws, k) that hold `run` true values in a row by then."""
    if run < 1:
        raise ValueError(f"run is {run}, expected 1 or more")
    complete = np.zeros_like(happens)
    length = np.zeros(happens.shape[0], dtype=np.intp)
    for column in range(happens.shape[1]):
        length = np.where(happens[:, column], length + 1, 0)
        complete[:, column] = length >= run
    ever = np.logical_or.accumulate(complete, axis=1)
    return np.asarray(ever.mean(axis=0), dtype=np.float64)


def _not_nan(threshold: float) -> float:
    if np.isnan(threshold):
        raise ValueError("threshold is NaN, expected a count")
    return threshold
