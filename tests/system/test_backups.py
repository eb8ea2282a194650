"""Backups: what one holds, what is refused, and a store that goes to PostgreSQL and back."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.stores import PostgreSQLStores
from tests.system.service import (
    Service,
    ask,
    bordercast,
    count,
    is_one_sentence,
    rows,
)

KEY = "usbp.southwest"

pytestmark = pytest.mark.xdist_group("service")


@pytest.fixture(scope="session")
def saved(light_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the store with every forecast."""
    target = tmp_path_factory.mktemp("saved") / "backup.db"
    made = bordercast("db", "backup", target, store=light_store)
    assert made.returncode == 0, made.stderr
    return target


def test_a_backup_is_one_file_with_every_row(saved: Path, light_store: Path) -> None:
    assert [path.name for path in saved.parent.iterdir()] == ["backup.db"]
    assert rows(saved) == rows(light_store)


def test_a_backup_is_a_store_by_itself(saved: Path, light_store: Path, tmp_path: Path) -> None:
    opened = shutil.copyfile(saved, tmp_path / "opened.db")
    request = ["forecast", KEY, "--json"]
    assert (
        bordercast(*request, store=opened).stdout == bordercast(*request, store=light_store).stdout
    )


def test_a_backup_never_overwrites_a_file(light_store: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("not to be lost")
    refused = bordercast("db", "backup", mine, store=light_store)
    assert refused.returncode == 2
    assert is_one_sentence(refused.stderr)
    assert mine.read_text() == "not to be lost"


def test_a_restored_store_has_every_row(saved: Path, tmp_path: Path) -> None:
    restored = tmp_path / "restored.db"
    assert bordercast("db", "restore", saved, store=restored).returncode == 0
    assert rows(restored) == rows(saved)


def test_nothing_is_restored_over_a_store_that_holds_anything(saved: Path, store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("DELETE FROM forecasts")
    before = rows(store)
    refused = bordercast("db", "restore", saved, store=store)
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    assert is_one_sentence(refused.stderr)
    assert rows(store) == before


def test_replace_puts_a_backup_in_the_place_of_what_there_was(saved: Path, store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("DELETE FROM forecasts")
        connection.execute("UPDATE observations SET value = 1")
    assert bordercast("db", "restore", saved, "--replace", store=store).returncode == 0
    assert rows(store) == rows(saved)


def test_a_service_goes_on_while_its_store_is_replaced(saved: Path, store: Path) -> None:
    new_forecast = f"/forecast?series={KEY}&as_of=2024-05-16&model=log-random-walk"
    with Service.run(store, command="serve") as service:
        asked_before = service.until_it_serves().get(new_forecast)
        assert bordercast("db", "restore", saved, "--replace", store=store).returncode == 0
        assert count(store, "forecasts") == count(saved, "forecasts")
        asked_again = service.get(new_forecast)
    assert asked_again["forecast"] == asked_before["forecast"]
    assert asked_again["issued_at"] > asked_before["issued_at"]
    assert count(store, "forecasts") == count(saved, "forecasts") + 1


def test_a_backup_of_an_older_version_is_brought_up_to_date(saved: Path, tmp_path: Path) -> None:
    older = shutil.copyfile(saved, tmp_path / "older.db")
    assert bordercast("db", "downgrade", "2026_11_24_observations", store=older).returncode == 0
    restored = tmp_path / "restored.db"
    assert bordercast("db", "restore", older, store=restored).returncode == 0
    assert bordercast("db", "current", store=restored).returncode == 0
    assert rows(restored)["observations"] == rows(saved)["observations"]
    assert ask(older, "SELECT version_num FROM alembic_version") == [("2026_11_24_observations",)]


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def torn_in_the_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 40960] = b"\xff" * 40960
    file.write_bytes(content)


def not_a_database(file: Path) -> None:
    file.write_text("period,value\n2024-04,129000\n")


def empty(file: Path) -> None:
    file.write_bytes(b"")


def of_another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE observations (bird TEXT)")


def of_a_newer_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '2999_01_01_anything'")


@pytest.mark.parametrize(
    "spoil",
    [cut_short, torn_in_the_middle, not_a_database, empty, of_another_program, of_a_newer_version],
)
def test_what_is_no_whole_backup_is_refused_and_nothing_changes(
    saved: Path, store: Path, tmp_path: Path, spoil: Any
) -> None:
    (tmp_path / "files").mkdir()
    file = Path(shutil.copyfile(saved, tmp_path / "files" / "spoilt.db"))
    spoil(file)
    before = rows(store)
    refused = bordercast("db", "restore", file, "--replace", store=store)
    assert refused.returncode == 2
    assert f"{file} is" in refused.stderr or f"{file} was made by a newer version" in refused.stderr
    assert is_one_sentence(refused.stderr)
    assert rows(store) == before
    assert [path.name for path in file.parent.iterdir()] == ["spoilt.db"]


class Publisher(threading.Thread):
    """Somebody who keeps writing to a store: one release after the other, each in one
    transaction."""

    MARK = "published by the test"

    def __init__(self, store: Path) -> None:
        super().__init__()
        self._store = store
        self._enough = threading.Event()
        self.published = 0
        self.trouble: Exception | None = None
        [(self._model, self.figures)] = ask(
            store,
            "SELECT release_id, count(*) AS n FROM observations "
            "GROUP BY release_id ORDER BY n LIMIT 1",
        )

    def run(self) -> None:
        try:
            with closing(
                sqlite3.connect(self._store, timeout=60, isolation_level=None)
            ) as connection:
                while not self._enough.is_set():
                    self._publish(connection)
        except Exception as error:  # noqa: BLE001  # reported by the test that asked for it
            self.trouble = error

    def stop(self) -> None:
        self._enough.set()
        self.join()
        assert self.trouble is None

    def _publish(self, connection: sqlite3.Connection) -> None:
        """One more release like one that is there."""
        connection.execute("BEGIN IMMEDIATE")
        release = self._copied(
            connection, "releases", "id", {"id": "NULL", "checksum": "hex(randomblob(32))"}
        )
        connection.execute("UPDATE releases SET title = ? WHERE id = ?", (self.MARK, release))
        self._copied(connection, "observations", "release_id", {"release_id": str(release)})
        connection.execute("COMMIT")
        self.published += 1

    def _copied(
        self, connection: sqlite3.Connection, table: str, which: str, changed: dict[str, str]
    ) -> int:
        columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
        values = [changed.get(name, name) for name in columns]
        inserted = connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} "
            f"WHERE {which} = ?",
            (self._model,),
        )
        assert inserted.lastrowid is not None
        return inserted.lastrowid


