"""Whether a store is whole: what its database finds, and, without reading it, whether a SQLite file
is as long as it has to be.

SQLite itself notices a file that was cut short only when it opens it without a journal, or when it
needs a page that is gone.
"""

import os
import struct
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

_HEADER = 32  # bytes of a journal: https://www.sqlite.org/fileformat.html#the_write_ahead_log
_FRAME = 24
_SALTS = slice(16, 24)
_FRAME_SALTS = slice(8, 16)
_MOST_TOLD = 5
_INVALID_INDEXES = """
    SELECT 'index ' || indexrelid::regclass || ' is invalid' FROM pg_index WHERE NOT indisvalid
"""
_WRONG_PAGES = """
    SELECT checksum_failures || ' pages have wrong checksums' FROM pg_stat_database
    WHERE datname = current_database() AND checksum_failures > 0
"""


def find_damage(session: Session) -> list[str]:
    """What the database finds wrong with itself, in its words; SQLite reads all of its file."""
    if session.get_bind().dialect.name == "postgresql":
        return [*session.scalars(text(_INVALID_INDEXES)), *session.scalars(text(_WRONG_PAGES))]
    told = session.scalars(text(f"PRAGMA integrity_check({_MOST_TOLD})")).all()
    damage = [line for line in told if line != "ok"]
    orphans = session.execute(text("PRAGMA foreign_key_check")).fetchmany(_MOST_TOLD)
    return damage + [f"{row[0]} refers to a row of {row[2]} that is not there" for row in orphans]


def read_clock(session: Session) -> datetime | None:
    """What time a database server says that it is; SQLite has no clock of its own."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    found: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found.astimezone(UTC)


def is_cut_short(connection: Connection, file: Path) -> bool:
    """Whether pages of a store are neither in its file nor in its journal.

    The connection's transaction keeps the journal from being overwritten meanwhile.
    """
    pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    page_size = connection.execute(text("PRAGMA page_size")).scalar_one()
    if file.stat().st_size >= pages * page_size:
        return False
    in_journal = _pages_of_journal(Path(f"{file}-wal"), page_size)
    in_file = file.stat().st_size // page_size  # once more, as a checkpoint may be under way
    return any(page not in in_journal for page in range(in_file + 1, pages + 1))


def _pages_of_journal(journal: Path, page_size: int) -> set[int]:
    """The numbers of the pages that a journal holds and that are not left from an earlier one."""
    found: set[int] = set()
    try:
        opened = journal.open("rb")
    except FileNotFoundError:
        return found
    with opened:
        salts = opened.read(_HEADER)[_SALTS]
        while len(frame := opened.read(_FRAME)) == _FRAME and frame[_FRAME_SALTS] == salts:
            found.add(struct.unpack(">I", frame[:4])[0])
            opened.seek(page_size, os.SEEK_CUR)
    return found
