"""Keeping forecasts up to date: what new figures make due is recomputed in the background."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import date

from app.background_tasks import FIRST_LOOK_SECONDS, run_in_background
from app.clock import Clock
from app.errors import WorkersUnavailable
from app.forecasts.missing_forecasts import find_missing
from app.forecasts.service import ForecastService
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.observations.store import release_stamp
from app.storage.database import Database

LOOK_SECONDS = 2.0  # how often to look for figures that another process has loaded
AFTER_FAILURE_SECONDS = 30.0  # until what failed is tried again

StoreState = tuple[date, tuple[int, ...]]

log = logging.getLogger(__name__)


class Refresher:
    """Recomputes outdated forecasts one at a time, newest figures first.

    `when_caught_up` is awaited when all are there, for what is made from them; it returns whether
    all of that could be made.

    What is due follows from the store alone, a forecast of the current figures being there or not,
    so a crash loses none of it.
    """

    def __init__(
        self,
        database: Database,
        service: ForecastService,
        clock: Clock,
        specification: Specification,
        *,
        when_caught_up: Callable[[], Awaitable[bool]] | None = None,
        first_look_seconds: float = FIRST_LOOK_SECONDS,
        after_failure_seconds: float = AFTER_FAILURE_SECONDS,
    ) -> None:
        self._database = database
        self._service = service
        self._clock = clock
        self._specification = specification
        self._follow_up = when_caught_up or _nothing_follows
        self._first_look_seconds = first_look_seconds
        self._after_failure_seconds = after_failure_seconds
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._done: StoreState | None = None
        self.due: int | None = None  # how many forecasts are; None until it was looked
        self.computed = 0  # how many forecasts were computed since the start
        self.failed = 0  # and how many could not be

    @property
    def caught_up_with(self) -> StoreState | None:
        """The state of the store for which all was computed last."""
        return self._done

    async def is_caught_up(self) -> bool:
        """Whether nothing is left to do, as far as the store tells now."""
        return self._done is not None and await self._state() == self._done

    def wake(self) -> None:
        """Look at once; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._woken.set)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Look every few seconds, or when woken, whether there is something to recompute."""
        return run_in_background(self._refresh_forever())

    async def _refresh_forever(self) -> None:
        pause = self._first_look_seconds
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)
            self._woken.clear()
            pause = LOOK_SECONDS
            try:
                now = await self._state()
                if now != self._done:
                    if await self._catch_up() and await self._follow_up():
                        self._done = now
                    else:
                        pause = self._after_failure_seconds
            except Exception:
                log.exception("Cannot ask the store which forecasts are due; will retry")
                pause = self._after_failure_seconds

    async def _catch_up(self) -> bool:
        """Compute what is missing, each series from its figures of that moment; begin again when
        others come meanwhile. Returns whether all of it could be computed."""
        failed: set[ForecastKey] = set()
        while True:
            began_with = await self._state()
            todo = await self._database.read_in_thread(
                find_missing, self._specification, today=self._clock().date()
            )
            self.due = len(todo)
            for one in todo:
                if one.forecast_key in failed:
                    continue
                if await self._state() != began_with:
                    break
                try:
                    await self._service.compute(one.forecast_key, one.series)
                    self.due -= 1
                    self.computed += 1
                except WorkersUnavailable as lost:
                    log.warning("Cannot refresh forecasts now; will retry: %s", lost.detail)
                    return False
                except Exception:
                    log.exception("Cannot make a forecast of %s; will retry", one.key)
                    failed.add(one.forecast_key)
                    self.failed += 1
            else:
                return not failed

    async def _state(self) -> StoreState:
        """What changes whenever forecasts may become due.

        Also a new day, on which a release can begin to count.
        """
        return self._clock().date(), await self._database.read_in_thread(release_stamp)


async def _nothing_follows() -> bool:
    return True
