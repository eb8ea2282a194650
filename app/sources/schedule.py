"""Asking publishers at their own rhythm for as long as the service runs, in one process of many."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from app.clock import Clock
from app.sources.configured import ClientSettings
from app.sources.fetching import FetchLimits, open_fetcher
from app.sources.outcome import Outcome, Result
from app.sources.publisher import Publisher
from app.sources.updating import Updater
from app.storage.database import Database

LEAST_GAP = timedelta(hours=3)  # between two askings of a publisher, by whichever process
FIRST_LOOK_SECONDS = 5.0  # after the start, when the first visitors have their pages
LATEST_START_SECONDS = 3600  # after its time, until which a job that was held up still runs

log = logging.getLogger(__name__)


class UpdateSchedule:
    """Asks some publishers soon after the start and then at their own times.

    Every process of a service may have one: what a publisher was asked is in the store, and only
    the process that claims it there asks.

    Parameters
    ----------
    loaded : called when something new was loaded
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        publishers: Sequence[Publisher],
        *,
        client: ClientSettings,
        loaded: Callable[[], None],
        limits: FetchLimits | None = None,
        first_look_seconds: float = FIRST_LOOK_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._publishers = publishers
        self._client = client
        self._loaded = loaded
        self._limits = limits
        self._first_look_seconds = first_look_seconds
        self._asking: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ask meanwhile; at the end, what is under way is cancelled and waited for."""
        async with open_fetcher(
            user_agent=self._client.user_agent,
            proxy=self._client.proxy,
            limits=self._limits,
            tell=log.info,
        ) as fetcher:
            updater = Updater(self._database, self._clock, fetcher, pages=self._client.pages)
            scheduler = self._scheduler(updater)
            scheduler.start()
            try:
                yield
            finally:
                scheduler.shutdown(wait=False)
                for task in self._asking:
                    task.cancel()
                with suppress(asyncio.CancelledError):
                    await asyncio.gather(*self._asking, return_exceptions=True)

    def _scheduler(self, updater: Updater) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(timezone=UTC)
        first_look = datetime.now(UTC) + timedelta(seconds=self._first_look_seconds)
        for publisher in self._publishers:
            times = publisher.asked_at
            scheduler.add_job(
                self._ask,
                CronTrigger(
                    day_of_week=times.days_of_week,
                    hour=times.hours,
                    jitter=times.jitter_minutes * 60,
                    timezone=UTC,
                ),
                args=(updater, publisher),
                id=publisher.name,
                next_run_time=first_look,
                coalesce=True,
                misfire_grace_time=LATEST_START_SECONDS,
            )
        return scheduler

    async def _ask(self, updater: Updater, publisher: Publisher) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        try:
            outcome = await updater.update_if_due(publisher, least_gap=LEAST_GAP)
        except Exception:
            log.exception("Cannot ask %s; will retry at its next time", publisher.name)
            return
        if outcome is not None:
            self._report(outcome)

    def _report(self, outcome: Outcome) -> None:
        level = logging.WARNING if outcome.result is Result.FAILED else logging.INFO
        log.log(level, "%s: %s", outcome.publisher.name, " ".join(outcome.sentences()))
        if outcome.result is Result.NEW:
            self._loaded()
