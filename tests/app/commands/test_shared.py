"""What a start loads: everything into an empty store, what is new into one of an older version."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from app.commands.shared import load_bundled
from app.observations import store
from app.observations.bundled_record import BundledRecord
from app.observations.tables import ObservationRow, ReleaseRow
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.stores import SQLiteStores

pytestmark = pytest.mark.slow


@pytest.fixture
def fresh(tmp_path: Path) -> Database:
    database = Database(SQLiteStores(tmp_path).create())
    database.upgrade()
    return database


def names(database: Database) -> set[tuple[str, object, str]]:
    with database.reading() as session:
        return set(store.release_names(session))


def test_an_empty_store_gets_the_bundled_record(fresh: Database) -> None:
    load_bundled(fresh, only_if_new=True)
    assert names(fresh) == BundledRecord().release_names()


def test_a_store_of_an_older_version_gets_the_releases_it_lacks(fresh: Database) -> None:
    load_bundled(fresh, only_if_new=True)
    with fresh.writing() as session:
        newest = max(store.release_names(session), key=lambda name: name[1])
        row = session.query(ReleaseRow).filter_by(published_on=newest[1], title=newest[2]).one()
        session.execute(delete(ObservationRow).where(ObservationRow.release_id == row.id))
        session.delete(row)
    assert newest not in names(fresh)
    load_bundled(fresh, only_if_new=True)
    assert newest in names(fresh)


def test_a_store_with_own_releases_only_is_left_as_it_is(fresh: Database) -> None:
    with fresh.writing() as session:
        make_series(session, "a.border")
        publish(session, "press", "2026-01-15", figure("a.border", "2025-12", 10))
    load_bundled(fresh, only_if_new=True)
    assert len(names(fresh)) == 1
