"""What series take from each other: which pool serves a forecast, and having it learned once.

Series of one border that count the same share a pool, as series of other borders would only add
noise; covariates are in none, and nor are series that have too few figures to be forecast. A pool
is learned from its series as known on a day and named by the releases of their border that were
known then, so that the days between two releases share one. As a pool can be learned again at any
time, the store keeps the last ones only.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from threading import Condition

from cachetools import LRUCache, cached

from app.clock import Clock
from app.errors import BeforeFirstFullRelease, Problem
from app.execution.processes import ProcessWorkers, run_in_worker
from app.forecasts import pool_store
from app.forecasts.inputs import observed_count, to_series_with_noise
from app.forecasts.specification import METHOD, Group, PoolKey
from app.forecasts.tables import PoolRow
from app.observations.queries import get_history, resolve_as_of
from app.observations.store import all_series, find_series, releases_cache_key
from app.observations.tables import SeriesRow
from app.storage.database import Database, Session
from app.storage.state import renew_state
from app.storage.worker_reads import reading_in_worker
from forecasting import MonthlySeries, Pool, learn_pool
from forecasting.models import POOLED

KEPT = 50  # pools in the store, of 130 kB each; to learn one again takes seconds
KEPT_UNSTORED = 10  # in memory, if the store is read-only

Learn = Callable[[Mapping[str, MonthlySeries]], Pool | None]


class ReleasesHaveChanged(Problem):
    """A release was recorded or retracted while the pool was being learned. Try again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Figures have just changed"

    def __init__(self) -> None:
        super().__init__("Figures were loaded just now. Try again.", headers={"Retry-After": "1"})


class PoolKeyResolver:
    """Selects pools for forecasts by a model as of a day (default: today), once for each group."""

    def __init__(
        self, session: Session, model: str, *, today: date, as_of: date | None = None
    ) -> None:
        self._session = session
        self._model = model
        self._today = today
        self._as_of = as_of
        self._found: dict[Group, PoolKey] = {}

    def key_for(self, series: SeriesRow) -> PoolKey | None:
        """The pool for a series; None if the model takes none or the series is a covariate."""
        if self._model not in POOLED or series.covariate:
            return None
        group = group_of(series)
        if group not in self._found:
            self._found[group] = _select_group_pool(
                self._session, group, today=self._today, as_of=self._as_of
            )
        return self._found[group]


def pool_key_for_series(
    session: Session, model: str, key: str, *, today: date, as_of: date | None = None
) -> PoolKey | None:
    """The pool for a forecast of a series by a model as of a day (default: today); None if the
    model takes none, or no series has the key.

    For a past day it is the one of what was known then. For today's figures it is that of what is
    known now if there is one, else the newest that was learned today: what comes in during a day
    changes the forecasts of its own series at once and all others on the next day.
    """
    series = find_series(session, key)
    if series is None:
        return None
    return PoolKeyResolver(session, model, today=today, as_of=as_of).key_for(series)


def group_of(series: SeriesRow) -> Group:
    """The group whose pool serves a series."""
    return Group(series.border, series.unit)


def _select_group_pool(
    session: Session, group: Group, *, today: date, as_of: date | None
) -> PoolKey:
    if as_of is None:
        return _select_live_pool(session, group, today)
    return pool_key_for_group(session, group, as_of=resolve_as_of(as_of, today))


def pool_key_for_group(session: Session, group: Group, *, as_of: date) -> PoolKey:
    """The pool of a group for forecasts of what was known at the end of a past day."""
    return PoolKey(_releases_digest(session, group, as_of), as_of, live=False, group=group)


def _select_live_pool(session: Session, group: Group, today: date) -> PoolKey:
    """The pool for forecasts of today's figures."""
    day = resolve_as_of(None, today)
    now = PoolKey(_releases_digest(session, group, day), day, live=True, group=group)
    if pool_store.has_pool(session, now.releases_digest, METHOD):
        return now
    midnight = datetime.combine(today, time(), UTC)
    learned_today = pool_store.newest_live_pool_digest(session, METHOD, str(group), since=midnight)
    return now if learned_today is None else PoolKey(learned_today, day, live=True, group=group)


def find_stored_pool(session: Session, name: PoolKey) -> PoolRow | None:
    return pool_store.find_pool(session, name.releases_digest, METHOD)


def decode_pool(row: PoolRow) -> Pool | None:
    """The pool of a row; None where there were too few series to learn from."""
    return None if row.content is None else Pool.from_bytes(row.content)


