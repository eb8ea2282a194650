"""The forecast service: answers from the archive, and has computed, once, what is not there."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

from cachetools import LRUCache
from numpy.typing import NDArray

from app.clock import Clock
from app.errors import StillComputing
from app.execution.processes import run_in_worker
from app.forecasts import store
from app.forecasts.computation import Computed, compute
from app.forecasts.encoding import JointPaths, decode_joint_paths
from app.forecasts.lookup import (
    ForecastLookup,
    IssuedForecast,
    add_reconciled,
    load_paths,
    look_up_forecast,
)
from app.forecasts.pools import Pools
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
KEPT_UNARCHIVED = 100  # forecasts in memory, of some 200 kB each, if the store is read-only


class ForecastService:
    """Serves forecasts of one store.

    If the store is read-only, forecasts are computed for those who ask and kept in memory. However
    many ask for one forecast at once, here or in another process on the same store, it is
    computed once; a forecast of another series is never waited for.
    """

    def __init__(
        self, database: Database, workers: Executor, pools: Pools, clock: Clock, *, seed: int
    ) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._seed = seed
        self._pools = pools
        self._owner = uuid.uuid4().hex
        self._under_way: dict[ForecastKey, asyncio.Task[None]] = {}
        self._unarchived: LRUCache[ForecastKey, ForecastRow] = LRUCache(KEPT_UNARCHIVED)

    @property
    def seed(self) -> int:
        """The seed of the random numbers of its forecasts."""
        return self._seed

    async def forecast(
        self,
        key: str,
        *,
        model: str,
        as_of: date | None = None,
        fresh: bool = False,
        reconciled: bool = True,
    ) -> IssuedForecast:
        """The forecast of a series as of a day (default: today).

        That of today's figures adds up with those of its hierarchy once they have been reconciled,
        unless `reconciled` is false. If the newest figures have no forecast yet, it is computed,
        and meanwhile the last one is given, unless `fresh` asks to wait. Raises what `load_inputs`
        raises, and StillComputing if a computation takes too long to wait for.
        """

        async def give(found: ForecastLookup, archived: ForecastRow) -> IssuedForecast:
            issued = IssuedForecast(found.inputs, archived)
            if as_of is not None or not reconciled:
                return issued
            return await self._database.read_in_thread(add_reconciled, issued)

        specification = Specification(model, self._seed)
        found = await self._database.read_in_thread(
            look_up_forecast, key, specification, today=self._clock().date(), as_of=as_of
        )
        archived = found.archived or self._unarchived.get(found.key)
        if archived is not None:
            return await give(found, archived)
        computation = self._computation(found.key, found.inputs.series, live=as_of is None)
        if as_of is None and not fresh:
            last = await self._database.read_in_thread(
                store.newest_live, found.key.series_id, specification
            )
            if last is not None:
                return await give(found, last)
        await self._wait_with_limit(computation)
        archived = self._unarchived.get(found.key) or await self._database.read_in_thread(
            store.find_forecast, found.key
        )
        assert archived is not None, "a computation ends with its forecast in the archive"
        return await give(found, archived)

    async def paths(self, issued: IssuedForecast) -> NDArray[Any]:
        """The sampled paths of an issued forecast, (draws, horizon) counts."""
        return (await self.joint_paths(issued)).paths

    async def joint_paths(self, issued: IssuedForecast) -> JointPaths:
        """The paths of an issued forecast, with those of past months whose figures are
        uncertain."""
        return decode_joint_paths(await self._database.read_in_thread(load_paths, issued))

    async def compute(
        self, forecast_key: ForecastKey, series: MonthlySeries, *, shown: bool = True
    ) -> None:
        """Have a forecast of today's figures in the archive, however long it takes.

        shown: whether answers that are kept may be about it
        """
        await asyncio.shield(self._computation(forecast_key, series, live=True, shown=shown))

    async def close(self) -> None:
        """Stop what is under way and give its claims back."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _computation(
        self, forecast_key: ForecastKey, series: MonthlySeries, *, live: bool, shown: bool = True
    ) -> "asyncio.Task[None]":
        """The one task that computes a forecast here, begun where there is none."""
        task = self._under_way.get(forecast_key)
        if task is None:
            work = self._compute_or_wait(forecast_key, series, live=live, shown=shown)
            task = asyncio.create_task(work)
            self._under_way[forecast_key] = task
            task.add_done_callback(lambda _: self._under_way.pop(forecast_key))
        return task

    async def _wait_with_limit(self, computation: "asyncio.Task[None]") -> None:
        try:
            await asyncio.wait_for(asyncio.shield(computation), PATIENCE_SECONDS)
        except TimeoutError:
            raise StillComputing(retry_after_seconds=RETRY_AFTER_SECONDS) from None

    async def _compute_or_wait(
        self, forecast_key: ForecastKey, series: MonthlySeries, *, live: bool, shown: bool
    ) -> None:
        """Compute the forecast, or wait until the process that is at it has done so."""
        if self._database.read_only:
            computed = await self._compute(forecast_key, series)
            self._unarchived[forecast_key] = store.new_row(
                forecast_key, computed, issued_at=self._clock(), live=live
            )
            return
        while not await self._claim(forecast_key):
            await asyncio.sleep(POLL_SECONDS)
            if await self._is_archived(forecast_key):
                return
        async with self._keeping_claim(forecast_key):
            if not await self._is_archived(forecast_key):
                computed = await self._compute(forecast_key, series)
                archive = (
                    self._database.write_in_thread
                    if live and shown
                    # nothing lists the forecasts of past days but the archive, which is not kept
                    else self._database.write_unshown_in_thread
                )
                await archive(
                    store.archive, forecast_key, computed, issued_at=self._clock(), live=live
                )

    async def _compute(self, forecast_key: ForecastKey, series: MonthlySeries) -> Computed:
        pool = await self._pools.get_or_learn(forecast_key.pool)
        return await run_in_worker(self._workers, compute, series, forecast_key.specification, pool)

    async def _is_archived(self, forecast_key: ForecastKey) -> bool:
        return await self._database.read_in_thread(store.find_forecast, forecast_key) is not None

    async def _claim(self, forecast_key: ForecastKey) -> bool:
        now = self._clock()
        return await self._database.write_unshown_in_thread(
            store.claim_computation, forecast_key, self._owner, now=now, alive_until=now + CLAIM
        )

    @asynccontextmanager
    async def _keeping_claim(self, forecast_key: ForecastKey) -> AsyncIterator[None]:
        """Keep others from computing the same meanwhile; give the claim back whatever happens."""
        heartbeat = asyncio.create_task(self._heartbeat(forecast_key))
        try:
            yield
        finally:
            heartbeat.cancel()
            await self._database.write_unshown_in_thread(
                store.give_up_claim, forecast_key, self._owner
            )

    async def _heartbeat(self, forecast_key: ForecastKey) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self._database.write_unshown_in_thread(
                store.keep_claim, forecast_key, self._owner, alive_until=self._clock() + CLAIM
            )
