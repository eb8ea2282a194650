"""Where forecasts are asked for: answers from the archive, and has computed, once, what is not there."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

from numpy.typing import NDArray

from app.clock import Clock
from app.database import Database
from app.errors import StillComputing
from app.forecasts import store
from app.forecasts.encoding import decode_paths
from app.forecasts.inputs import Inputs, inputs
from app.forecasts.issuing import Issued
from app.forecasts.pooling import Pools, serving
from app.forecasts.specification import Specification
from app.forecasts.store import Identity
from app.forecasts.tables import ForecastRow
from app.forecasts.workers import Computed, compute, outcome
from forecasting import MonthlySeries

PATIENCE_SECONDS = 50.0  # how long a request waits for a first computation
RETRY_AFTER_SECONDS = 10
CLAIM = timedelta(seconds=15)  # how long a silent computation counts as alive
HEARTBEAT_SECONDS = 5.0
POLL_SECONDS = 0.2


class ForecastDesk:
    """Serves forecasts of one store. However many ask for one forecast at once, here or in another process
    on the same store, it is computed once; a forecast of another series is never waited for."""

    def __init__(self, database: Database, workers: Executor, clock: Clock, *, seed: int) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._seed = seed
        self._pools = Pools(database, workers, clock)
        self._owner = uuid.uuid4().hex
        self._under_way: dict[Identity, asyncio.Task[None]] = {}

    async def forecast(
        self, key: str, *, model: str, as_of: date | None = None, fresh: bool = False
    ) -> Issued:
        """The forecast of a series as of a day (default: today).

        Where the newest figures have none yet, it is computed, and meanwhile the last one is given, unless
        `fresh` asks to wait. Raises what `inputs` raises, and StillComputing where a computation takes too
        long to wait for.
        """
        given, identity, archived = await asyncio.to_thread(self._look_up, key, model, as_of)
        if archived is not None:
            return Issued(given, archived)
        computation = self._computation(identity, given.series, live=as_of is None)
        if as_of is None and not fresh:
            last = await asyncio.to_thread(self._last, identity)
            if last is not None:
                return Issued(given, last)
        await self._patiently(computation)
        archived = await asyncio.to_thread(self._find, identity)
        assert archived is not None, "a computation ends with its forecast in the archive"
        return Issued(given, archived)

    async def paths(self, issued: Issued) -> NDArray[Any]:
        """The sampled paths of an archived forecast, (draws, horizon) counts."""
        return decode_paths(await asyncio.to_thread(self._paths, issued.archived.id))

    async def compute(self, identity: Identity, series: MonthlySeries) -> None:
        """Have a forecast of today's figures in the archive, however long it takes."""
        await asyncio.shield(self._computation(identity, series, live=True))

    async def close(self) -> None:
        """Stop what is under way and give its claims back."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pools.close()

    def _look_up(
        self, key: str, model: str, as_of: date | None
    ) -> tuple[Inputs, Identity, ForecastRow | None]:
        with self._database.reading() as session:
            today = self._clock().date()
            pool = serving(session, model, today=today, as_of=as_of)
            given = inputs(session, key, today=today, as_of=as_of, pool=pool)
            specification = Specification(model, self._seed)
            identity = Identity(given.history.series.id, given.data_version, specification, pool)
            return given, identity, store.find(session, identity)

    def _find(self, identity: Identity) -> ForecastRow | None:
        with self._database.reading() as session:
            return store.find(session, identity)

    def _paths(self, forecast_id: int) -> bytes:
        with self._database.reading() as session:
            return store.paths(session, forecast_id)

    def _last(self, identity: Identity) -> ForecastRow | None:
        with self._database.reading() as session:
            return store.newest_live(session, identity.series_id, identity.specification)

    def _computation(self, identity: Identity, series: MonthlySeries, *, live: bool) -> "asyncio.Task[None]":
        """The one task that computes a forecast here, begun where there is none."""
        task = self._under_way.get(identity)
        if task is None:
            task = asyncio.create_task(self._have_computed(identity, series, live=live))
            self._under_way[identity] = task
            task.add_done_callback(lambda _: self._under_way.pop(identity))
        return task

    async def _patiently(self, computation: "asyncio.Task[None]") -> None:
        try:
            await asyncio.wait_for(asyncio.shield(computation), PATIENCE_SECONDS)
        except TimeoutError:
            raise StillComputing(retry_after_seconds=RETRY_AFTER_SECONDS) from None

    async def _have_computed(self, identity: Identity, series: MonthlySeries, *, live: bool) -> None:
        """Compute the forecast, or wait until the process that is at it has done so."""
        while not await asyncio.to_thread(self._claim, identity):
            await asyncio.sleep(POLL_SECONDS)
            if await asyncio.to_thread(self._find, identity) is not None:
                return
        async with self._claim_kept(identity):
            if await asyncio.to_thread(self._find, identity) is None:
                pool = await self._pools.obtained(identity.pool)
                computed = await outcome(self._workers, compute, series, identity.specification, pool)
                await asyncio.to_thread(self._archive, identity, computed, live)

    def _claim(self, identity: Identity) -> bool:
        now = self._clock()
        with self._database.writing() as session:
            return store.claim(session, identity, self._owner, now=now, alive_until=now + CLAIM)

    def _archive(self, identity: Identity, computed: Computed, live: bool) -> None:
        with self._database.writing() as session:
            store.archive(session, identity, computed, issued_at=self._clock(), live=live)

    def _give_up(self, identity: Identity) -> None:
        with self._database.writing() as session:
            store.give_up_claim(session, identity, self._owner)

    @asynccontextmanager
    async def _claim_kept(self, identity: Identity) -> AsyncIterator[None]:
        """Keep others from computing the same meanwhile; give the claim back whatever happens."""
        heartbeat = asyncio.create_task(self._heartbeat(identity))
        try:
            yield
        finally:
            heartbeat.cancel()
            await asyncio.to_thread(self._give_up, identity)

    async def _heartbeat(self, identity: Identity) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await asyncio.to_thread(self._keep_claim, identity)

    def _keep_claim(self, identity: Identity) -> None:
        with self._database.writing() as session:
            store.keep_claim(session, identity, self._owner, alive_until=self._clock() + CLAIM)
