"""What series take from each other: which pool serves a forecast, and having it learnt once.

A pool is learnt from every series as known on a day and named by the releases that were known then, so that
the days between two releases share one. As a pool can be learnt again at any time, the store keeps the last
ones only.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import UTC, date, datetime, time
from http import HTTPStatus

from app.clock import Clock
from app.database import Database, Session
from app.errors import BeforeFirstFullRelease, Problem
from app.forecasts import store
from app.forecasts.inputs import monthly_series
from app.forecasts.specification import METHOD, PoolName
from app.forecasts.tables import PoolRow
from app.forecasts.workers import outcome
from app.observations.reading import history, known_by
from app.observations.store import all_series
from forecasting import MonthlySeries, Pool, learn_pool
from forecasting.models import POOLED

KEPT = 50  # pools in the store, of 130 kB each; to learn one again takes seconds

Learn = Callable[[Mapping[str, MonthlySeries]], Pool | None]


class KnowledgeHasChanged(Problem):
    """A release was recorded or retracted just when a pool was to be learnt. Ask again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Figures have just changed"

    def __init__(self) -> None:
        super().__init__("Figures were loaded just now. Ask again.", headers={"Retry-After": "1"})


def serving(session: Session, model: str, *, today: date, as_of: date | None = None) -> PoolName | None:
    """The pool for a forecast by a model as of a day (default: today), None where the model takes none.

    For a past day it is the one of what was known then. For today's figures it is that of what is known now
    where there is one, else the newest that was learnt today: what comes in during a day changes the
    forecasts of its own series at once and all others on the next day.
    """
    if model not in POOLED:
        return None
    if as_of is None:
        return _serving_today(session, today)
    day = known_by(as_of, today)
    return PoolName(_knowledge(session, day), day, live=False)


def _serving_today(session: Session, today: date) -> PoolName:
    """The pool for forecasts of today's figures."""
    day = known_by(None, today)
    now = PoolName(_knowledge(session, day), day, live=True)
    if store.has_pool(session, now.knowledge, METHOD):
        return now
    midnight = datetime.combine(today, time(), UTC)
    learnt_today = store.newest_live_knowledge(session, METHOD, since=midnight)
    return now if learnt_today is None else PoolName(learnt_today, day, live=True)


def stored(database: Database, name: PoolName) -> PoolRow | None:
    with database.reading() as session:
        return store.find_pool(session, name.knowledge, METHOD)


def decoded(row: PoolRow) -> Pool | None:
    """The pool of a row; None where there were too few series to learn from."""
    return None if row.content is None else Pool.from_bytes(row.content)


def known_series(database: Database, name: PoolName) -> dict[str, MonthlySeries]:
    """Every series with figures as known then, by key, those that have ended since included.

    Raises KnowledgeHasChanged where the releases are not those that the pool is named by.
    """
    found = {}
    with database.reading() as session:
        if _knowledge(session, name.as_of) != name.knowledge:
            raise KnowledgeHasChanged
        for series in all_series(session):
            try:
                known = history(session, series.key, today=name.as_of, as_of=name.as_of)
            except BeforeFirstFullRelease:
                continue
            if any(figure.value is not None for figure in known.figures):
                found[series.key] = monthly_series(session, known)[0]
    return found


def keep(database: Database, name: PoolName, series: int, pool: Pool | None, *, learnt_at: datetime) -> None:
    """Store a pool that was learnt from some number of series, unless another process has, and forget the
    oldest ones, but never the one that serves today's figures."""
    row = PoolRow(
        knowledge=name.knowledge,
        method=METHOD,
        live=name.live,
        learnt_at=learnt_at,
        series=series,
        version=None if pool is None else pool.version,
        content=None if pool is None else pool.to_bytes(),
    )
    with database.writing() as session:
        store.keep_pool(session, row)
        needed = _serving_today(session, learnt_at.date()).knowledge
        store.forget_pools(session, keeping=KEPT, needed=needed)


def obtained(
    database: Database, clock: Clock, name: PoolName | None, learn: Learn = learn_pool
) -> Pool | None:
    """The pool from the store or, where it is not there, learnt by `learn` and stored."""
    if name is None:
        return None
    row = stored(database, name)
    if row is not None:
        return decoded(row)
    series = known_series(database, name)
    pool = learn(series)
    keep(database, name, len(series), pool, learnt_at=clock())
    return pool


class Pools:
    """Has pools learnt in the workers, each once however many ask for it here."""

    def __init__(self, database: Database, workers: Executor, clock: Clock) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._under_way: dict[PoolName, asyncio.Task[Pool | None]] = {}

    async def obtained(self, name: PoolName | None) -> Pool | None:
        """The pool from the store or, where it is not there, learnt and stored."""
        if name is None:
            return None
        task = self._under_way.get(name)
        if task is None:
            task = asyncio.create_task(self._obtained(name))
            self._under_way[name] = task
            task.add_done_callback(lambda _: self._under_way.pop(name))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _obtained(self, name: PoolName) -> Pool | None:
        row = await asyncio.to_thread(stored, self._database, name)
        if row is not None:
            return decoded(row)
        series = await asyncio.to_thread(known_series, self._database, name)
        pool = await outcome(self._workers, learn_pool, series)
        await asyncio.to_thread(keep, self._database, name, len(series), pool, learnt_at=self._clock())
        return pool


def _knowledge(session: Session, day: date) -> str:
    """Names the releases that were known at the end of a day, in the order in which they were recorded."""
    digest = hashlib.sha256()
    for source, published_on, checksum in store.known_releases(session, as_of=day):
        digest.update(f"{source}|{published_on}|{checksum}\n".encode())
    return digest.hexdigest()
