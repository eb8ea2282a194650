"""Keeping reconciled forecasts up to date, after the forecasts that they are made from."""

from concurrent.futures import Executor

from app.clock import Clock
from app.execution.processes import run_in_worker
from app.forecasts.pools import Pools
from app.forecasts.specification import Specification
from app.reconciliation.computation import compute_reconciliation
from app.reconciliation.due import find_due, load_paths
from app.reconciliation.store import archive_reconciliation
from app.storage.database import Database


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

    async def reconcile_due(self) -> None:
        """Reconcile every hierarchy whose forecasts are all there and have not been reconciled."""
        todo = await self._database.read_in_thread(
            find_due, self._specification, today=self._clock().date()
        )
        for due in todo:
            pool = await self._pools.get_or_learn(due.pool)
            stored = await self._database.read_in_thread(load_paths, due)
            rows = await run_in_worker(self._workers, compute_reconciliation, due, stored, pool)
            await self._database.write_in_thread(
                archive_reconciliation, due, rows, issued_at=self._clock()
            )
