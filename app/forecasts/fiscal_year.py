"""The total of a US fiscal year: what is counted so far, and the distribution of the rest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import BadParameter, Fault, Problem
from app.forecasts.revision_history import NOT_FINAL
from app.observations.observation import Observation
from app.observations.queries import History
from forecasting import Month, months_between
from forecasting.distribution import Samples
from forecasting.series import LONGEST_HORIZON


class MonthsMissing(Problem):
    """Months of the fiscal year before the first forecast month have no figure, so the total is not
    known. `detail` names them."""

    title = "Months are missing"


@dataclass(frozen=True, slots=True)
class YearToDate:
    """The months of a fiscal year that have figures, the first of the year or none.

    `first` and `last` are the year's first and last month, counted or not.
    """

    year: int
    figures: tuple[Observation, ...]

    @property
    def first(self) -> Month:
        return first_month(self.year)

    @property
    def last(self) -> Month:
        return first_month(self.year) + 11

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


def first_month(year: int) -> Month:
    """October of the calendar year before."""
    return Month.of(year - 1, 10)


def year_to_date(history: History, year: int, *, before: Month) -> YearToDate:
    """The figures of fiscal year `year` for the months before `before`.

    Raises MonthsMissing where one of these months has no figure.
    """
    first = first_month(year)
    counted = months_between(first, min(first + 11, before - 1))
    known = {
        observation.period: observation
        for observation in history.observations
        if observation.value is not None
    }
    missing = [str(month) for month in counted if month not in known]
    if missing:
        raise MonthsMissing(
            f"{history.series.key} has no figure for {', '.join(missing)}, so the total of "
            f"fiscal year {year} is not known. GET /history?series={history.series.key} "
            "has the figures.",
            faults=[Fault("year", year, "a fiscal year whose months so far all have figures")],
        )
    return YearToDate(year, tuple(known[month] for month in counted))


def year_total(counted: YearToDate, origin: Month, paths: NDArray[Any]) -> Samples:
    """The distribution of a year's total, (draws, 1).

    Its figures up to `origin` plus the paths of its other months.

    paths: (draws, horizon) counts of the months after `origin`. Months between the origin and the
    year's first one are drawn but not counted. Raises BadParameter where the year ends beyond the
    paths.
    """
    require_within_reach(counted.year, origin)
    months = months_between(max(counted.first, origin + 1), counted.last)
    columns = [month - origin - 1 for month in months]
    return Samples(counted.total + paths[:, columns].sum(axis=1, keepdims=True))


def require_within_reach(year: int, origin: Month) -> None:
    """Raises BadParameter if a fiscal year ends after the longest horizon from `origin`."""
    latest = (origin + LONGEST_HORIZON + 1).fiscal_year - 1  # the last year that ends by then
    if year > latest:
        raise BadParameter(
            Fault(
                "year",
                year,
                f"{latest} or earlier, because forecasts reach {LONGEST_HORIZON} months ahead",
            )
        )


def known_total(counted: YearToDate) -> Samples:
    """The total of a year whose twelve months all have figures."""
    return Samples(np.array([[counted.total]]))


def _sum(figures: tuple[Observation, ...] | list[Observation]) -> int:
    return sum(observation.value or 0 for observation in figures)
