"""Computing every forecast that is missing: what a first start and a new release leave to do."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from datetime import date

from app.clock import Clock
from app.errors import TooShortHistory
from app.execution.processes import Computed, compute
from app.forecasts import store
from app.forecasts.inputs import load_inputs
from app.forecasts.pools import get_or_learn_pool, select_pool
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.observations.store import summaries
from app.storage.database import Database
from forecasting import MonthlySeries, learn_pool


@dataclass(frozen=True, slots=True)
class MissingForecast:
    """A forecast of today's figures that the archive does not hold."""

    key: str
    forecast_key: ForecastKey
    series: MonthlySeries


def find_missing(
    database: Database, specification: Specification, *, today: date
) -> list[MissingForecast]:
    """The forecasts to compute, the newest loaded figures first.

    Of every series that has not ended and has enough figures.
    """
    found: list[tuple[int, MissingForecast]] = []
    with database.reading() as session:
        pool = select_pool(session, specification.model, today=today)
        for summary in summaries(session):
            series = summary.series
            if series.ended:
                continue
            try:
                given = load_inputs(session, series.key, today=today, pool=pool)
            except TooShortHistory:
                continue
            forecast_key = ForecastKey(series.id, given.data_version, specification, pool)
            if store.find_forecast(session, forecast_key) is None:
                newest = max(observation.release for observation in given.history.observations)
                found.append((newest, MissingForecast(series.key, forecast_key, given.series)))
    return [one for _, one in sorted(found, key=lambda each: (-each[0], each[1].key))]


def compute_all(
    database: Database, workers: Executor, todo: list[MissingForecast], clock: Clock
) -> Iterator[str]:
    """Compute and archive forecasts, each by itself, so that whatever ends this early loses only
    what was under way. Pools that they take are learned first. Yields each key when its forecast is
    archived."""
    pools = {
        name: get_or_learn_pool(
            database, clock, name, lambda series: workers.submit(learn_pool, series).result()
        )
        for name in {one.forecast_key.pool for one in todo}
    }
    futures: dict[Future[Computed], MissingForecast] = {
        workers.submit(
            compute, one.series, one.forecast_key.specification, pools[one.forecast_key.pool]
        ): one
        for one in todo
    }
    for future in as_completed(futures):
        one = futures[future]
        with database.writing() as session:
            store.archive(session, one.forecast_key, future.result(), issued_at=clock(), live=True)
        yield one.key
