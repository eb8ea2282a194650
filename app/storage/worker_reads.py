"""Reading the store in a worker process of this machine.

The process that answers HTTP does not share its interpreter with such reads then. Workers of a
cluster cannot reach every store.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from app.storage.database import Database, Session


@contextmanager
def reading_in_worker(url: str) -> Iterator[Session]:
    """A transaction that reads, in a process that answers nobody."""
    database = _open(url)
    try:
        with database.reading() as session:
            yield session
    finally:
        database.engine.dispose()  # a worker that waits holds no connection


@lru_cache(1)
def _open(url: str) -> Database:
    """The store, with what its statements were compiled to."""
    return Database(url, connections=1)
