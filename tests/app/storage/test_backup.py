"""Backups: whole, with a checksum, and without anything left behind."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.observations import store
from app.storage.backup import NotABackup, backup, restore
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish

TUCSON = "usbp.southwest.tucson"
HELD_OPEN = """
import signal
import sys
from pathlib import Path
from app.storage.workspaces import open_workspace
with open_workspace(Path(sys.argv[1]), sys.argv[2]) as folder:
    (folder / "unfinished.db").write_bytes(b"half of it")
    print("begun", flush=True)
    signal.pause()
"""


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated store's file, to be copied."""
    file = tmp_path_factory.mktemp("empty") / "store.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    database.close()
    return file


@pytest.fixture
def source(empty: Path, tmp_path: Path) -> Iterator[Database]:
    """A store with one figure."""
    database = Database(f"sqlite:///{shutil.copyfile(empty, tmp_path / 'source.db')}")
    with database.writing() as session:
        make_series(session, TUCSON)
        publish(session, "cbp", "2024-05-20", figure(TUCSON, "2024-04", 5100))
    yield database
    database.close()


@pytest.fixture
def target(empty: Path, tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{shutil.copyfile(empty, tmp_path / 'target.db')}")
    yield database
    database.close()


def figures(database: Database) -> list[int | None]:
    with database.reading() as session:
        series = store.find_series(session, TUCSON)
        return [] if series is None else [one.value for one in store.history(session, series.id)]


def test_a_store_that_is_open_is_restored_with_its_newest_release(
    source: Database, target: Database, tmp_path: Path
) -> None:
    assert Path(f"{tmp_path / 'source.db'}-wal").stat().st_size > 0
    restored = restore(target, tmp_path / "source.db")
    assert figures(target) == [5100]
    assert not restored.verified


def test_the_files_of_a_killed_process_are_restored_with_its_newest_release(
    source: Database, target: Database, tmp_path: Path
) -> None:
    (tmp_path / "killed").mkdir()
    for ending in ("", "-wal"):
        shutil.copyfile(f"{tmp_path / 'source.db'}{ending}", tmp_path / f"killed/store.db{ending}")
    restore(target, tmp_path / "killed" / "store.db")
    assert figures(target) == [5100]


def test_a_backup_is_restored_with_its_checksum_verified(
    source: Database, target: Database, tmp_path: Path
) -> None:
    backup(source, tmp_path / "backup.db")
    assert restore(target, tmp_path / "backup.db").verified
    assert figures(target) == [5100]


def test_a_backup_with_one_changed_figure_is_refused(
    source: Database, target: Database, tmp_path: Path
) -> None:
    """The database is sound, so that only the checksum can tell."""
    backup(source, tmp_path / "backup.db")
    with closing(sqlite3.connect(tmp_path / "backup.db")) as connection, connection:
        connection.execute("UPDATE observations SET value = 5101")
    with pytest.raises(NotABackup, match="its content is not what was backed up"):
        restore(target, tmp_path / "backup.db")
    assert figures(target) == []


def test_a_backup_that_was_opened_as_a_store_can_be_restored(
    source: Database, target: Database, tmp_path: Path
) -> None:
    backup(source, tmp_path / "backup.db")
    opened = Database(f"sqlite:///{tmp_path / 'backup.db'}")
    with opened.writing() as session:
        publish(session, "cbp", "2024-06-20", figure(TUCSON, "2024-05", 4800))
    opened.close()
    assert not restore(target, tmp_path / "backup.db").verified
    assert figures(target) == [5100, 4800]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@contextmanager
def working_process(folder: Path, prefix: str) -> Iterator["subprocess.Popen[str]"]:
    """A process in the middle of its work."""
    command = [sys.executable, "-c", HELD_OPEN, str(folder), prefix]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        try:
            yield process
        finally:
            process.kill()


def test_what_a_killed_backup_or_restore_left_is_removed_by_the_next(
    source: Database, target: Database, tmp_path: Path, temporary: Path
) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    with (
        working_process(saved, ".bordercast-backup-") as backing_up,
        working_process(temporary, "bordercast-restore-") as restoring,
    ):
        backup(source, saved / "first.db")
        assert len(list(saved.iterdir())) == 2  # the folder of the one that is at work stays
        for process in (backing_up, restoring):
            process.send_signal(signal.SIGKILL)
            process.wait()
    backup(source, saved / "second.db")
    restore(target, saved / "second.db")
    assert sorted(path.name for path in saved.iterdir()) == ["first.db", "second.db"]
    assert list(temporary.iterdir()) == []