@pytest.mark.trial
def test_a_backup_during_writes_holds_one_moment_of_the_store(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    with Service.run(store, command="serve") as service:
        service.until_it_serves()
        publisher = Publisher(store)
        publisher.start()
        try:
            at_least = publisher.published
            made = bordercast("db", "backup", target, store=store)
            at_most = publisher.published
            assert service.serves()
        finally:
            publisher.stop()
    assert made.returncode == 0, made.stderr
    marked = f"FROM releases WHERE title = '{Publisher.MARK}'"
    [(releases,)] = ask(target, f"SELECT count(*) {marked}")
    assert at_least <= releases <= at_most
    assert ask(
        target, f"SELECT count(*) FROM observations WHERE release_id IN (SELECT id {marked})"
    ) == [(releases * publisher.figures,)]
    assert ask(target, "PRAGMA foreign_key_check") == []
    assert ask(target, "PRAGMA integrity_check") == [("ok",)]


@pytest.fixture(scope="module")
def restored_to_postgresql(saved: Path, postgresql_server: str) -> Iterator[str]:
    """The store with every forecast, restored to an empty database of PostgreSQL."""
    databases = PostgreSQLStores(postgresql_server)
    url = databases.create()
    made = bordercast("db", "restore", saved, store=url)
    assert made.returncode == 0, made.stderr
    yield url
    databases.drop(url)


def test_a_store_goes_to_postgresql_and_back_without_a_difference(
    saved: Path, restored_to_postgresql: str, tmp_path: Path
) -> None:
    back = tmp_path / "back.db"
    assert bordercast("db", "backup", back, store=restored_to_postgresql).returncode == 0
    assert rows(back) == rows(saved)


@pytest.mark.parametrize("read", ["history", "forecast"])
def test_a_store_answers_the_same_from_postgresql(
    light_store: Path, restored_to_postgresql: str, read: str
) -> None:
    stores = (restored_to_postgresql, light_store)
    answers = [bordercast(read, KEY, "--json", store=store) for store in stores]
    assert answers[0].stdout == answers[1].stdout != ""


def test_a_store_restored_to_postgresql_takes_new_forecasts(restored_to_postgresql: str) -> None:
    new = ["forecast", KEY, "--as-of", "2024-05-16", "--model", "log-random-walk", "--json"]
    made = bordercast(*new, store=restored_to_postgresql)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["origin"] == "2024-04"


def test_postgresql_with_figures_is_not_restored_over(
    saved: Path, restored_to_postgresql: str
) -> None:
    refused = bordercast("db", "restore", saved, store=restored_to_postgresql)
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
