"""SQLite files that this process may read and not write: whether one is, and how to open it.

SQLite reads a file in WAL mode by way of two files beside it, which it makes if need be. If it may
make none and nobody else has, the file is read as one that never changes; whoever has it open must
then look whether it did.
"""

import os
import sqlite3
from pathlib import Path

Signature = tuple[
    int, int, int, bool
]  # of a file: when it changed, its size, its number, a journal

_EFFECTIVE = os.access in os.supports_effective_ids


def is_read_only(file: Path) -> bool:
    """Whether a file is there and this process may not write it.

    It is not opened: closing it would let go of SQLite's locks.
    """
    return file.exists() and not os.access(file, os.W_OK, effective_ids=_EFFECTIVE)


def connect_for_reading(file: Path, *, timeout: float) -> sqlite3.Connection:
    """A connection that only reads, and that several threads may use in turn."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    try:
        return _open(address, timeout)
    except sqlite3.OperationalError:
        if Path(f"{file}-wal").exists():
            raise
        return _open(f"{address}&immutable=1", timeout)


def sign(file: Path) -> Signature | None:
    """Changes when a file does; None if it is gone."""
    try:
        state = file.stat()
    except FileNotFoundError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino, Path(f"{file}-wal").exists()


def _open(address: str, timeout: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
