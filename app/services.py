"""The parts of a running application, built in one place and shut down in one place."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.charts.renderer import ChartRenderer
from app.clock import Clock
from app.config import Settings
from app.errors import STORE_PROBLEMS
from app.evaluation.scoring import Scorer
from app.execution.dask_workers import DaskWorkers
from app.execution.work_queue import WorkQueue
from app.forecasts.comparison_models import ComparisonArchiver
from app.forecasts.pools import Pools
from app.forecasts.refresher import Refresher
from app.forecasts.scenarios import ScenarioService
from app.forecasts.service import ForecastService
from app.forecasts.specification import Specification
from app.http.answer_cache import AnswerCache
from app.keys.authorization import WriteLimit
from app.leadership import leading
from app.rate_limits import ComputationLimit, RateLimits
from app.reconciliation.reconciler import Reconciler
from app.sources.configured import ClientSettings
from app.sources.publisher import Publisher
from app.storage.database import Database
from app.storage.state import open_state_reader

CHARTS_AT_A_TIME = 2  # one is drawn while the figures of the next one are read
EVALUATIONS_AT_A_TIME = 1  # in a thread, whose every millisecond other answers wait for

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What routes are given, by way of `app.dependencies`: one of each, on one store."""

    settings: Settings
    clock: Clock
    database: Database
    workers: Executor
    limiter: WriteLimit
    forecasts: ForecastService
    scenarios: ScenarioService
    refresher: Refresher
    comparison: ComparisonArchiver
    scorer: Scorer
    charts: ChartRenderer
    answers: AnswerCache
    evaluations: WorkQueue

    @property
    def queues(self) -> tuple[WorkQueue, ...]:
        """Where the work that readers cause waits."""
        forecasts, scenarios = self.forecasts, self.scenarios.queue
        charts = self.charts.queue
        return forecasts.queue, forecasts.look_ups, scenarios, charts, self.evaluations


@asynccontextmanager
async def running_services(
    settings: Settings,
    clock: Clock,
    workers: Executor,
    charts: ChartRenderer,
    *,
    publishers: Sequence[Publisher],
    client: ClientSettings,
    leader_lock: Path | None = None,
) -> AsyncIterator[Services]:
    """The services, with their background work under way if the settings want it.

    `publishers` are asked for new figures on a schedule. Of several processes that are given the
    same `leader_lock`, one does the background work. At the end everything is closed in the reverse
    order of its start, also `workers` and `charts`.
    """
    async with AsyncExitStack() as stack:
        stack.callback(charts.close)
        database = Database(settings.database_url)
        stack.callback(database.close)
        state = open_state_reader(database.url)
        stack.callback(state.close)
        stack.callback(workers.shutdown)
        pools = Pools(database, workers, clock)
        stack.push_async_callback(pools.close)
        limits = RateLimits(settings.rate_storage)
        stack.callback(limits.close)
        gate = ComputationLimit(limits, settings.computing_rate)

        def new_queue(name: str, slots: int) -> WorkQueue:
            queue = WorkQueue(name, slots=slots, length=settings.queue_length, gate=gate)
            stack.push_async_callback(queue.close)
            return queue

        forecasts = ForecastService(
            database,
            workers,
            pools,
            clock,
            seed=settings.seed,
            queue=new_queue("forecasts", _forecasts_at_a_time(settings, workers)),
            past_megabytes=settings.past_forecasts_mb,
        )
        stack.push_async_callback(forecasts.close)
        charts.queue = new_queue("charts", CHARTS_AT_A_TIME)
        specification = Specification("auto", settings.seed)
        refresher = Refresher(
            database,
            forecasts,
            clock,
            specification,
            when_caught_up=Reconciler(database, workers, pools, clock, specification).reconcile_due,
        )
        services = Services(
            settings=settings,
            clock=clock,
            database=database,
            workers=workers,
            limiter=WriteLimit(limits, settings.write_rate),
            forecasts=forecasts,
            scenarios=ScenarioService(
                database,
                workers,
                pools,
                clock,
                seed=settings.seed,
                queue=new_queue("scenarios", 1),
            ),
            refresher=refresher,
            comparison=ComparisonArchiver(
                database, forecasts, refresher, clock, most_series=settings.comparison_series
            ),
            scorer=Scorer(database, clock),
            charts=charts,
            answers=AnswerCache(state, clock, most_bytes=settings.answers_mb * 1024 * 1024),
            evaluations=new_queue("evaluations", EVALUATIONS_AT_A_TIME),
        )

        async def begin(background: AsyncExitStack) -> None:
            if await asyncio.to_thread(_may_only_read, database):
                log.warning("The store is read-only: nothing is recorded or refreshed here")
                return
            if settings.refresh:
                await background.enter_async_context(services.refresher.running())
                await background.enter_async_context(services.scorer.running())
            if settings.refresh and settings.comparison_series:
                await background.enter_async_context(services.comparison.running())
            if publishers:  # or the HTTP client, which is slow to import, is not needed
                from app.sources.schedule import UpdateSchedule  # noqa: PLC0415

                schedule = UpdateSchedule(
                    database, clock, publishers, client=client, loaded=services.refresher.wake
                )
                await background.enter_async_context(schedule.running())

        await stack.enter_async_context(leading(leader_lock, begin))
        yield services


def _may_only_read(database: Database) -> bool:
    """Whether the store is read-only; False while it cannot be asked, as it may be later."""
    try:
        return database.read_only
    except STORE_PROBLEMS:
        return False


def _forecasts_at_a_time(settings: Settings, workers: Executor) -> int:
    """How many forecasts readers may have computed at a time.

    A quarter of the workers of this machine, by default half its processors: the other half
    answers. Of a cluster, half the workers.
    """
    if isinstance(workers, DaskWorkers):
        return max(1, workers.size // 2)
    return max(1, settings.workers // 4)
