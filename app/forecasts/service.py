"""The forecast service: answers from the archive, and has computed once what is not there."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

from numpy.typing import NDArray

from app.clock import Clock
from app.errors import StillComputing
from app.execution.processes import Computed, compute, run_in_worker
from app.forecasts import store
from app.forecasts.encoding import decode_paths
from app.forecasts.inputs import ForecastInputs, load_inputs
from app.forecasts.issuing import IssuedForecast
from app.forecasts.pools import Pools, select_pool
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.forecasts.tables import ForecastRow
from app.storage.database import Database
from forecasting import MonthlySeries

PATIENCE_SECONDS = 50.0  # how long a request waits for a first computation
RETRY_AFTER_SECONDS = 10
CLAIM = timedelta(seconds=15)  # how long a silent computation counts as alive
HEARTBEAT_SECONDS = 5.0
POLL_SECONDS = 0.2


class ForecastService:
    """Serves forecasts of one store.

    However many ask for one forecast at once, here or in another process on the same store, it is
    computed once; a forecast of another series is never waited for.
    """

    def __init__(self, database: Database, workers: Executor, clock: Clock, *, seed: int) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._seed = seed
        self._pools = Pools(database, workers, clock)
        self._owner = uuid.uuid4().hex
        self._under_way: dict[ForecastKey, asyncio.Task[None]] = {}

    async def forecast(
        self, key: str, *, model: str, as_of: date | None = None, fresh: bool = False
    ) -> IssuedForecast:
        """The forecast of a series as of a day (default: today).

        Where the newest figures have none yet, it is computed, and meanwhile the last one is given,
        unless `fresh` asks to wait. Raises what `load_inputs` raises, and StillComputing where a
        computation takes too long to wait for.
        """
        given, forecast_key, archived = await asyncio.to_thread(self._look_up, key, model, as_of)
        if archived is not None:
            return IssuedForecast(given, archived)
        computation = self._computation(forecast_key, given.series, live=as_of is None)
        if as_of is None and not fresh:
            last = await asyncio.to_thread(self._last, forecast_key)
            if last is not None:
                return IssuedForecast(given, last)
        await self._wait_with_limit(computation)
        archived = await asyncio.to_thread(self._find, forecast_key)
        assert archived is not None, "a computation ends with its forecast in the archive"
        return IssuedForecast(given, archived)

    async def paths(self, issued: IssuedForecast) -> NDArray[Any]:
        """The sampled paths of an archived forecast, (draws, horizon) counts."""
        return decode_paths(await asyncio.to_thread(self._paths, issued.archived.id))

    async def compute(self, forecast_key: ForecastKey, series: MonthlySeries) -> None:
        """Have a forecast of today's figures in the archive, however long it takes."""
        await asyncio.shield(self._computation(forecast_key, series, live=True))

    async def close(self) -> None:
        """Stop what is under way and give its claims back."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pools.close()

    def _look_up(
        self, key: str, model: str, as_of: date | None
    ) -> tuple[ForecastInputs, ForecastKey, ForecastRow | None]:
        with self._database.reading() as session:
            today = self._clock().date()
            pool = select_pool(session, model, today=today, as_of=as_of)
            given = load_inputs(session, key, today=today, as_of=as_of, pool=pool)
            specification = Specification(model, self._seed)
            forecast_key = ForecastKey(
                given.history.series.id, given.data_version, specification, pool
            )
            return given, forecast_key, store.find_forecast(session, forecast_key)

    def _find(self, forecast_key: ForecastKey) -> ForecastRow | None:
        with self._database.reading() as session:
            return store.find_forecast(session, forecast_key)

    def _paths(self, forecast_id: int) -> bytes:
        with self._database.reading() as session:
            return store.paths(session, forecast_id)

    def _last(self, forecast_key: ForecastKey) -> ForecastRow | None:
        with self._database.reading() as session:
            return store.newest_live(session, forecast_key.series_id, forecast_key.specification)

    def _computation(
        self, forecast_key: ForecastKey, series: MonthlySeries, *, live: bool
    ) -> "asyncio.Task[None]":
        """The one task that computes a forecast here, begun where there is none."""
        task = self._under_way.get(forecast_key)
        if task is None:
            task = asyncio.create_task(self._compute_or_wait(forecast_key, series, live=live))
            self._under_way[forecast_key] = task
            task.add_done_callback(lambda _: self._under_way.pop(forecast_key))
        return task

    async def _wait_with_limit(self, computation: "asyncio.Task[None]") -> None:
        try:
            await asyncio.wait_for(asyncio.shield(computation), PATIENCE_SECONDS)
        except TimeoutError:
            raise StillComputing(retry_after_seconds=RETRY_AFTER_SECONDS) from None

    async def _compute_or_wait(
        self, forecast_key: ForecastKey, series: MonthlySeries, *, live: bool
    ) -> None:
        """Compute the forecast, or wait until the process that is at it has done so."""
        while not await asyncio.to_thread(self._claim, forecast_key):
            await asyncio.sleep(POLL_SECONDS)
            if await asyncio.to_thread(self._find, forecast_key) is not None:
                return
        async with self._keeping_claim(forecast_key):
            if await asyncio.to_thread(self._find, forecast_key) is None:
                pool = await self._pools.get_or_learn(forecast_key.pool)
                computed = await run_in_worker(
                    self._workers, compute, series, forecast_key.specification, pool
                )
                await asyncio.to_thread(self._archive, forecast_key, computed, live)

    def _claim(self, forecast_key: ForecastKey) -> bool:
        now = self._clock()
        with self._database.writing() as session:
            return store.claim(session, forecast_key, self._owner, now=now, alive_until=now + CLAIM)

    def _archive(self, forecast_key: ForecastKey, computed: Computed, live: bool) -> None:
        with self._database.writing() as session:
            store.archive(session, forecast_key, computed, issued_at=self._clock(), live=live)

    def _give_up(self, forecast_key: ForecastKey) -> None:
        with self._database.writing() as session:
            store.give_up_claim(session, forecast_key, self._owner)

    @asynccontextmanager
    async def _keeping_claim(self, forecast_key: ForecastKey) -> AsyncIterator[None]:
        """Keep others from computing the same meanwhile; give the claim back whatever happens."""
        heartbeat = asyncio.create_task(self._heartbeat(forecast_key))
        try:
            yield
        finally:
            heartbeat.cancel()
            await asyncio.to_thread(self._give_up, forecast_key)

    async def _heartbeat(self, forecast_key: ForecastKey) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await asyncio.to_thread(self._keep_claim, forecast_key)

    def _keep_claim(self, forecast_key: ForecastKey) -> None:
        with self._database.writing() as session:
            store.keep_claim(session, forecast_key, self._owner, alive_until=self._clock() + CLAIM)
