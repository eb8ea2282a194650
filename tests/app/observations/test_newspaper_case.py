"""Spring 2024 as a newspaper lived it, replayed day by day into a store that knows the past."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.keys.issuing import WRITE, add_key
from app.main import create_app
from app.observations import store
from app.observations.bundled_record import BundledRecord
from app.observations.new_release import NewObservation, NewRelease
from app.observations.recording import record_release
from app.storage.database import Database
from tests.stores import Stores

SOUTHWEST = "usbp.southwest"
EVE, SAID, TOLD, CLOSED = (
    date(2024, 5, 6),
    date(2024, 5, 7),
    date(2024, 5, 15),
    date(2024, 10, 22),
)
IN_THE_PAPER = {
    "release": {
        "source": "press",
        "title": "Border crossings fell in April",
        "published_on": "2024-05-07",
    },
    "observations": [
        {"series": SOUTHWEST, "period": "2023-12", "value": 250_000, "qualifier": "more_than"},
        {"series": SOUTHWEST, "period": "2024-02", "value": 140_000, "qualifier": "about"},
        {"series": SOUTHWEST, "period": "2024-03", "value": 137_000, "qualifier": "more_than"},
        {
            "series": SOUTHWEST,
            "period": "2024-04",
            "value": 129_000,
            "status": "U",
            "qualifier": "about",
        },
    ],
}
Release = tuple[NewRelease, list[NewObservation]]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Newsroom:
    """A service whose clock stands on a day, its key, and everything published up to that day."""

    def __init__(self, client: TestClient, key: str, day: list[date]) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {key}"}
        self._day = day

    def sleep_until(self, day: date) -> None:
        self._day[0] = day

    def load(self, document: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post("/observations", json=document, headers=self._headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def load_file(self, text: str, source: str, day: date) -> dict[str, Any]:
        headers = self._headers | {"Content-Type": "text/csv"}
        told = {"source": source, "published_on": str(day)}
        answer = self._client.post("/observations", params=told, content=text, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def month(self, period: str, **asked: str) -> tuple[Any, ...] | None:
        """How the history tells a month: value, status, qualifier, source, day."""
        told = {"series": SOUTHWEST, "start": period, "end": period} | asked
        answer = self._client.get("/history", params=told)
        assert answer.status_code == 200, answer.text
        columns = ("value", "status", "qualifier", "source", "published_on")
        months = [tuple(month[name] for name in columns) for month in answer.json()["observations"]]
        return months[0] if months else None

    def versions(self, period: str) -> list[tuple[Any, ...]]:
        """Value, day, whether it is current and why, newest first."""
        told = {"series": SOUTHWEST, "period": period}
        found = self._client.get("/observations", params=told).json()["observations"]
        return [(one["value"], one["published_on"], one["current"], one["why"]) for one in found]

    def forecast(self, **asked: str) -> tuple[str, bool, str]:
        """Origin, whether stale, and first forecast month."""
        told = {"series": SOUTHWEST, "model": "log-random-walk", "horizon": "1"} | asked
        answer = self._client.get("/forecast", params=told).json()
        return answer["origin"], answer["stale"], answer["forecast"][0]["period"]

    def provisional(self) -> list[str]:
        told = {"series": SOUTHWEST, "model": "log-random-walk", "horizon": "1", "fresh": "true"}
        return [
            one["period"]
            for one in self._client.get("/forecast", params=told).json()["provisional"]
        ]


@pytest.fixture(scope="module")
def releases() -> list[Release]:
    return BundledRecord().releases()


@pytest.fixture(scope="module")
def newsroom(stores: Stores, migrated_url: str, releases: list[Release]) -> Iterator[Newsroom]:
    """On the eve of the article, with all that was published by then.

    Tests go on from day to day.
    """
    url = stores.copy(migrated_url)
    database = Database(url)
    with database.writing() as session:
        ids: dict[str, int] = {}
        for series in BundledRecord().series():
            ids[series.key] = store.add_series(
                session, series, parent_id=ids.get(series.parent or "")
            )
        for new_release, statements in releases:
            if new_release.published_on <= EVE:
                record_release(
                    session,
                    new_release,
                    ((ids[said.series], said) for said in statements),
                    recorded_at=noon(new_release.published_on),
                    recorded_by="a test",
                )
        key = add_key(session, "newsroom", [WRITE], now=noon(EVE))
    database.close()
    day = [EVE]
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: noon(day[0]))) as client:
        yield Newsroom(client, key, day)
    stores.drop(url)


def as_csv(statements: list[NewObservation]) -> str:
    return "series,period,value\n" + "".join(
        f"{one.series},{one.period},{one.value}\n" for one in statements
    )


def test_the_spring_of_2024_comes_true(newsroom: Newsroom, releases: list[Release]) -> None:
    """One story, told in order: each step stands on the ones before."""
    press_of_april = (137_480, "P", "about", "press", "2024-04-12")
    official = newsroom.month("2023-12")
    assert official is not None
    assert official[3] == "cbp"

    # the eve: March is known to the press only, April to nobody
    assert newsroom.month("2024-03") == press_of_april
    assert newsroom.month("2024-04") is None
    assert newsroom.forecast(fresh="true") == ("2024-03", False, "2024-04")

    # 7 May: what the article says of the past changes nothing, and April is a rumor
    newsroom.sleep_until(SAID)
    report = newsroom.load(IN_THE_PAPER)
    assert (report["received"], report["revised"], report["due"]) == (4, [], [SOUTHWEST])
    assert newsroom.month("2023-12") == official
    assert newsroom.month("2024-02") == (140_644, "P", "exact", "press", "2024-03-22")
    assert newsroom.month("2024-03") == press_of_april
    assert newsroom.month("2024-04") == (129_000, "U", "about", "press", "2024-05-07")
    assert newsroom.versions("2024-03") == [
        (137_000, "2024-05-07", False, None),
        (137_480, "2024-04-12", True, "Newer figures are vague and agree with it."),
    ]
    assert newsroom.versions("2024-04") == [(129_000, "2024-05-07", True, "It is the only figure.")]
    assert newsroom.forecast() == ("2024-03", True, "2024-04")
    assert newsroom.forecast(fresh="true") == ("2024-04", False, "2024-05")
    assert newsroom.provisional()[-2:] == ["2024-03", "2024-04"]

    # 15 May: the figure is out, still rounded, and still in the press only
    newsroom.sleep_until(TOLD)
    report = newsroom.load(
        {
            "release": {
                "source": "press",
                "title": "April's numbers",
                "published_on": "2024-05-15",
            },
            "observations": [
                {"series": SOUTHWEST, "period": "2024-04", "value": 128_900, "qualifier": "about"}
            ],
        }
    )
    assert report["revised"] == [
        {"series": SOUTHWEST, "period": "2024-04", "from": 129_000, "to": 128_900}
    ]
    assert newsroom.month("2024-04") == (128_900, "P", "about", "press", "2024-05-15")
    assert newsroom.forecast() == ("2024-04", True, "2024-05")
    assert newsroom.forecast(fresh="true") == ("2024-04", False, "2024-05")

    # 22 October: CBP closes its fiscal year
    newsroom.sleep_until(CLOSED)
    (close_out,) = (
        [one for one in statements if one.series == SOUTHWEST]
        for new_release, statements in releases
        if new_release.published_on == CLOSED and any(one.series == SOUTHWEST for one in statements)
    )
    report = newsroom.load_file(as_csv(close_out), "cbp", CLOSED)
    april = {"series": SOUTHWEST, "period": "2024-04", "from": 128_900, "to": 128_895}
    assert april in report["revised"]
    assert newsroom.month("2024-04") == (128_895, "A", "exact", "cbp", "2024-10-22")
    assert newsroom.versions("2024-04") == [
        (128_895, "2024-10-22", True, "An official source takes precedence over all others."),
        (128_900, "2024-05-15", False, None),
        (129_000, "2024-05-07", False, None),
    ]
    assert newsroom.forecast() == ("2024-04", True, "2024-05")
    assert newsroom.forecast(fresh="true") == ("2024-09", False, "2024-10")
    assert newsroom.provisional() == []

    # and every day of it can be asked for again
    assert newsroom.month("2024-04", as_of=str(EVE)) is None
    assert newsroom.month("2024-04", as_of=str(SAID)) == (
        129_000,
        "U",
        "about",
        "press",
        "2024-05-07",
    )
    assert newsroom.month("2024-04", as_of=str(TOLD - timedelta(days=1))) == newsroom.month(
        "2024-04", as_of=str(SAID)
    )
    assert newsroom.month("2024-04", as_of=str(TOLD)) == (
        128_900,
        "P",
        "about",
        "press",
        "2024-05-15",
    )
    assert newsroom.month("2024-04", as_of=str(CLOSED)) == (
        128_895,
        "A",
        "exact",
        "cbp",
        "2024-10-22",
    )
    assert newsroom.forecast(as_of=str(EVE)) == ("2024-03", False, "2024-04")
    assert newsroom.forecast(as_of=str(SAID)) == ("2024-04", False, "2024-05")
