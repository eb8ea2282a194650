"""Where forecasts are asked for: answers from the archive, and has computed, once, what is not there."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from datetime import date, timedelta

from app.database import Database
from app.dependencies import Clock
from app.errors import StillComputing
from app.forecasts import store
from app.forecasts.inputs import Inputs, inputs
from app.forecasts.issuing import Issued
from app.forecasts.specification import Specification
from app.forecasts.store import Identity
from app.forecasts.tables import ForecastRow
from app.forecasts.workers import Computed, Workers, compute
from forecasting import MonthlySeries

PATIENCE_SECONDS = 50.0  # how long a request waits for a first computation
RETRY_AFTER_SECONDS = 10
CLAIM = timedelta(seconds=15)  # how long a silent computation counts as alive
HEARTBEAT_SECONDS = 5.0
POLL_SECONDS = 0.2


class ForecastDesk:
    """Serves forecasts of one store. However many ask for one forecast at once, here or in another process
    on the same store, it is computed once; a forecast of another series is never waited for."""

    def __init__(self, database: Database, workers: Workers, clock: Clock, *, seed: int) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._seed = seed
        self._owner = uuid.uuid4().hex
        self._under_way: dict[Identity, asyncio.Task[None]] = {}

    async def forecast(self, key: str, *, model: str, as_of: date | None = None) -> Issued:
        """The forecast of a series as of a day (default: today).

        Raises what `inputs` raises, and StillComputing where a first computation takes too long to wait for.
        """
        given, identity, archived = await asyncio.to_thread(self._look_up, key, model, as_of)
        if archived is None:
            await self._wait_for(identity, given.series)
            archived = await asyncio.to_thread(self._find, identity)
            assert archived is not None, "a computation ends with its forecast in the archive"
        return Issued(given, archived)

    async def close(self) -> None:
        """Stop what is under way and give its claims back."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _look_up(
        self, key: str, model: str, as_of: date | None
    ) -> tuple[Inputs, Identity, ForecastRow | None]:
        with self._database.reading() as session:
            given = inputs(session, key, today=self._clock().date(), as_of=as_of)
            specification = Specification(model, self._seed)
            identity = Identity(given.history.series.id, given.data_version, specification)
            return given, identity, store.find(session, identity)

    def _find(self, identity: Identity) -> ForecastRow | None:
        with self._database.reading() as session:
            return store.find(session, identity)

    async def _wait_for(self, identity: Identity, series: MonthlySeries) -> None:
        task = self._under_way.get(identity)
        if task is None:
            task = asyncio.create_task(self._have_computed(identity, series))
            self._under_way[identity] = task
            task.add_done_callback(lambda _: self._under_way.pop(identity))
        try:
            await asyncio.wait_for(asyncio.shield(task), PATIENCE_SECONDS)
        except TimeoutError:
            raise StillComputing(retry_after_seconds=RETRY_AFTER_SECONDS) from None

    async def _have_computed(self, identity: Identity, series: MonthlySeries) -> None:
        """Compute the forecast, or wait until the process that is at it has done so."""
        while not await asyncio.to_thread(self._claim, identity):
            await asyncio.sleep(POLL_SECONDS)
            if await asyncio.to_thread(self._find, identity) is not None:
                return
        async with self._claim_kept(identity):
            if await asyncio.to_thread(self._find, identity) is None:
                computed = await self._compute(series, identity.specification)
                await asyncio.to_thread(self._archive, identity, computed)

    async def _compute(self, series: MonthlySeries, specification: Specification) -> Computed:
        try:
            return await asyncio.wrap_future(self._workers.submit(compute, series, specification))
        except BrokenProcessPool:  # a worker was killed, perhaps by another fit: once more in a new pool
            return await asyncio.wrap_future(self._workers.submit(compute, series, specification))

    def _claim(self, identity: Identity) -> bool:
        now = self._clock()
        with self._database.writing() as session:
            return store.claim(session, identity, self._owner, now=now, alive_until=now + CLAIM)

    def _archive(self, identity: Identity, computed: Computed) -> None:
        with self._database.writing() as session:
            store.archive(session, identity, computed, issued_at=self._clock())

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
