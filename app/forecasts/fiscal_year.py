"""The total of a series' year: the distribution of what is counted so far, and of the rest.

Figures that are final and exact are taken as known. All others, and those that were rejected, enter
the total as what their months may truly have been.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import BadParameter, Fault, Problem
from app.forecasts.encoding import PathsWithPast
from app.forecasts.inputs import to_series_with_noise
from app.forecasts.revision_history import NOT_FINAL
from app.observations.observation import Observation, last_month_of_year
from app.observations.queries import History
from app.storage.database import Session
from forecasting import FitWarning, Month, months_between
from forecasting.distribution import SamplePaths
from forecasting.fit_warnings import FIGURE_REJECTED
from forecasting.forecaster import DRAWS
from forecasting.measurement.past_paths import sample_past
from forecasting.series import LONGEST_HORIZON


class MonthsMissing(Problem):
    """The year has months before the forecast's first one for which there is no figure, so
    its total is not known. `errors` names them."""

    title = "Months are missing"


@dataclass(frozen=True, slots=True)
class YearToDate:
    """The months of a year that have figures: `figures`, and those that were rejected.

    `first` and `year_end` are the year's first and last month, counted or not.
    """

    year: int
    year_start: int
    figures: tuple[Observation, ...]
    rejected: tuple[Observation, ...] = ()

    @property
    def first(self) -> Month:
        return first_month(self.year, self.year_start)

    @property
    def year_end(self) -> Month:
        return first_month(self.year, self.year_start) + 11

    @property
    def total(self) -> int:
        return _sum(self.figures)

    @property
    def provisional(self) -> list[Observation]:
        """The figures that are not final or were not said exactly."""
        return [observation for observation in self.figures if _is_provisional(observation)]

    @property
    def provisional_total(self) -> int:
        return _sum(self.provisional)


def first_month(year: int, year_start: int) -> Month:
    """The first month of a year that begins in month `year_start` and is named by its last month:
    of year 2026, October 2025 if years begin in October, January 2026 if they begin in January."""
    return last_month_of_year(year, year_start) - 11


def year_to_date(
    history: History,
    year: int,
    year_start: int,
    *,
    before: Month,
    rejected: Container[Month] = (),
) -> YearToDate:
    """The figures of `year` for the months before `before`, if years begin in month `year_start`.

    Those of the months `rejected` are kept apart, unless a final one has replaced them.
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
    figures = [known[month] for month in counted]
    left_out = [one for one in figures if one.period in rejected and _is_provisional(one)]
    kept = tuple(one for one in figures if one not in left_out)
    return YearToDate(year, year_start, kept, tuple(left_out))


def year_total(counted: YearToDate, origin: Month, joint: PathsWithPast) -> SamplePaths:
    """The distribution of a year's total, (draws, 1).

    Its figures up to `origin`, drawn if they are provisional or were rejected, plus the paths of
    its other months.

    joint: paths of the months after `origin` and of uncertain ones before. Months between the
    origin and the year's first one are drawn but not counted. Raises BadParameter where the year
    ends beyond the paths.
    """
    require_within_reach(counted.year, counted.year_start, origin)
    months = months_between(max(counted.first, origin + 1), counted.year_end)
    columns = [month - origin - 1 for month in months]
    past = _sum_counted(counted, dict(zip(joint.past_months, joint.past_paths.T, strict=True)))
    return SamplePaths((past + joint.paths[:, columns].sum(axis=1))[:, np.newaxis])


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


def finished_year(
    session: Session, history: History, year: int, year_start: int, *, seed: int
) -> tuple[YearToDate, SamplePaths]:
    """A year whose twelve months all have figures, and the distribution of its total, (draws, 1).

    Nothing is forecast. If all figures are final and exact, there is a single draw.
    """
    assert history.last is not None, "a year has figures"
    after = history.last + 1
    counted = year_to_date(history, year, year_start, before=after)
    if not counted.provisional:
        return counted, SamplePaths(np.array([[counted.total]]))
    series, _ = to_series_with_noise(session, history)
    past = sample_past(series, counted.first, DRAWS, seed)
    counted = year_to_date(history, year, year_start, before=after, rejected=past.rejected)
    drawn = dict(zip(past.months, np.rint(past.paths).astype(np.int64).T, strict=True))
    return counted, SamplePaths(np.atleast_2d(_sum_counted(counted, drawn)).T)


def is_last_month_rejected(history: History, counted: YearToDate) -> bool:
    """Whether the year's last month has a rejected figure and nothing follows, so that a forecast
    tells most of it, if the series is forecast."""
    if history.series.ended or history.series.covariate or not counted.rejected:
        return False
    return counted.rejected[-1].period == counted.year_end == history.last


def months_taken_as_missing(warnings: Iterable[FitWarning]) -> set[Month]:
    """The months whose figures a forecast takes for missing."""
    return {
        Month.parse(str(warning.values["month"]))
        for warning in warnings
        if warning.code == FIGURE_REJECTED
    }


def _sum_counted(counted: YearToDate, drawn: Mapping[Month, NDArray[Any]]) -> NDArray[Any]:
    """The sum of the year's months that have figures, (draws,), or () if none is drawn.

    drawn: (draws,) counts of uncertain months
    """
    open_months = [one for one in (*counted.provisional, *counted.rejected) if one.period in drawn]
    known = counted.total - _sum([one for one in open_months if one in counted.figures])
    return np.asarray(known + sum((drawn[one.period] for one in open_months), np.int64(0)))


def _is_provisional(observation: Observation) -> bool:
    return observation.status in NOT_FINAL or observation.vague


def _sum(figures: tuple[Observation, ...] | list[Observation]) -> int:
    return sum(observation.value or 0 for observation in figures)
