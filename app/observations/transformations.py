"""Counts in other units and by longer periods: changes, percentages, indexes, quarters, years.

The arithmetic goes along the last axis of an array, so that it is the same for a history (one row)
and for the sampled paths of a forecast (many).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting import Month, months_between

DECIMALS = 1  # of percentages and indexes


class Units(StrEnum):
    """What a count is compared with, and how."""

    CHANGE = "change"
    CHANGE_YEAR = "change_year"
    PERCENT = "percent"
    PERCENT_YEAR = "percent_year"
    INDEX = "index"


class Aggregate(StrEnum):
    """The longer period that months are added up to."""

    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {None: 1, Aggregate.QUARTER: 3, Aggregate.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, or a quarter or year of a series, which begins in the month that its years begin in.

    Written `2024-04`, `2024-Q3`, or `2024`; quarters and years are named by the year's last month.
    """

    start: Month
    months: int
    name: str

    @property
    def end(self) -> Month:
        return self.start + (self.months - 1)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Transformation:
    """What to compute from monthly counts.

    units: None leaves counts
    aggregate: None leaves months
    base: a month of the period in which an index is 100; None takes the newest counted period
    """

    units: Units | None = None
    aggregate: Aggregate | None = None
    base: Month | None = None

    @property
    def months(self) -> int:
        """Months of a period."""
        return _MONTHS[self.aggregate]

    @property
    def lag(self) -> int:
        """How many periods before its own the count lies that a period is compared with."""
        if self.units in (Units.CHANGE, Units.PERCENT):
            return 1
        if self.units in (Units.CHANGE_YEAR, Units.PERCENT_YEAR):
            return 12 // self.months
        return 0

    @property
    def whole(self) -> bool:
        """Whether the result is a number of counts, and not a percentage or an index."""
        return self.units in (None, Units.CHANGE, Units.CHANGE_YEAR)

    def describe_unit(self, unit: str, base: Period | None) -> str:
        """The unit of the result, in words, for counts of `unit`."""
        match self.units:
            case None:
                return unit
            case Units.CHANGE | Units.CHANGE_YEAR:
                return f"change in {unit}"
            case Units.PERCENT | Units.PERCENT_YEAR:
                return "percent change"
            case Units.INDEX:
                return f"index, {base} = 100"

    def period_of(self, month: Month, year_start: int) -> Period:
        """The period that a month is in, if years begin in month `year_start` (1 to 12)."""
        place = (month.month - year_start) % 12
        start = month - place % self.months
        year = month.reporting_year(year_start)
        match self.aggregate:
            case None:
                return Period(month, 1, str(month))
            case Aggregate.QUARTER:
                return Period(start, 3, f"{year:04d}-Q{place // 3 + 1}")
            case Aggregate.YEAR:
                return Period(start, 12, f"{year:04d}")

    def complete_periods(self, first: Month, last: Month, year_start: int) -> list[Period]:
        """The periods all of whose months lie from `first` to `last`, oldest first."""
        found = dict.fromkeys(
            self.period_of(month, year_start) for month in months_between(first, last)
        )
        return [period for period in found if period.start >= first and period.end <= last]

    def apply(
        self, counts: NDArray[Any], first: Month, periods: Sequence[Period], base: float | None
    ) -> NDArray[np.float64]:
        """The transformed values of consecutive periods.

        Parameters
        ----------
        counts : (..., n) counts of the months from `first`; NaN is no figure
        periods : k consecutive periods within these months, or none
        base : count of the base period of an index, not 0; None for other units

        Returns
        -------
        (..., k), NaN where a figure is missing, or the count to compare with is missing or 0
        """
        if not periods:
            return np.empty((*counts.shape[:-1], 0))
        at = [period.start - first for period in periods]
        sums = np.stack(
            [counts[..., place : place + self.months].sum(axis=-1) for place in at], axis=-1
        ).astype(np.float64)
        if self.units is None:
            return sums
        if self.units is Units.INDEX:
            assert base, "an index has a base, and that is not 0"
            return 100 * sums / base
        before = np.full_like(sums, np.nan)
        before[..., self.lag :] = sums[..., : -self.lag]
        if self.whole:
            return sums - before
        before[before == 0] = np.nan
        return 100 * (sums - before) / before

    def rounded(self, value: float) -> int | float | None:
        """A value as answers give it: whole counts, percentages to a tenth; None for NaN."""
        if np.isnan(value):
            return None
        return round(value) if self.whole else round(float(value), DECIMALS)
