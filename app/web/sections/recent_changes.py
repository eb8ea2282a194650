"""What changed since the forecast before: the figures in between, and how two months moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.forecasts.changes import ChangedFigure, MonthComparison, find_change
from app.forecasts.span import When, classify_month
from app.forecasts.specification import Specification
from app.observations.observation import Observation
from app.storage.database import Session

MOST_FIGURES = 3  # of the newest months; GET /forecast/changes lists all


@dataclass(frozen=True, slots=True)
class ForecastChanges:
    """The last two forecasts of a series against each other.

    figures: the newest of those that changed, newest first; more: how many others did
    months: the first and the last month that both forecasts are of and that is not over
    """

    since: date
    figures: list[ChangedFigure]
    more: int
    months: list[MonthComparison]


def build_forecast_changes(
    session: Session,
    series_id: int,
    specification: Specification,
    versions: Sequence[Observation],
    *,
    today: date,
) -> ForecastChanges | None:
    """What changed, or None without an earlier forecast or without a month still to come."""
    change = find_change(session, series_id, specification, versions)
    if change is None:
        return None
    ahead = [
        month
        for month in change.months
        if classify_month(month.period, today) is not When.PAST_UNPUBLISHED
    ][:12]
    if not ahead:
        return None
    newest = change.figures[::-1]
    return ForecastChanges(
        since=change.previous.issued_at.date(),
        figures=newest[:MOST_FIGURES],
        more=len(newest[MOST_FIGURES:]),
        months=ahead[:1] if len(ahead) == 1 else [ahead[0], ahead[-1]],
    )
