"""Answers are kept as bytes, and never given once anything that they depend on has changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.http.answer_cache import OVERHEAD, AnswerCache
from app.http.answers import FinishedAnswer
from app.main import create_app
from app.observations.store import find_series
from app.storage.database import Database
from tests.app.client import ServiceClient, open_client, said
from tests.app.forecasts.conftest import CountingWorkers, workers
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW
from tests.stores import Stores

__all__ = ["workers"]  # a fixture

ENDED: dict[str, Any] = {"series": "ofo.southwest.title-42"}  # which is not forecast


@pytest.fixture
def service(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    """The service on a store of its own; its database stands for another process."""
    url = stores.copy(migrated_url)
    with open_client(url) as client:
        yield client
    stores.drop(url)


def kept_answers(service: ServiceClient) -> AnswerCache:
    cache: AnswerCache = service.client.app.state.services.answers  # type: ignore[attr-defined]
    return cache


def test_an_answer_changes_at_once_when_another_process_loads(service: ServiceClient) -> None:
    key = service.new_series()
    for value in (10, 20, 30):
        with service.database.writing() as session:
            publish(session, "cbp", f"2024-05-{value}", figure(key, "2024-04", value))
        assert service.history(key) == {"2024-04": value}
        assert service.history(key) == {"2024-04": value}


def test_an_answer_changes_at_once_when_a_release_is_retracted(service: ServiceClient) -> None:
    key = service.new_series()
    release = service.load("cbp", "2024-05-10", said(key, "2024-04", 10)).json()["release"]
    assert service.history(key) == {"2024-04": 10}
    service.retract(release)
    assert service.history(key) == {}
    listed = service.client.get("/releases").json()["releases"]
    assert [one["retracted"] for one in listed] == [True]


def test_an_answer_changes_when_only_the_description_of_a_series_does(
    service: ServiceClient,
) -> None:
    key = service.new_series()
    before = service.client.get("/series").json()["series"]
    with service.database.writing() as session:
        row = find_series(session, key)
        assert row is not None
        row.note = "Counted differently since 2020."
    after = service.client.get("/series").json()["series"]
    assert before[0]["note"] is None
    assert after[0]["note"] == "Counted differently since 2020."


def test_an_answer_stays_kept_while_claims_are_written(service: ServiceClient) -> None:
    key = service.new_series()
    service.history(key)
    kept = kept_answers(service).bytes_kept
    assert kept > 0
    with service.database.writing(shown=False):
        pass
    service.client.get("/history", params={"series": key, "start": "2024-01"})
    assert kept_answers(service).bytes_kept > kept


def test_an_answer_is_not_kept_beyond_its_day(stores: Stores, migrated_url: str) -> None:
    url, now = stores.copy(migrated_url), NOW

    def clock() -> datetime:
        return now

    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=clock)) as client:
        first = client.get("/evaluation/surprises").json()["as_of"]
        now += timedelta(days=1)
        assert (first, client.get("/evaluation/surprises").json()["as_of"]) == (
            "2026-11-24",
            "2026-11-25",
        )
    stores.drop(url)


def test_a_stale_forecast_is_not_kept(
    stores: Stores, migrated_url: str, tmp_path: Path, workers: CountingWorkers
) -> None:
    url = stores.copy(migrated_url)
    database = Database(url)
    with database.writing() as session:
        make_series(session, "usbp.a")
        figures = [figure("usbp.a", f"2023-{month:02}", 100 + month) for month in range(1, 13)]
        publish(session, "cbp", "2024-01-10", *figures)
    asked = {"series": "usbp.a", "model": "log-random-walk"}
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW, executor=workers)) as client:
        cache = client.app.state.services.answers  # type: ignore[attr-defined]
        assert client.get("/forecast", params=asked).json()["stale"] is False
        until = tmp_path / "until"
        workers.occupy(until)
        with database.writing() as session:
            publish(session, "cbp", "2024-02-10", figure("usbp.a", "2024-01", 113))
        assert client.get("/forecast", params=asked).json()["stale"] is True
        assert cache.bytes_kept == 0
        until.touch()
        asked["fresh"] = "true"
        assert client.get("/forecast", params=asked).json()["stale"] is False
        assert cache.bytes_kept > 0
    database.close()
    stores.drop(url)


def test_an_error_is_not_kept(service: ServiceClient) -> None:
    assert service.client.get("/history", params={"series": "none"}).status_code == 404
    assert service.client.get("/series", params={"unknown": 1}).status_code == 422
    assert kept_answers(service).bytes_kept == 0


def test_kept_answers_are_given_while_another_process_locks_the_store(
    sqlite_client: TestClient,
) -> None:
    asked = "/evaluation?series=usbp.southwest"
    before = sqlite_client.get(asked).content
    state = sqlite_client.app.state.services.database.url  # type: ignore[attr-defined]
    with closing(sqlite3.connect(state.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        during = sqlite_client.get(asked)
        other.execute("ROLLBACK")
    assert (during.status_code, during.content) == (200, before)


@pytest.mark.parametrize("path", ["/series", "/history", "/charts/history.svg", "/releases", "/"])
def test_each_encoding_has_an_etag_of_its_own_that_answers_304(
    sqlite_client: TestClient, path: str
) -> None:
    asked = {} if path in ("/series", "/releases") else ENDED
    tags: dict[str, set[str]] = {}
    bodies = set()
    for encoding in ("gzip", "identity"):
        for _ in range(2):  # the second one is kept
            given = sqlite_client.get(path, params=asked, headers={"Accept-Encoding": encoding})
            assert given.headers.get("content-encoding", "identity") == encoding
            assert "Accept-Encoding" in given.headers["vary"]
            tags.setdefault(encoding, set()).add(given.headers["etag"])
            bodies.add(given.content)
            copy = {"Accept-Encoding": encoding, "If-None-Match": given.headers["etag"]}
            again = sqlite_client.get(path, params=asked, headers=copy)
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == given.headers["etag"]
    assert len(bodies) == 1
    [of_gzip], [of_identity] = tags["gzip"], tags["identity"]
    assert of_gzip != of_identity
    copy = {"Accept-Encoding": "gzip", "If-None-Match": of_identity}
    assert sqlite_client.get(path, params=asked, headers=copy).status_code == 200


def test_gzip_is_not_given_to_those_who_refuse_it(sqlite_client: TestClient) -> None:
    for refusal in ("gzip;q=0", "br", "*;q=0"):
        given = sqlite_client.get("/series", headers={"Accept-Encoding": refusal})
        assert "content-encoding" not in given.headers


def test_a_small_answer_is_not_compressed(service: ServiceClient) -> None:
    given = service.client.get("/series", headers={"Accept-Encoding": "gzip"})
    assert given.content == b'{"series":[],"next_cursor":null}'
    assert "content-encoding" not in given.headers


def test_every_form_language_and_host_has_an_answer_of_its_own(sqlite_client: TestClient) -> None:
    def ask(path: str, **headers: str) -> str:
        return sqlite_client.get(path, params=ENDED, headers=headers).text

    for _ in range(2):
        assert ask("/history").startswith("{")
        assert ask("/history", Accept="text/csv").startswith("period,")
        assert 'lang="es"' in ask("/", **{"Accept-Language": "es-MX"})
        assert 'lang="en"' in ask("/", **{"Accept-Language": "en"})
        assert "http://localhost/" in ask("/", Host="localhost")
        assert "http://localhost/" not in ask("/")


def finished(size: int) -> FinishedAnswer:
    return FinishedAnswer(
        b"x" * size, "text/plain", etag='"x"', modified=None, headers={}, lasting=True
    )


class SteadyState:
    """The state of a store that nobody writes to."""

    async def read(self) -> str:
        return "steady"

    def close(self) -> None:
        pass


def test_the_answers_that_were_asked_for_last_are_kept_within_a_bound() -> None:
    most = 10 * (1000 + OVERHEAD)
    cache = AnswerCache(SteadyState(), lambda: NOW, most_bytes=most)
    for number in range(100):
        cache.keep(number, finished(1000))
        assert cache.bytes_kept <= most
    assert cache.get(0) is None
    assert cache.get(99) is not None
    cache.keep("too large", finished(most))
    assert cache.get("too large") is None
    assert cache.get(99) is not None


def test_with_no_memory_nothing_is_kept(stores: Stores, migrated_url: str) -> None:
    url = stores.copy(migrated_url)
    with open_client(url, answers_mb=0) as service:
        service.client.get("/series")
        assert service.client.get("/series").status_code == 200
        assert kept_answers(service).bytes_kept == 0
    stores.drop(url)
