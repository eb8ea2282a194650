"""Archiving the forecasts of the other models, so that they have a live track record too."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from app.background_tasks import run_in_background
from app.clock import Clock
from app.errors import WorkersUnavailable
from app.forecasts.missing_forecasts import find_missing
from app.forecasts.refresher import Refresher, StoreState
from app.forecasts.service import ForecastService
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.observations.store import all_series
from app.storage.database import Database, Session
from forecasting import MODELS

LOOK_SECONDS = 10.0
AFTER_FAILURE_SECONDS = 300.0  # until a forecast that failed is tried again
COMPARISON_MODELS = tuple(model for model in MODELS if model != "auto")

log = logging.getLogger(__name__)


class ComparisonArchiver:
    """Computes the other models' forecasts of today's figures, one at a time.

    It begins when the refresher has nothing left to do, and pauses whenever it has. What is missing
    follows from the archive, so nothing is lost or computed twice if it is interrupted.

    most_series: a store with more series gets none
    """

    def __init__(
        self,
        database: Database,
        service: ForecastService,
        refresher: Refresher,
        clock: Clock,
        *,
        most_series: int,
        models: Sequence[str] = COMPARISON_MODELS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._database = database
        self._service = service
        self._refresher = refresher
        self._clock = clock
        self._most_series = most_series
        self._models = models
        self._look_seconds = look_seconds
        self._done: StoreState | None = None

    def running(self) -> AbstractAsyncContextManager[None]:
        """Look every few seconds whether there is something to compute."""
        return run_in_background(self._archive_forever())

    async def _archive_forever(self) -> None:
        pause = self._look_seconds
        while True:
            await asyncio.sleep(pause)
            pause = self._look_seconds
            try:
                if not await self.catch_up():
                    pause = AFTER_FAILURE_SECONDS
            except Exception:  # logged, and tried again: the store may be back by then
                log.exception("Cannot ask the store which models' forecasts are missing")
                pause = AFTER_FAILURE_SECONDS

    async def catch_up(self) -> bool:
        """Compute what is missing until the refresher has something to do.

        Returns whether none has failed.
        """
        state = self._refresher.caught_up_with
        if state is None or state == self._done:
            return True
        if await self._database.read_in_thread(_count_series) > self._most_series:
            self._done = state
            return True
        failed: set[ForecastKey] = set()
        for model in self._models:
            todo = await self._database.read_in_thread(
                find_missing,
                Specification(model, self._service.seed),
                today=self._clock().date(),
            )
            for one in todo:
                if not await self._refresher.is_caught_up():
                    return True
                try:
                    await self._service.compute(one.forecast_key, one.series, shown=False)
                except WorkersUnavailable as lost:
                    log.warning("Cannot compute forecasts of other models now: %s", lost.detail)
                    return False
                except Exception:  # the forecasts of other series are made all the same
                    log.exception("Cannot make the forecast of %s by %s", one.key, model)
                    failed.add(one.forecast_key)
        if not failed:
            self._done = state
        return not failed


def _count_series(session: Session) -> int:
    return len(all_series(session))
