"""The first full release: the earliest day that `as_of` can name for a series."""

from datetime import UTC, date, datetime

import pytest

from app.observations import store
from app.observations.new_release import NewObservation
from app.observations.retraction import retract
from app.storage.database import Database
from forecasting import Month
from tests.app.observations.publishing import figure, make_series, publish

KEY = "usbp.southwest.tucson"


@pytest.fixture
def series(database: Database) -> int:
    with database.writing() as session:
        return make_series(session, KEY)


def months(first: str, count: int) -> list[NewObservation]:
    return [figure(KEY, str(Month.parse(first) + step), 100 + step) for step in range(count)]


def first(database: Database, series: int) -> date | None:
    with database.reading() as session:
        return store.first_full_release(session, series)


def test_scattered_figures_are_no_history(database: Database, series: int) -> None:
    with database.writing() as session:
        publish(session, "press", "2020-02-01", *months("2019-01", 11))
        publish(session, "cbp", "2021-08-01", *months("2019-01", 24))
    assert first(database, series) == date(2021, 8, 1)


def test_a_release_that_begins_earlier_takes_no_day_away(database: Database, series: int) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2021-08-01", *months("2019-01", 24))
        publish(session, "ohss", "2025-02-28", *months("1999-10", 120))
    assert first(database, series) == date(2021, 8, 1)


def test_releases_may_come_in_any_order(database: Database, series: int) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2025-02-28", *months("2018-01", 36))
        publish(session, "cbp", "2021-08-01", *months("2019-01", 24))
    assert first(database, series) == date(2021, 8, 1)


def test_a_short_series_has_one_from_its_first_month_on(database: Database, series: int) -> None:
    with database.writing() as session:
        publish(session, "press", "2020-03-01", *months("2020-01", 2))
    assert first(database, series) == date(2020, 3, 1)


def test_a_retracted_release_gave_no_history(database: Database, series: int) -> None:
    with database.writing() as session:
        mistaken = publish(session, "cbp", "2021-08-01", *months("2019-01", 24))
        publish(session, "cbp", "2022-08-01", *months("2019-01", 36))
    with database.writing() as session:
        retract(session, mistaken.release, now=datetime(2026, 11, 24, tzinfo=UTC))
    assert first(database, series) == date(2022, 8, 1)
