"""The store's engine, transactions, column types and migrations, on SQLite and on PostgreSQL."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Date, DateTime, Dialect, MetaData, make_url, text
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import IntegrityError as IntegrityError  # for those who use the stores, too
from sqlalchemy.exc import SQLAlchemyError as SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, sessionmaker
from sqlalchemy.orm import Session as Session  # a transaction, for all who call the stores
from sqlalchemy.types import TypeDecorator

from app.config import MIGRATIONS, UnusableSetting
from app.errors import StoreBusy, StoreDamaged, StoreFailed, StoreReadOnly
from app.interrupts import deferred_interrupts, uninterrupted_exit
from app.request_context import is_background
from app.storage.engines import is_read_only_file, new_engine
from app.storage.integrity import is_cut_short
from app.storage.state import renew_state
from forecasting import Month

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

CONNECTIONS = 15  # that one process has open at most for answers that cost little
BACKGROUND_CONNECTIONS = 6  # and for the work of queues and what goes on beside the requests
PATIENCE_SECONDS = 30.0  # how long a transaction waits for one of them to become free
_MAY_ONLY_READ = """
    SELECT current_setting('transaction_read_only') = 'on'
    OR coalesce(NOT has_table_privilege(to_regclass('releases'), 'INSERT'), false)
    OR coalesce(NOT has_table_privilege(to_regclass('forecasts'), 'INSERT'), false)
