"""Computing every forecast that is missing: what a first start and a new release leave to do."""

from collections.abc import Generator
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date

from app.clock import Clock
from app.execution.processes import run_in_worker_blocking
from app.forecasts import store
from app.forecasts.computation import Computed, compute
from app.forecasts.lookup import look_up_live_forecasts
from app.forecasts.pools import get_or_learn_pool
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.storage.database import Database, Session
from forecasting import MonthlySeries, learn_pool


@dataclass(frozen=True, slots=True)
class MissingForecast:
    """A forecast of today's figures that the archive does not hold."""

    key: str
    forecast_key: ForecastKey
    series: MonthlySeries


def find_missing(
    session: Session, specification: Specification, *, today: date
) -> list[MissingForecast]:
    """The forecasts to compute: the newest loaded figures first, and of these, totals first.

    Of every series that has not ended and has enough figures.
    """
    found: list[tuple[int, MissingForecast]] = []
    for one in look_up_live_forecasts(session, specification, today=today):
        if one.archived is None:
            history = one.inputs.history
            newest = max(observation.release for observation in history.observations)
            missing = MissingForecast(history.series.key, one.key, one.inputs.series)
            found.append((newest, missing))
    return [one for _, one in sorted(found, key=_place)]


def _place(found: tuple[int, MissingForecast]) -> tuple[int, int, str]:
    release, missing = found
    return -release, missing.key.count("."), missing.key


def compute_all(
    database: Database, workers: Executor, todo: list[MissingForecast], clock: Clock
) -> Generator[str, None, None]:
    """Compute and archive forecasts, each by itself.

    So whatever ends this early loses only what was under way. Pools that the forecasts take are
    learned first. What is lost because a worker dies is computed again, once.

    Yields
    ------
    The key of each series when its forecast is archived.

    Raises
    ------
    BrokenProcessPool
        If workers have died twice over a forecast.
    """
    pools = {
        name: get_or_learn_pool(
            database,
            clock,
            name,
            lambda series: run_in_worker_blocking(workers, learn_pool, series),
        )
        for name in {one.forecast_key.pool for one in todo}
    }
    for last_attempt in (False, True):
        futures: dict[Future[Computed], MissingForecast] = {
            workers.submit(
                compute, one.series, one.forecast_key.specification, pools[one.forecast_key.pool]
            ): one
            for one in todo
        }
        todo = []
        for future in as_completed(futures):
            one = futures[future]
            try:
                computed = future.result()
            except BrokenProcessPool:
                if last_attempt:
                    raise
                todo.append(one)
                continue
            with database.writing() as session:
                store.archive(session, one.forecast_key, computed, issued_at=clock(), live=True)
            yield one.key
