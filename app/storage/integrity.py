"""Whether a SQLite file is as long as it has to be, without reading it.

SQLite itself notices a file that was cut short only when it opens it without a journal, or when it
needs a page that is gone.
"""

import os
import struct
from pathlib import Path

from sqlalchemy import Connection, text

_HEADER = 32  # bytes of a journal: https://www.sqlite.org/fileformat.html#the_write_ahead_log
_FRAME = 24
_SALTS = slice(16, 24)
_FRAME_SALTS = slice(8, 16)


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