"""


class Base(DeclarativeBase):
    """Declares the tables; constraints get the same names on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class MonthColumn(TypeDecorator[Month]):
    """A month, kept as the date of its first day."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> date | None:
        return None if value is None else value.first_day

    def process_result_value(self, value: date | None, dialect: Dialect) -> Month | None:
        return None if value is None else _month_containing(value)


@lru_cache(5000)  # every month there is will be asked for again and again
def _month_containing(day: date) -> Month:
    return Month.containing(day)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; SQLite, which knows no zones, gets and gives it as UTC too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One store.

    Work in the background (`app.request_context`) has its own connections and threads, so that
    answers that cost little never wait behind it.

    A session is a transaction: `reading()` sees one snapshot, `writing()` is all or nothing. Ctrl-C
    can interrupt what a transaction does, but not its end: SQLAlchemy would report a connection
    that it could not put back into its pool.
    """

    def __init__(
        self, url: str, *, connections: int = CONNECTIONS, patience: float = PATIENCE_SECONDS
    ) -> None:
        self.url = _normalized(url)
        self.engine = new_engine(self.url, connections, patience)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="store")
        kept_apart = min(connections, BACKGROUND_CONNECTIONS)
        self._background_engine = new_engine(self.url, kept_apart, patience)
        self._background_threads = ThreadPoolExecutor(kept_apart, thread_name_prefix="store-queue")
        self._read_only = is_read_only_file(self.url) if self._is_sqlite else None

    @property
    def read_only(self) -> bool:
        """Whether this process may read the store but not write it.

        A server is asked once. Raises StoreFailed or StoreBusy.
        """
        if self._read_only is None:
            with _store_failures(), uninterrupted_exit(self.engine.connect()) as connection:
                self._read_only = bool(connection.execute(text(_MAY_ONLY_READ)).scalar_one())
        return self._read_only

    @contextmanager
    def reading(self) -> Iterator[Session]:
        options = {} if self._is_sqlite else {"isolation_level": "REPEATABLE READ"}
        opened = Session(self._current_engine.execution_options(**options))
        with _store_failures(), uninterrupted_exit(opened) as session:
            yield session

    @contextmanager
    def writing(self, *, shown: bool = True) -> Iterator[Session]:
        """A transaction that writes. With `shown` false, it writes nothing that an answer to a read
        could show, such as a claim, and answers that are kept stay valid.

        Raises StoreReadOnly.
        """
        self._require_writable()
        opened = sessionmaker(self._current_engine.execution_options(writes=True)).begin()
        with _store_failures(), uninterrupted_exit(opened) as session:
            yield session
            if shown and session.in_transaction():  # a session may have been rolled back
                renew_state(session)

    async def read_in_thread(
        self, question: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Ask a store function in a transaction that reads, without blocking the event loop."""
        return await self._in_thread(self.reading, question, *args, **kwargs)

    async def write_in_thread(
        self, work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do work in a transaction that writes, without blocking the event loop."""
        return await self._in_thread(self.writing, work, *args, **kwargs)

    async def write_unshown_in_thread(
        self, work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do work that writes nothing that an answer shows, without blocking the event loop."""
        return await self._in_thread(partial(self.writing, shown=False), work, *args, **kwargs)

    def write(self, work: Callable[[Session], T]) -> T:
        """Do work in a writing transaction; once more where another writer got there first."""
        try:
            with self.writing() as session:
                return work(session)
        except IntegrityError:
            with self.writing() as session:
                return work(session)

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to a revision, creating the store's file where there is none."""
        with self._migrating() as config:
            command.upgrade(config, revision)

    def downgrade(self, revision: str) -> None:
        with self._migrating() as config:
            command.downgrade(config, revision)

    def revision(self) -> str | None:
        """The revision the store is at, or None where it was never migrated.

        Raises StoreFailed, StoreBusy, or StoreDamaged.
        """
        with (
            _store_failures(level=logging.DEBUG),  # asked first, and by those who tell themselves
            uninterrupted_exit(self.engine.connect()) as connection,
        ):
            return MigrationContext.configure(connection).get_current_revision()

    def require_whole(self) -> None:
        """Raises StoreDamaged if the file of a SQLite store was cut short."""
        if not self._is_sqlite or not self.url.database:
            return
        with _store_failures(), uninterrupted_exit(self.engine.begin()) as connection:
            if is_cut_short(connection, Path(self.url.database)):
                log.error("The file of the store is shorter than its pages")
                raise StoreDamaged("its file was cut short")

    def close(self) -> None:
        with deferred_interrupts():
            for threads in (self._threads, self._background_threads):
                threads.shutdown(cancel_futures=True)
            self.engine.dispose()
            self._background_engine.dispose()

    @property
    def _current_engine(self) -> Engine:
        return self._background_engine if is_background() else self.engine

    async def _in_thread(
        self,
        open_session: Callable[[], AbstractContextManager[Session]],
        work: Callable[Concatenate[Session, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def do() -> T:
            with open_session() as session:
                return work(session, *args, **kwargs)

        threads = self._background_threads if is_background() else self._threads
        context = copy_context()
        return await asyncio.get_running_loop().run_in_executor(threads, context.run, do)

    @property
    def _is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def _require_writable(self) -> None:
        if self.read_only:
            raise StoreReadOnly

    @contextmanager
    def _migrating(self) -> Iterator[Config]:
        self._require_writable()
        config = _alembic_config()
        opened = self.engine.execution_options(writes=True).begin()
        with _store_failures(), uninterrupted_exit(opened) as connection:
            config.attributes["connection"] = connection
            yield config


@contextmanager
def _store_failures(level: int = logging.ERROR) -> Iterator[None]:
    """Turn a failure of the store, which no request caused, into a problem that says what to do,
    and log it."""
    try:
        yield
    except PoolTimeout as error:
        log.warning("No connection to the store became free in time")
        raise StoreBusy from error
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        log.log(level, "The store failed: %s", reason)
        raise StoreFailed(reason) from error
    except DatabaseError as error:
        if not isinstance(error.orig, sqlite3.DatabaseError) or type(error) is not DatabaseError:
            raise  # what a statement of ours has caused
        log.log(level, "The store is damaged: %s", error.orig)
        raise StoreDamaged(str(error.orig)) from error


def newest_revision() -> str | None:
    """The revision that this version of the code expects."""
    return ScriptDirectory.from_config(_alembic_config()).get_current_head()


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _normalized(given: str) -> URL:
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise UnusableSetting(
            f"BORDERCAST_DATABASE_URL is {given!r}; expected sqlite:///path/to/file.db or "
            "postgresql://user:password@host/name"
        ) from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise UnusableSetting(
            f"BORDERCAST_DATABASE_URL names {url.drivername!r}; expected sqlite or postgresql"
        )
    return url