def load_known_series(session: Session, name: PoolKey) -> dict[str, MonthlySeries]:
    """Every series of the group with figures as known then, by key, those that have ended included.

    Raises ReleasesHaveChanged if the releases are not those that the pool is named by.
    """
    if _releases_digest(session, name.group, name.as_of) != name.releases_digest:
        raise ReleasesHaveChanged
    found = {}
    for series in all_series(session):
        if series.covariate or group_of(series) != name.group:
            continue
        try:
            known = get_history(session, series.key, today=name.as_of, as_of=name.as_of)
        except BeforeFirstFullRelease:
            continue
        if observed_count(known) >= max(series.fewest_figures, 1):
            found[series.key] = to_series_with_noise(session, known)[0]
    return found


def store_pool(
    session: Session, name: PoolKey, series: int, pool: Pool | None, *, learned_at: datetime
) -> None:
    """Store a pool that was learned from some number of series, unless another process has, and
    forget the oldest ones, but never the one that serves today's figures."""
    row = PoolRow(
        releases_digest=name.releases_digest,
        method=METHOD,
        member_group=str(name.group),
        live=name.live,
        learned_at=learned_at,
        series=series,
        version=None if pool is None else pool.version,
        content=None if pool is None else pool.to_bytes(),
    )
    pool_store.keep_pool(session, row)
    groups = {group_of(each) for each in all_series(session) if not each.covariate}
    needed = {
        _select_live_pool(session, group, learned_at.date()).releases_digest for group in groups
    }
    pool_store.forget_pools(session, keeping=KEPT, needed=needed)
    if name.releases_digest in needed:  # and not the pool of a past day
        renew_state(session)


def get_or_learn_pool(
    database: Database, clock: Clock, name: PoolKey | None, learn: Learn = learn_pool
) -> Pool | None:
    """The pool from the store or, if it is not there, learned by `learn` and stored.

    It is not stored if the store is read-only.
    """
    if name is None:
        return None
    with database.reading() as session:
        row = find_stored_pool(session, name)
        if row is not None:
            return decode_pool(row)
        series = load_known_series(session, name)
    pool = learn(series)
    if database.read_only:
        return pool
    with database.writing() as session:
        store_pool(session, name, len(series), pool, learned_at=clock())
    return pool


class Pools:
    """Has pools learned in the workers, each once however many ask for it here."""

    def __init__(self, database: Database, workers: Executor, clock: Clock) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._under_way: dict[PoolKey, asyncio.Task[Pool | None]] = {}
        self._unstored: LRUCache[PoolKey, Pool | None] = LRUCache(KEPT_UNSTORED)

    async def get_or_learn(self, name: PoolKey | None) -> Pool | None:
        """The pool from the store or, if it is not there, learned and stored."""
        if name is None or name in self._unstored:
            return None if name is None else self._unstored[name]
        task = self._under_way.get(name)
        if task is None:
            task = asyncio.create_task(self._get_or_learn(name))
            self._under_way[name] = task
            task.add_done_callback(lambda _: self._under_way.pop(name))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _get_or_learn(self, name: PoolKey) -> Pool | None:
        row = await self._database.read_in_thread(find_stored_pool, name)
        if row is not None:
            return decode_pool(row)
        if isinstance(self._workers, ProcessWorkers):
            address = self._database.url.render_as_string(hide_password=False)
            count, pool = await run_in_worker(self._workers, _learn_in_worker, address, name)
        else:  # of a cluster, which may not reach the store
            series = await self._database.read_in_thread(load_known_series, name)
            count, pool = len(series), await run_in_worker(self._workers, learn_pool, series)
        if self._database.read_only:
            self._unstored[name] = pool
            return pool
        await self._database.write_unshown_in_thread(
            store_pool, name, count, pool, learned_at=self._clock()
        )
        return pool


def _learn_in_worker(url: str, name: PoolKey) -> tuple[int, Pool | None]:
    """The number of series of a pool and what was learned from them, in a worker."""
    with reading_in_worker(url) as session:
        series = load_known_series(session, name)
    return len(series), learn_pool(series)


@cached(LRUCache(200), key=releases_cache_key, condition=Condition())
def _releases_digest(session: Session, group: Group, day: date) -> str:
    """Names a group and the releases of its border that were known at the end of a day, in the
    order in which they were recorded."""
    digest = hashlib.sha256(f"{group}\n".encode())
    for source, published_on, checksum in pool_store.border_releases_known_by(
        session, group.border, as_of=day
    ):
        digest.update(f"{source}|{published_on}|{checksum}\n".encode())
    return digest.hexdigest()
