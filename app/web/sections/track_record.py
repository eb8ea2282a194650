"""How past forecasts have done: by months ahead, by model, and one by one."""

from dataclasses import dataclass
from datetime import date

from app.evaluation.comparison import ModelRecord, compare_models
from app.evaluation.past_forecasts import LeadTime, PastMonth, RangePosition, get_past_months
from app.evaluation.track_record import TrackRecord, get_track_record
from app.languages import Words
from app.observations.queries import History
from app.storage.database import Session

MODEL = "auto"
PAST_MONTHS = 36  # in the table


@dataclass(frozen=True, slots=True)
class TrackRecordSection:
    """The record of a series, or of all series together if its own is too short."""

    record: TrackRecord | None
    vintages: list[str]
    models: list[ModelRecord]
    past: list[PastMonth]

    @property
    def past_inside(self) -> int:
        """The number of figures that fell inside their forecast range."""
        return sum(month.place is RangePosition.INSIDE for month in self.past)

    @property
    def recent_past(self) -> list[PastMonth]:
        """The last of them, newest first."""
        return self.past[: -PAST_MONTHS - 1 : -1]


def build_track_record_section(
    session: Session,
    history: History,
    ahead: LeadTime,
    words: Words,
    *,
    past_day: date | None,
) -> TrackRecordSection:
    """The record as could be known on the day of the history: a past one, or today if None."""
    series, as_of = history.series, history.as_of
    record = get_track_record(session, series.id, series.key, MODEL, as_of=past_day)
    counts = record.vintages.items() if record else ()
    of_series = series.id if record and record.series else None
    return TrackRecordSection(
        record=record,
        vintages=[
            words(f"track.vintage.{vintage.replace(' ', '_')}", count=words.number(count))
            for vintage, count in counts
        ],
        models=compare_models(session, of_series, as_of=past_day) if record else [],
        past=get_past_months(session, series.id, MODEL, ahead, history.observations, as_of=as_of),
    )
