"""How much room a store takes."""

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

_BESIDE = ("", "-wal")  # the file of a SQLite store, and its log


def measure_store(session: Session, file: Path | None) -> int:
    """The bytes of a SQLite store's files, or of a PostgreSQL database."""
    if file is None:
        return int(session.scalar(select(func.pg_database_size(func.current_database()))) or 0)
    found = (file.with_name(f"{file.name}{ending}") for ending in _BESIDE)
    return sum(each.stat().st_size for each in found if each.exists())
