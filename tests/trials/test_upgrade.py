"""A store of the previous version, started with this one: `run` brings all of it up to date."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.forecasts.specification import METHOD
from app.storage.database import Database, newest_revision
from tests.system.service import Service, ask, count

pytestmark = pytest.mark.xdist_group("service")

PREVIOUS = "2026_11_25_borders"
"""The newest revision of the tables in the version before."""
OUTDATED = ("usbp.southwest", "usbp.southwest.tucson")
"""Series whose forecasts are by the method of the version before."""
BY_METHOD = (
    "SELECT key, specification LIKE '% method={} %' FROM forecasts "
    "JOIN series ON series.id = series_id ORDER BY forecasts.id"
)


@pytest.fixture
def previous_store(store: Path) -> Path:
    """The store as the version before leaves it.

    Its tables are those of that version, its hindcast and some of its forecasts are by an older
    method, and it lacks a release of the record.
    """
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE forecasts SET specification = replace(specification, ?, ?) "
            "WHERE series_id IN (SELECT id FROM series WHERE key IN (?, ?))",
            (f"method={METHOD} ", f"method={METHOD - 1} ", *OUTDATED),
        )
        (release,) = connection.execute(
            "SELECT release_id FROM observations GROUP BY release_id ORDER BY count(*) LIMIT 1"
        ).fetchone()
        connection.execute("DELETE FROM observations WHERE release_id = ?", (release,))
        connection.execute("DELETE FROM releases WHERE id = ?", (release,))
    database = Database(f"sqlite:///{store}")
    database.downgrade(PREVIOUS)
    database.close()
    return store


def test_run_renews_the_tables_the_record_the_hindcast_and_the_forecasts(
    previous_store: Path, recorded_store: Path
) -> None:
    """It serves at once, and computes in the background what takes longer."""
    store = previous_store
    kept = ask(store, "SELECT id, issued_at, quantiles FROM forecasts ORDER BY id")
    assert count(store, "releases") == count(recorded_store, "releases") - 1
    with Service.run(store, prepare=0) as service:
        service.until_it_serves()
        assert "from 1 releases" in service.said()
        assert count(store, "releases") == count(recorded_store, "releases")
        assert count(store, "observations") == count(recorded_store, "observations")
        assert ask(store, "SELECT version_num FROM alembic_version") == [(newest_revision(),)]
        hindcast = "SELECT count(*), round(sum(wis)) FROM scores WHERE forecast_id IS NULL"
        assert ask(store, hindcast) == ask(recorded_store, hindcast)
        assert not service.get("/forecast?series=usbp.southwest")["stale"]
        by_method = BY_METHOD.format(METHOD)
        service.until(
            lambda: set(OUTDATED) <= {key for key, current in ask(store, by_method) if current},
            "the other forecasts are renewed in the background",
        )
    assert (
        ask(store, "SELECT id, issued_at, quantiles FROM forecasts ORDER BY id")[: len(kept)]
        == kept
    ), "what was issued stays in the archive"
