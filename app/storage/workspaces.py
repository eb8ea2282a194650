"""Folders for unfinished work, which the next work removes if a process was killed over its own.

A lock in each folder, which the system lets go of with the process, tells one in use from one left
behind. It is SQLite's, which works on every system.
"""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_LOCK = "in-use.lock"
_UNLOCKED_SECONDS = 60  # that a new folder may be without its lock


@contextmanager
def open_workspace(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `parent` that is removed at the end; abandoned ones of the prefix are removed
    first."""
    for abandoned in parent.glob(f"{prefix}*"):
        if _is_abandoned(abandoned):
            shutil.rmtree(abandoned, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=prefix) as name:
        folder = Path(name)
        with closing(_lock(folder)):
            yield folder


def _lock(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / _LOCK, timeout=0, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    return connection


def _is_abandoned(folder: Path) -> bool:
    if not (folder / _LOCK).exists():
        try:
            return time.time() - folder.stat().st_mtime > _UNLOCKED_SECONDS
        except FileNotFoundError:
            return False  # its process has just removed it
    try:
        _lock(folder).close()
    except sqlite3.OperationalError:  # in use, or another user's
        return False
    return True
