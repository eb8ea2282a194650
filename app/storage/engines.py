"""Engines for both databases: how their connections are opened, and how transactions begin."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DisconnectionError

from app.storage.read_only import connect_for_reading, is_read_only, sign

BUSY_SECONDS = 30  # how long a writer waits for another one on SQLite before it gives up


def new_engine(url: URL, connections: int, patience: float) -> Engine:
    """An engine with so many connections at most, for one of which a transaction waits so many
    seconds."""
    if url.get_backend_name() != "sqlite":
        return _postgresql(url, connections, patience)
    if is_read_only_file(url):
        return _sqlite_for_reading(url, connections, patience)
    return _sqlite(url, connections, patience)


def is_read_only_file(url: URL) -> bool:
    """Whether a URL of SQLite names a file that this process may not write, or says `?mode=ro`."""
    return url.query.get("mode") == "ro" or (
        bool(url.database) and is_read_only(Path(str(url.database)))
    )


def _postgresql(url: URL, connections: int, patience: float) -> Engine:
    return create_engine(url, **_pool_options(connections, patience))


def _pool_options(connections: int, patience: float) -> dict[str, Any]:
    """A third of the connections stays open between transactions."""
    kept = max(1, connections // 3)
    return {"pool_size": kept, "max_overflow": connections - kept, "pool_timeout": patience}


def _sqlite(url: URL, connections: int, patience: float) -> Engine:
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}}
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        options |= _pool_options(connections, patience)
    engine = create_engine(url, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below: sqlite3's own would come too late
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the lock at once: a reader that turns writer midway could only fail.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _sqlite_for_reading(url: URL, connections: int, patience: float) -> Engine:
    """Of a file that others may write: a connection from before a change is replaced."""
    file = Path(str(url.database))
    engine = create_engine(
        url.set(query={}),
        creator=lambda: connect_for_reading(file, timeout=BUSY_SECONDS),
        **_pool_options(connections, patience),
    )

    @event.listens_for(engine, "connect")
    def remember(_connection: Any, record: Any) -> None:
        record.info["signature"] = sign(file)

    @event.listens_for(engine, "checkout")
    def require_current(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["signature"] != sign(file):
            raise DisconnectionError("the file of the store has changed")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
