"""Past forecasts one by one: for each month what had been forecast, beside the figure that came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from app.evaluation import store
from app.evaluation.store import Score, ScoreFilter
from app.evaluation.store_vintages import outcome_counts
from app.forecasts.store import issue_times
from app.observations.observation import Observation
from app.storage.database import Session
from forecasting import Month

Scored = tuple[Score, datetime | None]
"""A score, and when its forecast was issued; none for a hindcast's."""


class LeadTime(StrEnum):
    """How many months ahead a forecast was made, first and last."""

    NEAR = "1-3"
    MIDDLE = "4-6"
    FAR = "7-12"
    SECOND_YEAR = "13-24"
    THIRD_YEAR = "25-36"

    @property
    def months(self) -> range:
        first, last = self.value.split("-")
        return range(int(first), int(last) + 1)


class RangePosition(StrEnum):
    """Where an actual figure fell relative to its forecast range."""

    INSIDE = "inside"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class PastMonth:
    """What had been forecast for a month, and the figure that came."""

    period: Month
    origin: Month
    issued_on: date | None
    median: int
    lower: int
    upper: int
    value: int

    @property
    def place(self) -> RangePosition:
        if self.value > self.upper:
            return RangePosition.ABOVE
        return RangePosition.BELOW if self.value < self.lower else RangePosition.INSIDE


def get_past_months(
    session: Session,
    series_id: int,
    model: str,
    ahead: LeadTime,
    figures: Sequence[Observation],
    *,
    as_of: date,
) -> list[PastMonth]:
    """One forecast for each month of a series, as known at the end of a day: the month's 80 percent
    range beside its figure of that day, oldest first. Months whose figure was not said exactly are
    left out."""
    outcomes = outcome_counts(figures)
    scored = find_scored(session, ScoreFilter(series_id, model), by=as_of)
    found = select_one_per_month(scored, ahead)
    return [
        PastMonth(
            period=score.target,
            origin=score.origin,
            issued_on=issued_at.date() if issued_at else None,
            median=int(score.median),
            lower=int(score.lower_80),
            upper=int(score.upper_80),
            value=outcomes[score.target],
        )
        for score, issued_at in found
        if score.target in outcomes
        and score.median is not None
        and score.lower_80 is not None
        and score.upper_80 is not None
    ]


def find_scored(session: Session, wanted: ScoreFilter, *, by: date) -> list[Scored]:
    """The wanted scores of hindcasts, and of forecasts that were issued by the end of a day.

    By month forecast, the newest forecast first.
    """
    midnight = datetime.combine(by + timedelta(days=1), time(), UTC)
    issued = issue_times(session, wanted.series_id, before=midnight)
    return [
        (score, None if score.forecast_id is None else issued[score.forecast_id])
        for score in store.scored_forecasts(session, wanted)
        if score.forecast_id is None or score.forecast_id in issued
    ]


def select_one_per_month(found: Iterable[Scored], ahead: LeadTime) -> list[Scored]:
    """For each month one of its forecasts, which come newest first: the newest that was made so
    many months before, but one of a hindcast only where none was issued live."""
    chosen: dict[Month, Scored] = {}
    for score, issued_at in found:
        if score.horizon not in ahead.months:
            continue
        kept = chosen.get(score.target)
        if kept is None or (kept[0].forecast_id is None and score.forecast_id is not None):
            chosen[score.target] = score, issued_at
    return list(chosen.values())
