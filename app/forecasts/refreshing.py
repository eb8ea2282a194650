"""Keeping forecasts up to date: what new figures make due is recomputed in the background."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.database import Database
from app.dependencies import Clock
from app.forecasts.computing import missing
from app.forecasts.desk import ForecastDesk
from app.forecasts.specification import Specification
from app.observations.store import knowledge

LOOK_SECONDS = 2.0  # how often to look for figures that another process has loaded

AFTER_FAILURE_SECONDS = 30.0

log = logging.getLogger(__name__)


class Refresher:
    """Recomputes, one at a time, the forecasts that the store's figures are newer than.

    What is due follows from the store alone, a forecast of the current figures being there or not, so a crash
    loses none of it.
    """

    def __init__(
        self, database: Database, desk: ForecastDesk, clock: Clock, specification: Specification
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._specification = specification
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._known: tuple[int, int] | None = None

    def wake(self) -> None:
        """Look at once; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._woken.set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._keep_fresh())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_fresh(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)
            self._woken.clear()
            try:
                now = await asyncio.to_thread(self._knowledge)
                if now != self._known:
                    await self._catch_up()
                    self._known = now
            except Exception:
                log.exception("Recomputing forecasts failed; it is tried again")
                await asyncio.sleep(AFTER_FAILURE_SECONDS)

    async def _catch_up(self) -> None:
        todo = await asyncio.to_thread(
            missing, self._database, self._specification, today=self._clock().date()
        )
        for one in todo:
            await self._desk.compute(one.identity, one.series)

    def _knowledge(self) -> tuple[int, int]:
        with self._database.reading() as session:
            return knowledge(session)
