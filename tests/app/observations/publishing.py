"""Short ways to write series and releases into a store."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.observations import store
from app.observations.figures import NewSeries, Qualifier, Status
from app.observations.recording import Recorded, record
from app.observations.statements import Publication, Statement
from forecasting import Month

RECORDED_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make_series(session: Session, key: str) -> int:
    """A series of encounters without parent; returns its id."""
    return store.add_series(
        session, NewSeries(key, f"Encounters of {key}", "encounters", None, "sector"), parent_id=None
    )


def figure(
    series: str, period: str, value: int | None, qualifier: str = "exact", rounding_unit: int = 1
) -> Statement:
    status = Status.MISSING if value is None else Status.PROVISIONAL
    return Statement(series, Month.parse(period), value, status, Qualifier(qualifier), rounding_unit)


def publish(session: Session, source: str, day: str | date, *statements: Statement) -> Recorded:
    """Record a release of a source on a day, of series that the store knows."""
    published_on = day if isinstance(day, date) else date.fromisoformat(day)
    ids = {series.key: series.id for series in store.all_series(session)}
    return record(
        session,
        Publication(source, f"Figures of {source}", published_on),
        ((ids[said.series], said) for said in statements),
        recorded_at=RECORDED_AT,
        recorded_by="a test",
    )
