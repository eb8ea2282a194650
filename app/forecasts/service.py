"""The forecast service: answers from the archive, and has computed, once, what is not there."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

from cachetools import LRUCache
from numpy.typing import NDArray

from app.clock import Clock
from app.errors import STORE_PROBLEMS, StillComputing, TooBusy
from app.execution.processes import run_in_worker
from app.execution.work_queue import WorkQueue
from app.forecasts import store
from app.forecasts.computation import Computed, compute
from app.forecasts.encoding import PathsWithPast, decode_paths_with_past
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
from app.request_context import background_context
from app.storage.database import Database
from forecasting import MonthlySeries

PATIENCE_SECONDS = 50.0  # how long a request waits for a first computation
RETRY_AFTER_SECONDS = 10
CLAIM = timedelta(seconds=15)  # how long a silent computation counts as alive
HEARTBEAT_SECONDS = 5.0
POLL_SECONDS = 0.2
KEPT_UNARCHIVED = 100  # forecasts in memory, of some 200 kB each, if the store is read-only
SLOTS, LENGTH = 2, 32  # of queues, if nothing else is said
LOOK_UPS_PER_FORECAST = 4  # look-ups of past days that may wait for each forecast that may
PAST_MEGABYTES = 500
FORGET_AFTER = 10  # past days, of some 150 kB each, that are archived between two looks

log = logging.getLogger(__name__)


class ForecastService:
    """Serves forecasts of one store.

    If the store is read-only, forecasts are computed for those who ask and kept in memory. However
    many ask for one forecast at once, here or in another process on the same store, it is
    computed once; a forecast of another series is never waited for.
    """

    def __init__(
        self,
        database: Database,
        workers: Executor,
        pools: Pools,
        clock: Clock,
        *,
        seed: int,
        queue: WorkQueue | None = None,
        past_megabytes: int = PAST_MEGABYTES,
    ) -> None:
        """Computations that readers cause wait in `queue`. Of forecasts of past days, so many
        megabytes stay in the archive."""
        self._database = database
        self._workers = workers
        self._clock = clock
        self._seed = seed
        self._pools = pools
        self._owner = uuid.uuid4().hex
        self._unarchived: LRUCache[ForecastKey, ForecastRow] = LRUCache(KEPT_UNARCHIVED)
        self.queue = queue or WorkQueue("forecasts", slots=SLOTS, length=LENGTH)
        self.look_ups = WorkQueue(
            "past days", slots=1, length=LOOK_UPS_PER_FORECAST * self.queue.length
        )
        self._past_bytes = past_megabytes * 1024 * 1024
        self._archived_past_days = FORGET_AFTER  # so that the first one looks
        self._notes: set[asyncio.Task[None]] = set()

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
        in_turn: bool = False,
    ) -> IssuedForecast:
        """The forecast of a series as of a day (default: today).

        That of today's figures adds up with those of its hierarchy once they have been reconciled,
        unless `reconciled` is false. If the newest figures have no forecast yet, it is computed,
        and meanwhile the last one is given, unless `fresh` asks to wait. With `in_turn`, it is
        looked up for one client after another, because more work follows. Raises what `load_inputs`
        raises, and StillComputing if a computation takes too long to wait for.
        """

        async def give(found: ForecastLookup, archived: ForecastRow) -> IssuedForecast:
            issued = IssuedForecast(found.inputs, archived)
            if as_of is not None or not reconciled:
                return issued
            return await self._database.read_in_thread(add_reconciled, issued)

        specification = Specification(model, self._seed)
        found = await self._look_up(key, specification, as_of, in_turn=in_turn or as_of is not None)
        archived = found.archived or self._unarchived.get(found.key)
        if archived is not None:
            self._note_asked(archived)
            return await give(found, archived)
        work = partial(self._compute_or_wait, found.key, found.inputs.series, live=as_of is None)
        if as_of is None and not fresh:
            last = await self._database.read_in_thread(
                store.newest_live, found.key.series_id, specification
            )
            if last is not None:
                with suppress(TooBusy):  # whoever asks next starts it
                    self.queue.start(found.key, work)
                return await give(found, last)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.queue.run(found.key, work, keep=True)
        except TimeoutError:
            raise StillComputing(retry_after_seconds=RETRY_AFTER_SECONDS) from None
        archived = self._unarchived.get(found.key) or await self._database.read_in_thread(
            store.find_forecast, found.key
        )
        if archived is None:  # of a past day, and forgotten at once
            raise StillComputing(retry_after_seconds=RETRY_AFTER_SECONDS)
        return await give(found, archived)

    async def paths(self, issued: IssuedForecast) -> NDArray[Any]:
        """The sampled paths of an issued forecast, (draws, horizon) counts."""
        return (await self.paths_with_past(issued)).paths

    async def paths_with_past(self, issued: IssuedForecast) -> PathsWithPast:
        """The paths of an issued forecast, with those of past months whose figures are
        uncertain."""
        return decode_paths_with_past(await self._database.read_in_thread(load_paths, issued))

    async def compute(
        self, forecast_key: ForecastKey, series: MonthlySeries, *, shown: bool = True
    ) -> None:
        """Have a forecast of today's figures in the archive, however long it takes.

        shown: whether answers that are kept may be about it
        """
        work = partial(self._compute_or_wait, forecast_key, series, live=True, shown=shown)
        await self.queue.run(forecast_key, work, keep=True)

    async def close(self) -> None:
        """Stop what is under way and give its claims back."""
        await self.look_ups.close()
        await self.queue.close()
        await asyncio.gather(*self._notes)

    async def _look_up(
        self, key: str, specification: Specification, as_of: date | None, *, in_turn: bool
    ) -> ForecastLookup:
        """The forecast that is asked for. Those of past days cost much to look up."""
        today = self._clock().date()

        def ask() -> Awaitable[ForecastLookup]:
            return self._database.read_in_thread(
                look_up_forecast, key, specification, today=today, as_of=as_of
            )

        if not in_turn:
            return await ask()
        return await self.look_ups.run(object(), ask)  # each by itself: figures may have changed

    def _note_asked(self, archived: ForecastRow) -> None:
        """Remember that a forecast of a past day was asked for today. Does not wait."""
        today = self._clock().date()
        if archived.live or archived.asked_on == today or self._database.read_only:
            return

        async def note() -> None:
            try:
                await self._database.write_unshown_in_thread(store.note_asked, archived.id, today)
            except STORE_PROBLEMS as problem:
                log.warning("Cannot note that a forecast was asked for: %s", problem.detail)

        task = asyncio.create_task(note(), context=background_context())
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _compute_or_wait(
        self, forecast_key: ForecastKey, series: MonthlySeries, *, live: bool, shown: bool = True
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
                await self._archive(forecast_key, computed, live=live, shown=shown)

    async def _archive(
        self, forecast_key: ForecastKey, computed: Computed, *, live: bool, shown: bool
    ) -> None:
        if live:
            write = (
                self._database.write_in_thread if shown else self._database.write_unshown_in_thread
            )
            await write(store.archive, forecast_key, computed, issued_at=self._clock(), live=True)
            return
        self._archived_past_days += 1
        most_bytes = None
        if self._archived_past_days > FORGET_AFTER:
            self._archived_past_days, most_bytes = 0, self._past_bytes
        # nothing lists the forecasts of past days but the archive, which is not kept
        await self._database.write_unshown_in_thread(
            store.archive_past_day,
            forecast_key,
            computed,
            issued_at=self._clock(),
            most_bytes=most_bytes,
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
