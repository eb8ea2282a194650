"""The total of a series' year: what is counted so far, and the distribution of the rest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import BadParameter, Fault, Problem
from app.forecasts.revision_history import NOT_FINAL
from app.observations.observation import Observation, last_month_of_year
from app.observations.queries import History
from forecasting import Month, months_between
from forecasting.distribution import SamplePaths
from forecasting.series import LONGEST_HORIZON


class MonthsMissing(Problem):
    """The year has months before the forecast's first one for which there is no figure, so
    its total is not known. `errors` names them."""

    title = "Months are missing"


@dataclass(frozen=True, slots=True)
class YearToDate:
    """The months of a year that have figures, the first of the year or none.

    `first` and `last` are the year's first and last month, counted or not.
    """

    year: int
    year_start: int
    figures: tuple[Observation, ...]

    @property
    def first(self) -> Month:
        return first_month(self.year, self.year_start)

    @property
    def last(self) -> Month:
        return first_month(self.year, self.year_start) + 11

    @property
    def total(self) -> int:
        return _sum(self.figures)

    @property
    def provisional(self) -> list[Observation]:
        """The figures that are not final or were not said exactly."""
        return [
            observation
            for observation in self.figures
            if observation.status in NOT_FINAL or observation.vague
        ]

    @property
    def provisional_total(self) -> int:
        return _sum(self.provisional)


def first_month(year: int, year_start: int) -> Month:
    """The first month of a year that begins in month `year_start` and is named by its last month:
    of year 2026, October 2025 if years begin in October, January 2026 if they begin in January."""
    return last_month_of_year(year, year_start) - 11


def year_to_date(history: History, year: int, year_start: int, *, before: Month) -> YearToDate:
    """The figures of `year` for the months before `before`, if years begin in month `year_start`.

    Raises MonthsMissing where one of these months has no figure.
    """
    first = first_month(year, year_start)
    counted = months_between(first, min(first + 11, before - 1))
    known = {
        observation.period: observation
        for observation in history.observations
        if observation.value is not None
    }
    missing = [str(month) for month in counted if month not in known]
    if missing:
        raise MonthsMissing(
            f"{history.series.key} has no figure for {', '.join(missing)}, so the total of year "
            f"{year} is not known. GET /history?series={history.series.key} has what there is.",
            faults=[Fault("year", year, "a year whose months so far all have figures")],
        )
    return YearToDate(year, year_start, tuple(known[month] for month in counted))


def year_total(counted: YearToDate, origin: Month, paths: NDArray[Any]) -> SamplePaths:
    """The distribution of a year's total, (draws, 1).

    Its figures up to `origin` plus the paths of its other months.

    paths: (draws, horizon) counts of the months after `origin`. Months between the origin and the
    year's first one are drawn but not counted. Raises BadParameter where the year ends beyond the
    paths.
    """
    require_within_reach(counted.year, counted.year_start, origin)
    months = months_between(max(counted.first, origin + 1), counted.last)
    columns = [month - origin - 1 for month in months]
    return SamplePaths(counted.total + paths[:, columns].sum(axis=1, keepdims=True))


def require_within_reach(year: int, year_start: int, origin: Month) -> None:
    """Raises BadParameter if a year ends later than the longest horizon after `origin`."""
    latest = (origin + LONGEST_HORIZON + 1).reporting_year(year_start) - 1  # ends by then
    if year > latest:
        raise BadParameter(
            Fault(
                "year",
                year,
                f"{latest} or earlier, because forecasts reach {LONGEST_HORIZON} months ahead",
            )
        )


def known_total(counted: YearToDate) -> SamplePaths:
    """The total of a year whose twelve months all have figures."""
    return SamplePaths(np.array([[counted.total]]))


def _sum(figures: tuple[Observation, ...] | list[Observation]) -> int:
    return sum(observation.value or 0 for observation in figures)
