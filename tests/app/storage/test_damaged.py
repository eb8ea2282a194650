"""A store whose file was cut short, or is none: said at the start, in `/ready`, and as 503."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.commands.console import open_store
from app.config import Settings
from app.errors import StoreDamaged
from app.main import create_app
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.observations.publishing import figure, make_series, publish

KEYS = [f"usbp.southwest.sector-{number}" for number in range(10)]
MONTHS = months_between(Month.parse("2000-01"), Month.parse("2024-03"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """A store of a few hundred pages, the last of which are in its journal only."""
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.upgrade()
    database.close()
    with database.writing() as session:
        for key in KEYS:
            make_series(session, key)
        said = (figure(key, str(month), 900) for key in KEYS for month in MONTHS)
        publish(session, "cbp", "2024-04-20", *said)
    yield database
    database.close()


def file_of(database: Database) -> Path:
    return Path(database.url.database or "")


def serving(database: Database) -> TestClient:
    app = create_app(Settings(database_url=str(database.url), refresh=False))
    return TestClient(app, raise_server_exceptions=False)


def test_a_store_whose_newest_pages_are_in_its_journal_is_whole(store: Database) -> None:
    before = file_of(store).stat().st_size
    store.require_whole()
    with serving(store) as client:
        assert client.get("/ready").status_code == 200
    store.close()
    assert file_of(store).stat().st_size > before


def test_a_store_that_is_cut_short_under_the_service_is_not_ready(store: Database) -> None:
    with serving(store) as client:
        assert client.get("/ready").status_code == 200
        os.truncate(file_of(store), file_of(store).stat().st_size // 2)
        refused = client.get("/ready")
        assert refused.status_code == 503
        assert "cut short" in refused.json()["detail"]


@pytest.mark.parametrize("journal", [True, False])
def test_no_command_starts_on_a_store_that_was_cut_short(
    store: Database, tmp_path: Path, journal: bool
) -> None:
    if not journal:
        store.close()
    copied = shutil.copyfile(file_of(store), tmp_path / "copied.db")
    if journal:
        shutil.copyfile(f"{file_of(store)}-wal", f"{copied}-wal")
    os.truncate(copied, copied.stat().st_size // 2)
    with (
        pytest.raises(StoreDamaged, match="restore a backup"),
        open_store(Settings(database_url=f"sqlite:///{copied}")),
    ):
        pass


def test_every_read_of_a_damaged_store_is_answered_with_503(store: Database) -> None:
    store.close()
    file_of(store).write_bytes(b"no database at all " * 500)
    with serving(store) as client:
        for address in ("/ready", "/series", f"/history?series={KEYS[0]}", "/releases"):
            response = client.get(address)
            assert response.status_code == 503
            assert response.headers["content-type"] == "application/problem+json"
            assert "restore a backup" in response.json()["detail"]
