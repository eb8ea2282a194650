"""A store that the service may read and not write: reads are answered, nothing is recorded."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql
from sqlalchemy import func, select

from app.config import Settings
from app.errors import StoreReadOnly
from app.keys.issuing import WRITE, add_key
from app.main import create_app
from app.observations.tables import SeriesRow
from app.storage.database import Database
from app.storage.state import open_state_reader
from forecasting import Month, months_between
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW

TUCSON = "usbp.southwest.tucson"
MONTHS = months_between(Month.parse("2023-01"), Month.parse("2026-09"))
NOBODY = 65534  # a user who owns nothing; root may write any file
FORECAST = {"series": TUCSON, "model": "log-random-walk", "horizon": "3"}


@pytest.fixture
def filled(database: Database) -> str:
    """A store with a series and a key, which is returned."""
    with database.writing() as session:
        make_series(session, TUCSON)
        publish(session, "cbp", "2026-10-20", *(figure(TUCSON, str(one), 500) for one in MONTHS))
        return add_key(session, "office", [WRITE], now=NOW)


@pytest.fixture
def url_to_read(database: Database, filled: str) -> Iterator[str]:
    """The URL of that store for somebody who may only read it."""
    given = database.url.render_as_string(hide_password=False)
    database.close()
    if database.engine.dialect.name == "postgresql":
        with _reader(given.replace("postgresql+psycopg", "postgresql")) as url:
            yield url
        return
    yield f"{given}?mode=ro"


@contextmanager
def _reader(url: str) -> Iterator[str]:
    """A user of a PostgreSQL database who may only select."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE ROLE reader LOGIN")
        owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        yield url.replace("postgres:", "reader:").replace("postgres@", "reader@")
        name = sql.Identifier(owner.info.dbname)
        owner.execute(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'"
            )
        )
        owner.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM reader").format(name))
        owner.execute("DROP OWNED BY reader")
        owner.execute("DROP ROLE reader")


@pytest.fixture
def client(url_to_read: str) -> Iterator[TestClient]:
    app = create_app(
        Settings(database_url=url_to_read, update="cbp"),
        clock=lambda: NOW,
        executor=ThreadPoolExecutor(1),
    )
    with TestClient(app) as client:
        yield client


def rows(client: TestClient) -> dict[str, Any]:
    return dict(client.get("/forecasts").json())


def test_reads_are_answered_and_writes_are_refused(client: TestClient, filled: str) -> None:
    assert client.get("/ready").json() == {"status": "ok"}
    months = client.get("/history", params={"series": TUCSON}).json()["observations"]
    assert len(months) == len(MONTHS)
    assert client.get("/", params={"series": TUCSON}).status_code == 200
    for path in ("/evaluation", "/sources", "/feed.atom", "/series", "/metrics"):
        assert client.get(path).status_code == 200, path
    refused = client.post(
        "/observations",
        params={"source": "press", "published_on": "2026-11-20"},
        content=f"series,period,value,status,qualifier\n{TUCSON},2026-10,510,P,about\n",
        headers={"Authorization": f"Bearer {filled}", "Content-Type": "text/csv"},
    )
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/store-read-only")
    assert "may be read here but not written" in refused.json()["detail"]
    retraction = client.post(
        "/releases/1/retraction", headers={"Authorization": f"Bearer {filled}"}
    )
    assert retraction.status_code == 403


def test_a_forecast_is_computed_once_and_not_archived(client: TestClient) -> None:
    first = client.get("/forecast", params=FORECAST)
    assert first.status_code == 200, first.text
    assert not first.json()["stale"]
    assert client.get("/forecast", params=FORECAST).json() == first.json()
    above = {"series": TUCSON, "model": "log-random-walk", "above": "400"}
    assert client.get("/forecast/threshold", params=above).status_code == 200
    past = client.get("/forecast", params=FORECAST | {"as_of": "2026-11-20"})
    assert past.status_code == 200
    assert rows(client)["forecasts"] == []


def test_commands_that_write_end_with_the_problem(url_to_read: str) -> None:
    database = Database(url_to_read)
    assert database.read_only
    with pytest.raises(StoreReadOnly), database.writing():
        pass
    with pytest.raises(StoreReadOnly):
        database.upgrade()
    with database.reading():
        pass
    database.close()


def test_a_store_that_may_be_written_is_not_read_only(database: Database) -> None:
    assert not database.read_only


@contextmanager
def as_nobody() -> Iterator[None]:
    """For root, who may write any file."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def count_series(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(SeriesRow)) or 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter, as those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def test_a_file_without_permission_is_read_and_seen_to_change(folder: Path) -> None:
    """Also in WAL mode in a folder in which SQLite can make no file."""
    file = folder / "store.db"
    owner = Database(f"sqlite:///{file}")
    owner.upgrade()
    with owner.writing() as session:
        make_series(session, TUCSON)
    owner.close()
    file.chmod(0o444)
    folder.chmod(0o555)
    with as_nobody():
        reader = Database(f"sqlite:///{file}")
        state = open_state_reader(reader.url)
        assert reader.read_only
        assert count_series(reader) == 1
        before = asyncio.run(state.read())
        with pytest.raises(StoreReadOnly), reader.writing():
            pass
    file.chmod(0o644)
    folder.chmod(0o755)
    owner = Database(f"sqlite:///{file}")
    with owner.writing() as session:
        make_series(session, "made.up")
    owner.close()
    file.chmod(0o444)
    folder.chmod(0o555)
    with as_nobody():
        assert count_series(reader) == 2
        assert asyncio.run(state.read()) != before
        state.close()
        reader.close()
