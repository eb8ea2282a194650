"""Computing every forecast that is missing: what a first start and a new release leave to do."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from datetime import date

from app.database import Database
from app.dependencies import Clock
from app.errors import TooShortHistory
from app.forecasts import store
from app.forecasts.inputs import inputs
from app.forecasts.specification import Specification
from app.forecasts.store import Identity
from app.forecasts.workers import Computed, compute
from app.observations.store import summaries
from forecasting import MonthlySeries


@dataclass(frozen=True, slots=True)
class Missing:
    """A forecast of today's figures that the archive does not hold."""

    key: str
    identity: Identity
    series: MonthlySeries


def missing(database: Database, specification: Specification, *, today: date) -> list[Missing]:
    """What there is to compute, by key: of every series that goes on and has figures enough."""
    found = []
    with database.reading() as session:
        for summary in summaries(session):
            series = summary.series
            if series.ended:
                continue
            try:
                given = inputs(session, series.key, today=today)
            except TooShortHistory:
                continue
            identity = Identity(series.id, given.data_version, specification)
            if store.find(session, identity) is None:
                found.append(Missing(series.key, identity, given.series))
    return found


def compute_all(database: Database, workers: Executor, todo: list[Missing], clock: Clock) -> Iterator[str]:
    """Compute and archive forecasts, each by itself, so that whatever ends this early loses only what was
    under way. Yields each key when its forecast is archived."""
    futures: dict[Future[Computed], Missing] = {
        workers.submit(compute, one.series, one.identity.specification): one for one in todo
    }
    for future in as_completed(futures):
        one = futures[future]
        with database.writing() as session:
            store.archive(session, one.identity, future.result(), issued_at=clock(), live=True)
        yield one.key
