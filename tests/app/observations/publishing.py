"""Short ways to write series and releases into a store."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.observations import store
from app.observations.new_release import NewObservation, NewRelease
from app.observations.observation import NewSeries, Qualifier, Status
from app.observations.recording import RecordedRelease, record_release
from forecasting import Month

RECORDED_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make_series(session: Session, key: str) -> int:
    """A series of encounters without parent; returns its id."""
    return store.add_series(
        session,
        NewSeries(key, f"Encounters of {key}", "encounters", None, "sector"),
        parent_id=None,
    )


def figure(
    series: str, period: str, value: int | None, qualifier: str = "exact", rounding_unit: int = 1
) -> NewObservation:
    status = Status.MISSING if value is None else Status.PROVISIONAL
    return NewObservation(
        series, Month.parse(period), value, status, Qualifier(qualifier), rounding_unit
    )


def publish(
    session: Session,
    source: str,
    day: str | date,
    *new_observations: NewObservation,
    recorded_at: datetime = RECORDED_AT,
) -> RecordedRelease:
    """Record a release of a source on a day, of series that the store knows."""
    published_on = day if isinstance(day, date) else date.fromisoformat(day)
    ids = {series.key: series.id for series in store.all_series(session)}
    return record_release(
        session,
        NewRelease(source, f"Figures of {source}", published_on),
        ((ids[said.series], said) for said in new_observations),
        recorded_at=recorded_at,
        recorded_by="a test",
    )
