"""Copies of a whole store while it goes on working.

A backup is a store by itself, in a SQLite file.
"""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.storage.checksums import WrongChecksum, append_checksum, verify_checksum
from app.storage.database import Database
from app.storage.workspaces import open_workspace
from app.tables import Base, ComputationLeaseRow, StoreStateRow

BATCH = 5000  # rows that are in memory at a time
_OF_THE_MOMENT = (
    ComputationLeaseRow.__table__,
    StoreStateRow.__table__,
)  # no copy has use for them
TABLES = [table for table in Base.metadata.sorted_tables if table not in _OF_THE_MOMENT]


class NotABackup(ValueError):
    """A file that cannot be restored from."""


def backup(database: Database, target: Path) -> int:
    """Write one moment's state of the store to a file; returns the number of rows.

    The file appears whole or not at all. Raises FileExistsError where there is one already.
    """
    if target.exists():
        raise FileExistsError(
            f"{target} already exists. Choose another file name, or move the file first"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_workspace(target.parent, ".bordercast-backup-") as folder:
        unfinished = folder / target.name
        copy = Database(f"sqlite:///{unfinished}")
        copy.upgrade()
        with database.reading() as source, copy.writing() as session:
            rows = _copy(source, session)
        copy.close()  # the last connection folds SQLite's journal into the file
        with closing(sqlite3.connect(unfinished)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # tells it from a store in use
        append_checksum(unfinished)
        unfinished.rename(target)
    return rows


@dataclass(frozen=True, slots=True)
class Restored:
    """How many rows were restored, and whether the backup's checksum proved them whole."""

    rows: int
    verified: bool


def restore(database: Database, source: Path, *, replace: bool = False) -> Restored:
    """Bring a backup, or another store's file, into a store in one transaction.

    Those who read meanwhile see the store as it was. An older version's backup is brought up to
    date first. Raises FileExistsError where the store holds anything and `replace` is not given;
    NotABackup.
    """
    if not source.is_file():
        raise NotABackup(f"{source} is not a file. Give a file that `bordercast db backup` wrote")
    with open_workspace(Path(tempfile.gettempdir()), "bordercast-restore-") as folder:
        workspace = folder / "backup.db"
        _copy_file(source, workspace)
        verified = _verify(workspace, source)
        _require_store(workspace, source)
        saved = Database(f"sqlite:///{workspace}")
        try:
            saved.upgrade()
        except CommandError as error:
            raise NotABackup(
                f"{source} was made by a newer version. Update Bordercast first"
            ) from error
        database.upgrade()
        with saved.reading() as session, database.writing() as target:
            if not replace and _holds_anything(target):
                raise FileExistsError(
                    "The store is not empty. Use --replace to replace its contents with the backup"
                )
            for table in reversed(Base.metadata.sorted_tables):
                target.execute(table.delete())
            rows = _copy(session, target)
            _continue_numbering(target)
        saved.close()
    return Restored(rows, verified)


def _copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite file with what its journal holds and the file does not, as of a store that is
    open or whose process was killed."""
    journal = Path(f"{source}-wal")
    if not journal.exists():
        shutil.copyfile(source, target)
        return
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as opened,
            closing(sqlite3.connect(target)) as copy,
        ):
            opened.backup(copy)
    except sqlite3.OperationalError:  # SQLite cannot read a journal where nobody may write
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)
        shutil.copyfile(journal, f"{target}-wal")
    except sqlite3.DatabaseError as error:
        raise NotABackup(f"{source} is damaged or not a store: {error}") from error


def _verify(copied: Path, source: Path) -> bool:
    """Whether the copy of a file carries a checksum, which is right. Raises NotABackup."""
    try:
        return verify_checksum(copied)
    except WrongChecksum as error:
        raise NotABackup(
            f"{source} is damaged: its content is not what was backed up, as its checksum shows"
        ) from error


def _holds_anything(session: Session) -> bool:
    return any(session.execute(select(*table.primary_key).limit(1)).first() for table in TABLES)


def _copy(source: Session, target: Session) -> int:
    copied = 0
    for table in TABLES:
        rows = source.execute(
            select(table).order_by(*table.primary_key), execution_options={"yield_per": BATCH}
        )
        for batch in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in batch])
            copied += len(batch)
    return copied


def _continue_numbering(session: Session) -> None:
    """Rows bring their numbers along; PostgreSQL must be told where to go on."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        if "id" in table.columns:
            session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"coalesce(max(id), 0) + 1, false) FROM {table.name}"
                )
            )


def _require_store(copied: Path, source: Path) -> None:
    """Raises NotABackup, which names the source, where its copy is not a whole store."""
    try:
        with closing(sqlite3.connect(copied)) as connection:
            [verdict] = connection.execute("PRAGMA quick_check(1)").fetchone()
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        raise NotABackup(f"{source} is damaged or not a store: {error}") from error
    if verdict != "ok":
        raise NotABackup(f"{source} is damaged: {verdict}")
    if "alembic_version" not in tables:
        raise NotABackup(f"{source} is a database, but not a Bordercast store")
