"""Computing every forecast that is missing: what a first start and a new release leave to do."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from datetime import date

from app.clock import Clock
from app.database import Database
from app.errors import TooShortHistory
from app.forecasts import store
from app.forecasts.inputs import inputs
from app.forecasts.pooling import obtained, serving
from app.forecasts.specification import Specification
from app.forecasts.store import Identity
from app.forecasts.workers import Computed, compute
from app.observations.store import summaries
from forecasting import MonthlySeries, learn_pool


@dataclass(frozen=True, slots=True)
class Missing:
    """A forecast of today's figures that the archive does not hold."""

    key: str
    identity: Identity
    series: MonthlySeries


def missing(database: Database, specification: Specification, *, today: date) -> list[Missing]:
    """What there is to compute, the newest loaded figures first: of every series that goes on and has figures
    enough."""
    found: list[tuple[int, Missing]] = []
    with database.reading() as session:
        pool = serving(session, specification.model, today=today)
        for summary in summaries(session):
            series = summary.series
            if series.ended:
                continue
            try:
                given = inputs(session, series.key, today=today, pool=pool)
            except TooShortHistory:
                continue
            identity = Identity(series.id, given.data_version, specification, pool)
            if store.find(session, identity) is None:
                newest = max(figure.release for figure in given.history.figures)
                found.append((newest, Missing(series.key, identity, given.series)))
    return [one for _, one in sorted(found, key=lambda each: (-each[0], each[1].key))]


def compute_all(database: Database, workers: Executor, todo: list[Missing], clock: Clock) -> Iterator[str]:
    """Compute and archive forecasts, each by itself, so that whatever ends this early loses only what was
    under way. Pools that they take are learnt first. Yields each key when its forecast is archived."""
    pools = {
        name: obtained(database, clock, name, lambda series: workers.submit(learn_pool, series).result())
        for name in {one.identity.pool for one in todo}
    }
    futures: dict[Future[Computed], Missing] = {
        workers.submit(compute, one.series, one.identity.specification, pools[one.identity.pool]): one
        for one in todo
    }
    for future in as_completed(futures):
        one = futures[future]
        with database.writing() as session:
            store.archive(session, one.identity, future.result(), issued_at=clock(), live=True)
        yield one.key
