"""Keeping forecasts up to date: what new figures make due is recomputed in the background."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager, suppress
from datetime import date

from app.background import FIRST_LOOK_SECONDS, going_on
from app.clock import Clock
from app.database import Database
from app.forecasts.computing import Missing, missing
from app.forecasts.desk import ForecastDesk
from app.forecasts.specification import Specification
from app.forecasts.store import Identity
from app.observations.store import knowledge

LOOK_SECONDS = 2.0  # how often to look for figures that another process has loaded
AFTER_FAILURE_SECONDS = 30.0  # until what failed is tried again

Knowledge = tuple[date, tuple[int, ...]]

log = logging.getLogger(__name__)


class Refresher:
    """Recomputes, one at a time, the forecasts that the store's figures are newer than, newest figures first.

    What is due follows from the store alone, a forecast of the current figures being there or not, so a crash
    loses none of it.
    """

    def __init__(
        self,
        database: Database,
        desk: ForecastDesk,
        clock: Clock,
        specification: Specification,
        *,
        first_look_seconds: float = FIRST_LOOK_SECONDS,
        after_failure_seconds: float = AFTER_FAILURE_SECONDS,
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._specification = specification
        self._first_look_seconds = first_look_seconds
        self._after_failure_seconds = after_failure_seconds
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._done: Knowledge | None = None

    def wake(self) -> None:
        """Look at once; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._woken.set)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Look every few seconds, or when woken, whether there is something to recompute."""
        return going_on(self._keep_fresh())

    async def _keep_fresh(self) -> None:
        pause = self._first_look_seconds
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)
            self._woken.clear()
            pause = LOOK_SECONDS
            try:
                now = await asyncio.to_thread(self._knowledge)
                if now != self._done:
                    if await self._catch_up():
                        self._done = now
                    else:
                        pause = self._after_failure_seconds
            except Exception:
                log.exception("The store could not be asked which forecasts are due; it is tried again")
                pause = self._after_failure_seconds

    async def _catch_up(self) -> bool:
        """Compute what is missing, each series from its figures of that moment, beginning anew where others
        come meanwhile; whether all of it could be."""
        failed: set[Identity] = set()
        while True:
            began_with = await asyncio.to_thread(self._knowledge)
            todo = await asyncio.to_thread(self._missing)
            for one in todo:
                if one.identity in failed:
                    continue
                if await asyncio.to_thread(self._knowledge) != began_with:
                    break
                try:
                    await self._desk.compute(one.identity, one.series)
                except Exception:
                    log.exception("No forecast of %s could be made; it is tried again", one.key)
                    failed.add(one.identity)
            else:
                return not failed

    def _missing(self) -> list[Missing]:
        return missing(self._database, self._specification, today=self._clock().date())

    def _knowledge(self) -> Knowledge:
        """What changes whenever forecasts may become due; also a new day, on which a release can begin to
        count."""
        with self._database.reading() as session:
            return self._clock().date(), knowledge(session)
