"""A history in other units or by longer periods."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.errors import BadParameter, Fault
from app.observations.observation import Observation, Status
from app.observations.queries import History
from app.observations.transformations import Period, Transformation, Units
from forecasting import Month, months_between

_LEAST_RELIABLE_FIRST = (
    Status.LOW_RELIABILITY,
    Status.UNVALIDATED,
    Status.ESTIMATED,
    Status.PROVISIONAL,
    Status.BREAK,
    Status.DEFINITION_DIFFERS,
)


@dataclass(frozen=True, slots=True)
class TransformedFigure:
    """The value of one period; None if a figure that it needs is missing, or is 0 below a ratio.

    status: the least reliable one of its months; missing if it has no value
    published_on: when the newest of its months' figures was published
    """

    period: Period
    value: int | float | None
    status: Status
    published_on: date | None


@dataclass(frozen=True, slots=True)
class MonthlyCounts:
    """The monthly counts of a history as an array.

    counts: (n,) from `first`; NaN is no figure
    """

    first: Month
    counts: NDArray[np.float64]

    @property
    def last(self) -> Month:
        return self.first + (self.counts.size - 1)

    @classmethod
    def of(cls, history: History) -> "MonthlyCounts | None":
        """None if no month has a figure. The last month is the newest with a value."""
        known = {
            observation.period: observation.value
            for observation in history.observations
            if observation.value is not None
        }
        if not known:
            return None
        months = months_between(min(known), max(known))
        return cls(months[0], np.array([known.get(month, np.nan) for month in months], dtype=float))


@dataclass(frozen=True, slots=True)
class Base:
    """The period in which an index is 100, and its count."""

    period: Period
    count: float


def find_base(counted: MonthlyCounts, wanted: Transformation, year_start: int) -> Base | None:
    """The base of an index; None for other units.

    By default it is the newest period whose months all have figures. Raises BadParameter if the
    period has a month without a figure, or a count of 0.
    """
    if wanted.units is not Units.INDEX:
        return None
    periods = wanted.complete_periods(counted.first, counted.last, year_start)
    in_counts = Transformation(aggregate=wanted.aggregate)
    counts = in_counts.apply(counted.counts, counted.first, periods, None)
    usable = {period: float(n) for period, n in zip(periods, counts, strict=True) if n > 0}
    chosen = (
        max(usable, default=None)
        if wanted.base is None
        else wanted.period_of(wanted.base, year_start)
    )
    if chosen is None or chosen not in usable:
        given = None if wanted.base is None else str(wanted.base)
        expected = "a month of a period whose months all have figures and are not all 0"
        reach = f", from {min(usable).start} to {max(usable).end}" if usable else ""
        raise BadParameter(Fault("base", given, expected + reach))
    return Base(chosen, usable[chosen])


def transform_history(
    history: History,
    wanted: Transformation,
    *,
    start: Month | None = None,
    end: Month | None = None,
) -> tuple[list[TransformedFigure], Base | None]:
    """The periods between two months in the units that are wanted, and the base of an index.

    Parameters
    ----------
    history : all months of a series; earlier ones than `start` serve the comparisons
    start, end : the first and last month that a period may have

    Raises
    ------
    BadParameter
        As `find_base` does.
    """
    counted, year_start = MonthlyCounts.of(history), history.series.year_start
    if counted is None:
        return [], None
    base = find_base(counted, wanted, year_start)
    periods = wanted.complete_periods(counted.first, counted.last, year_start)
    values = wanted.apply(counted.counts, counted.first, periods, base.count if base else None)
    by_month = {observation.period: observation for observation in history.observations}
    return [
        _figure(period, wanted.rounded(value), by_month)
        for period, value in zip(periods, values, strict=True)
        if (start is None or period.start >= start) and (end is None or period.end <= end)
    ], base


def _figure(
    period: Period, value: int | float | None, by_month: dict[Month, Observation]
) -> TransformedFigure:
    months = (by_month.get(month) for month in months_between(period.start, period.end))
    figures = [figure for figure in months if figure is not None]
    return TransformedFigure(
        period,
        value,
        Status.MISSING if value is None else _combined_status(figures),
        max((figure.published_on for figure in figures), default=None),
    )


def _combined_status(figures: list[Observation]) -> Status:
    statuses = {figure.status for figure in figures}
    return next((one for one in _LEAST_RELIABLE_FIRST if one in statuses), max(statuses))
