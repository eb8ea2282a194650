"""One monthly count over time: what every model is given."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from forecasting.arrays import Array, read_only
from forecasting.measurement.noise import MeasurementNoise
from forecasting.month import Month, months_between

LONGEST_HORIZON = 36
"""Months ahead that every model can forecast."""

FEWEST_OBSERVED = 3
"""Observed months that a forecast needs."""


@dataclass(frozen=True, init=False, eq=False)
class MonthlySeries:
    """Counts of consecutive months, with NaN for missing months.

    Missing months before the first and after the last observed one are cut off. `start` and `end`
    are therefore observed months, and `end` is the origin of a forecast.

    Parameters
    ----------
    start : Month or str
        The month of the first value.
    values : array_like, shape (n,)
        Non-negative counts; NaN if missing.
    measurement : sequence of MeasurementNoise or None, length n, optional
        The measurement noise of each figure; None for an exact one. By default all are exact.

    Raises
    ------
    ValueError
        If an argument is not as described; the message names what was given and expected.

    Examples
    --------
    >>> series = MonthlySeries("2024-01", [124215, 140641, float("nan"), 128895])
    >>> str(series.end), len(series), series.observed_count
    ('2024-04', 4, 3)
    """

    start: Month
    values: Array
    measurement: tuple[MeasurementNoise | None, ...] | None

    def __init__(
        self,
        start: Month | str,
        values: ArrayLike,
        measurement: Sequence[MeasurementNoise | None] | None = None,
    ) -> None:
        counts = _counts(values)
        errors = None if measurement is None else _errors(measurement, counts.size)
        first = start if isinstance(start, Month) else Month.parse(start)
        observed = np.flatnonzero(~np.isnan(counts))
        kept = slice(int(observed[0]), int(observed[-1]) + 1)
        object.__setattr__(self, "start", first + kept.start)
        object.__setattr__(self, "values", read_only(counts[kept]))
        object.__setattr__(self, "measurement", None if errors is None else errors[kept])

    def __len__(self) -> int:
        """The number of months from the first to the last observed one, missing ones included."""
        return self.values.size

    @property
    def end(self) -> Month:
        """The last observed month."""
        return self.start + (len(self) - 1)

    @property
    def months(self) -> list[Month]:
        """Every month from the first to the last observed one."""
        return months_between(self.start, self.end)

    @property
    def is_observed(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """(n,) True where a month has a value."""
        return ~np.isnan(self.values)

    @property
    def observed_count(self) -> int:
        """How many months have a value."""
        return int(self.is_observed.sum())

    @property
    def is_exact(self) -> bool:
        """Whether no observed figure has measurement noise."""
        return self.measurement is None or all(
            error is None or error.is_exact or not observed
            for error, observed in zip(self.measurement, self.is_observed, strict=True)
        )

    @property
    def log_values(self) -> Array:
        """(n,) log(1 + count), the scale on which models work; NaN = missing."""
        return np.log1p(self.values)


def _counts(values: ArrayLike) -> Array:
    counts = _vector("values", values)
    if np.isinf(counts).any():
        raise ValueError(
            f"values[{_first(np.isinf(counts))}] is infinite, expected counts, NaN where missing"
        )
    if (counts < 0).any():
        at = _first(counts < 0)
        raise ValueError(
            f"values[{at}] is {counts[at]:g}, expected counts of 0 or more, NaN where missing"
        )
    if np.isnan(counts).all():
        raise ValueError(
            f"values has {counts.size} months and none is observed, expected at least one"
        )
    return counts


def _errors(
    measurement: Sequence[MeasurementNoise | None], months: int
) -> tuple[MeasurementNoise | None, ...]:
    errors = tuple(measurement)
    if len(errors) != months:
        raise ValueError(
            f"measurement has {len(errors)} months, expected one for each of {months} values"
        )
    for at, error in enumerate(errors):
        if error is not None and not isinstance(error, MeasurementNoise):
            raise ValueError(
                f"measurement[{at}] is {error!r}, expected a MeasurementNoise, None where exact"
            )
    return errors


def _vector(name: str, given: ArrayLike) -> Array:
    vector = np.asarray(given, dtype=np.float64)
    if vector.ndim != 1:
        raise ValueError(f"{name} has shape {vector.shape}, expected one dimension")
    return vector


def _first(where: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    return int(np.flatnonzero(where)[0])
