"""Forecasts of past days are forgotten when they take too much room, those issued live never."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.forecasts import store
from app.forecasts.computation import Computed
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.forecasts.tables import ForecastRow
from app.storage.database import Database, Session
from forecasting import Month
from tests.app.observations.publishing import make_series

SIZE = 1000  # bytes of each forecast


def archive(session: Session, series_id: int, name: str, *, day: int, live: bool = False) -> None:
    """A forecast that was made and asked for on a day of November 2026."""
    key = ForecastKey(series_id, name, Specification("auto", 0))
    made = Computed(Month.parse("2026-08"), b"q" * 200, b"p" * (SIZE - 200), {}, {}, (), 0.0)
    store.archive(session, key, made, issued_at=datetime(2026, 11, day, tzinfo=UTC), live=live)


@pytest.fixture
def archived(database: Database) -> Database:
    """Five forecasts of past days, of which the first was asked for again, and one live."""
    with database.writing() as session:
        series_id = make_series(session, "usbp.southwest")
        for day in range(2, 7):
            archive(session, series_id, f"day {day}", day=day)
        archive(session, series_id, "live", day=1, live=True)
        session.flush()
        first = session.scalars(
            select(ForecastRow).where(ForecastRow.data_version == "day 2")
        ).one()
        store.note_asked(session, first.id, date(2026, 11, 20))
    return database


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(ForecastRow.data_version)))


def test_those_that_nobody_asked_for_in_the_longest_time_go_first(archived: Database) -> None:
    with archived.writing() as session:
        store.forget_past_days(session, most_bytes=3 * SIZE)
    assert kept(archived) == ["day 2", "day 5", "day 6", "live"]


def test_nothing_is_forgotten_while_there_is_room(archived: Database) -> None:
    with archived.writing() as session:
        store.forget_past_days(session, most_bytes=5 * SIZE)
    assert len(kept(archived)) == 6


def test_a_forecast_that_was_issued_live_is_never_forgotten(archived: Database) -> None:
    with archived.writing() as session:
        store.forget_past_days(session, most_bytes=0)
    assert kept(archived) == ["live"]


def test_the_newest_forecast_of_a_past_day_takes_the_place_of_others(archived: Database) -> None:
    with archived.writing() as session:
        series_id = session.scalars(select(ForecastRow.series_id)).first()
        assert series_id is not None
        store.archive_past_day(
            session,
            ForecastKey(series_id, "new", Specification("auto", 0)),
            Computed(Month.parse("2026-08"), b"", b"p" * SIZE, {}, {}, (), 0.0),
            issued_at=datetime(2026, 11, 24, tzinfo=UTC),
            most_bytes=2 * SIZE,
        )
    assert kept(archived) == ["day 2", "live", "new"]
