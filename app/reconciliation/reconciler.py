"""Keeping reconciled forecasts up to date, after the forecasts that they are made from."""

import logging
from collections.abc import Mapping
from concurrent.futures import Executor

from app.clock import Clock
from app.execution.processes import run_in_worker, run_in_worker_blocking
from app.forecasts.pools import Pools, get_or_learn_pool
from app.forecasts.specification import Specification
from app.reconciliation.computation import DueReconciliation, compute_reconciliation
from app.reconciliation.due import find_due, load_paths
from app.reconciliation.store import archive_reconciliation
from app.storage.database import Database
from forecasting import MonthlySeries, Pool, learn_pool

log = logging.getLogger(__name__)


class Reconciler:
    """Reconciles the hierarchies of a store, one at a time, in the workers."""

    def __init__(
        self,
        database: Database,
        workers: Executor,
        pools: Pools,
        clock: Clock,
        specification: Specification,
    ) -> None:
        self._database = database
        self._workers = workers
        self._pools = pools
        self._clock = clock
        self._specification = specification

    async def reconcile_due(self) -> bool:
        """Reconcile every hierarchy whose forecasts are all there and have not been reconciled.

        Returns whether all of them could be.
        """
        done = True
        todo = await self._database.read_in_thread(
            find_due, self._specification, today=self._clock().date()
        )
        for due in todo:
            try:
                await self._reconcile(due)
            except Exception:
                log.exception(
                    "Cannot reconcile the forecasts of %s; will retry", due.hierarchy.name
                )
                done = False
        return done

    async def _reconcile(self, due: DueReconciliation) -> None:
        pool = await self._pools.get_or_learn(due.pool)
        stored = await self._database.read_in_thread(load_paths, due)
        rows = await run_in_worker(self._workers, compute_reconciliation, due, stored, pool)
        await self._database.write_in_thread(
            archive_reconciliation, due, rows, issued_at=self._clock()
        )


def reconcile_due(
    database: Database, workers: Executor, clock: Clock, specification: Specification
) -> None:
    """Reconcile every hierarchy that `Reconciler` would, before a service starts."""

    def learn(series: Mapping[str, MonthlySeries]) -> Pool | None:
        return run_in_worker_blocking(workers, learn_pool, series)

    with database.reading() as session:
        todo = find_due(session, specification, today=clock().date())
    for due in todo:
        pool = get_or_learn_pool(
            database,
            clock,
            due.pool,
            lambda series: run_in_worker_blocking(workers, learn_pool, series),
        )
        with database.reading() as session:
            stored = load_paths(session, due)
        rows = run_in_worker_blocking(workers, compute_reconciliation, due, stored, pool)
        with database.writing() as session:
            archive_reconciliation(session, due, rows, issued_at=clock())
