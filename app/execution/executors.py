"""Where forecasts are computed: processes of this machine, or a Dask cluster.

The results are the same.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from app.config import Settings
from app.execution.dask_workers import DASK, DaskWorkers
from app.execution.processes import ProcessWorkers

PROCESSES = "processes"


def new_executor(settings: Settings, *, most: int | None = None) -> Executor:
    """What BORDERCAST_EXECUTOR names; `most` bounds the processes of this machine."""
    if settings.executor == PROCESSES:
        return ProcessWorkers(most or settings.workers)
    return DaskWorkers(settings.executor.removeprefix(DASK))


@contextmanager
def open_executor(settings: Settings, *, most: int | None = None) -> Iterator[Executor]:
    """The same, shut down at the end whatever happens."""
    executor = new_executor(settings, most=most)
    try:
        yield executor
    finally:
        executor.shutdown()
