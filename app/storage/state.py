"""The state of a store, as a token: two answers of one state and day are the same answer.

Every transaction that writes what an answer can show replaces the token, in whatever process, and
a reader asks for it once for each request. So an answer that was kept is known to be current
without asking what it was made from.
"""

import asyncio
import logging
import sqlite3
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from sqlalchemy import column, create_engine, insert, select, table, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.errors import StoreFailed
from app.storage.engines import is_read_only_file
from app.storage.read_only import Signature, connect_for_reading, sign

log = logging.getLogger(__name__)

_STATE = table("store_state", column("id"), column("token"))
_TOKEN = select(_STATE.c.token)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def renew_state(session: Session) -> None:
    """Replace the token: what this transaction writes changes answers.

    Last of all, because two transactions that write must not wait for each other here for long.
    """
    session.flush()
    token = uuid.uuid4().hex
    replaced = session.connection().execute(update(_STATE).values(token=token))
    if replaced.rowcount == 0:  # the rows of a backup have just replaced all others
        session.execute(insert(_STATE).values(id=1, token=token))


class StateReader(Protocol):
    """Reads the token, once for each request."""

    async def read(self) -> str:
        """The token as of now or later. Raises StoreFailed."""

    def close(self) -> None: ...


def open_state_reader(url: URL) -> StateReader:
    """A reader of the store at a URL, on a connection of its own."""
    if url.get_backend_name() == "sqlite":
        return SQLiteStateReader(url)
    return ServerStateReader(url)


class SQLiteStateReader:
    """Reads on the event loop, which takes some 10 microseconds, and never waits for a lock.

    A process that locks all others out may have committed, but nobody can have seen it yet: the
    last state that could be read is then still the right answer.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._file = Path(str(url.database))
        self._reads_only = is_read_only_file(url)
        self._signature: Signature | None = None
        self._connection: sqlite3.Connection | None = None
        self._last: str | None = None

    async def read(self) -> str:
        try:
            if self._reads_only and self._signature != sign(self._file):
                self.close()
                self._connection = None
            if self._connection is None:
                self._connection = self._connect()
            [(token,)] = self._connection.execute("SELECT token FROM store_state").fetchall()
        except sqlite3.Error as error:
            if self._last is None or error.sqlite_errorcode & 0xFF not in _BUSY:
                raise _store_failed(error) from error
            return self._last
        self._last = str(token)
        return self._last

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        if self._reads_only:
            self._signature = sign(self._file)
            return connect_for_reading(self._file, timeout=0)
        dialect = self._url.get_dialect()()
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect
        given, options = dialect.create_connect_args(self._url)
        return connect(*given, **{**options, "timeout": 0, "isolation_level": None})


class ServerStateReader:
    """Asks a database server in a thread of its own, one question at a time.

    Those who come while a question is under way share the next one, whose answer is not older than
    any of them.
    """

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-state")
        self._under_way = asyncio.Lock()
        self._next: asyncio.Task[str] | None = None

    async def read(self) -> str:
        if self._next is None:
            self._next = asyncio.create_task(self._ask())
        return await asyncio.shield(self._next)

    def close(self) -> None:
        self._thread.shutdown()
        self._engine.dispose()

    async def _ask(self) -> str:
        async with self._under_way:
            self._next = None  # who comes from here on needs a later answer
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._look)

    def _look(self) -> str:
        for last_attempt in (False, True):
            try:
                with self._engine.connect() as connection:
                    return str(connection.execute(_TOKEN).scalar_one())
            except OperationalError as error:
                # after a restart of the server, once more on a new connection
                if last_attempt or not error.connection_invalidated:
                    raise _store_failed(error.orig or error) from error
        raise AssertionError("the last attempt has returned or raised")


def _store_failed(error: BaseException) -> StoreFailed:
    reason = " ".join(str(error).split())
    log.error("The store cannot be asked for its state: %s", reason)
    return StoreFailed(reason)
