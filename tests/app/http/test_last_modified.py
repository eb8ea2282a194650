"""`If-Modified-Since` never hides a change, although its moments are whole seconds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.forecasts.issuing import issue_forecast
from app.forecasts.specification import Specification
from app.main import create_app
from app.observations.retraction import retract
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.observations.publishing import figure, make_series, publish

TUCSON = "usbp.southwest.tucson"
MODEL = "log-random-walk"
MONTHS = months_between(Month.parse("2023-01"), Month.parse("2024-03"))
NOON = "Mon, 20 May 2024 12:00:00 GMT"
ASKED = {
    "/history": {"series": TUCSON},
    "/forecast": {"series": TUCSON, "model": MODEL},
    "/forecast/changes": {"series": TUCSON, "model": MODEL},
    "/forecast/threshold": {"series": TUCSON, "model": MODEL, "above": "1"},
}
ONE_SECOND_LATER = "Mon, 20 May 2024 12:00:01 GMT"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2024, 5, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(database: Database, clock: Clock) -> Iterator[TestClient]:
    with database.writing() as session:
        make_series(session, TUCSON)
    url = database.url.render_as_string(hide_password=False)
    with TestClient(create_app(Settings(database_url=url, refresh=False), clock=clock)) as client:
        yield client


def load(database: Database, clock: Clock, period: str, value: int) -> int:
    with database.writing() as session:
        said = [figure(TUCSON, str(month), 5000) for month in MONTHS]
        said.append(figure(TUCSON, period, value))
        return publish(session, "cbp", clock.now.date(), *said, recorded_at=clock.now).release


def status(client: TestClient, path: str, since: str) -> int:
    headers = {"If-Modified-Since": since}
    return client.get(path, params=ASKED[path], headers=headers).status_code


def test_a_second_load_within_one_second_is_a_change(
    client: TestClient, database: Database, clock: Clock
) -> None:
    clock.wait(milliseconds=200)
    load(database, clock, "2024-04", 5100)
    clock.wait(milliseconds=100)
    first = client.get("/history", params={"series": TUCSON})
    assert "last-modified" not in first.headers  # this second may bring more
    clock.wait(milliseconds=400)
    load(database, clock, "2024-04", 5200)
    clock.wait(seconds=1)
    assert status(client, "/history", NOON) == 200
    settled = client.get("/history", params={"series": TUCSON})
    assert settled.headers["last-modified"] == ONE_SECOND_LATER
    assert status(client, "/history", ONE_SECOND_LATER) == 304


def test_a_retraction_that_brings_an_older_forecast_back_is_a_change(
    client: TestClient, database: Database, clock: Clock
) -> None:
    mistake = 0
    for value in (5100, 9900):
        mistake = load(database, clock, "2024-04", value)
        clock.wait(minutes=1)
        issue_forecast(database, clock, TUCSON, Specification(MODEL, 0))
        clock.wait(minutes=1)
    known = {
        path: client.get(path, params=asked).headers["last-modified"]
        for path, asked in ASKED.items()
    }
    for path, since in known.items():
        assert status(client, path, since) == 304
    with database.writing() as session:
        retract(session, mistake, now=clock.now)
    clock.wait(minutes=1)
    for path, since in known.items():
        assert status(client, path, since) == 200


def test_a_new_day_is_a_change(client: TestClient, database: Database, clock: Clock) -> None:
    """A release that was recorded today may begin to count tomorrow."""
    load(database, clock, "2024-04", 5100)
    clock.wait(minutes=1)
    with database.writing() as session:
        publish(
            session,
            "cbp",
            "2024-05-21",
            figure(TUCSON, "2024-04", 5150),
            recorded_at=clock.now,
        )
    clock.wait(minutes=1)
    known = client.get("/history", params={"series": TUCSON}).headers["last-modified"]
    clock.wait(days=1)
    assert status(client, "/history", known) == 200
