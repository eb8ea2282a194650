"""The machine: disks, what is installed, and where forecasts are computed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from pathlib import Path

from app.charts.renderer import missing_package
from app.config import Settings, UnusableSetting
from app.doctor.finding import Finding, fault, ok, warning
from app.errors import WorkersUnavailable
from app.execution.dask_workers import DaskWorkers
from app.execution.executors import PROCESSES, new_executor

DISK, CHARTS, WORKERS, SCHEDULER = "disk", "charts", "workers", "scheduler"
LEAST_FREE = 200_000_000  # bytes; below, a load of usual size may fail
PATIENCE_SECONDS = 120.0  # a first worker imports the statistics
_MB = 1_000_000


def check_disks(store: Path | None, *, least_free: int = LEAST_FREE) -> Iterator[Finding]:
    """Whether the disks of the store's file, if it is one, and of temporary files have room."""
    if store is not None:
        files = [Path(f"{store}{ending}") for ending in ("", "-wal")]
        size = sum(file.stat().st_size for file in files if file.exists())
        yield _check_disk(
            store.parent, f"the store, which takes {size / _MB:,.0f} MB", size, least_free
        )
    yield _check_disk(Path(tempfile.gettempdir()), "temporary files", 0, least_free)


def _check_disk(folder: Path, purpose: str, needed: int, least_free: int) -> Finding:
    free = shutil.disk_usage(folder).free
    told = f"{free / _MB:,.0f} MB are free in {folder} for {purpose}."
    if free < least_free:
        return fault(DISK, told, "Make room: loads and forecasts are refused when it is full.")
    if free < needed:
        return warning(DISK, told, "Make room: a backup takes as much as the store.")
    return ok(DISK, told)


def check_charts() -> Finding:
    """Whether charts can be drawn."""
    package = missing_package()
    if package is None:
        return ok(CHARTS, "The packages that draw charts are installed.")
    return warning(
        CHARTS, f"{package} is not installed.", "Run pip install 'bordercast[charts]' for charts."
    )


def check_workers(settings: Settings) -> Iterator[Finding]:
    """Whether forecasts can be computed: on this machine, or by a Dask cluster."""
    if settings.executor == PROCESSES:
        yield _check_processes(settings)
        return
    try:
        workers = new_executor(settings)
    except (OSError, UnusableSetting) as error:
        yield fault(SCHEDULER, f"{str(error).partition('. ')[0]}.", str(error).partition(". ")[2])
        return
    assert isinstance(workers, DaskWorkers), "the setting names a scheduler"
    try:
        yield from _check_cluster(workers)
    finally:
        workers.shutdown()


def _check_processes(settings: Settings) -> Finding:
    workers = new_executor(settings, most=1)
    try:
        found = _ask_worker(workers)
    finally:
        workers.shutdown()
    if found is None:
        return fault(
            WORKERS,
            "A process that fits forecasts ends, or does not answer.",
            "Look for a lack of memory: each process takes about 170 MB. BORDERCAST_WORKERS sets "
            "how many there are at most.",
        )
    return ok(WORKERS, f"Up to {settings.workers} processes fit forecasts, and one has started.")


def _check_cluster(workers: DaskWorkers) -> Iterator[Finding]:
    yield ok(SCHEDULER, f"The Dask scheduler at {workers.address} answers.")
    if workers.size == 0:
        yield fault(
            WORKERS,
            "The scheduler has no workers.",
            f"Start some: dask worker tcp://{workers.address} --nthreads 1",
        )
        return
    found, own = _ask_worker(workers), version("bordercast")
    if found is None:
        yield fault(
            WORKERS,
            "A worker of the cluster fails or does not answer.",
            "Look into its log, and install the same version of Bordercast there as here.",
        )
    elif found != own:
        yield fault(
            WORKERS,
            f"A worker has version {found} of Bordercast, and here is {own}.",
            "Install the same version everywhere.",
        )
    else:
        yield ok(WORKERS, f"{workers.size} workers fit forecasts, with version {own}.")


def _ask_worker(workers: Executor) -> str | None:
    """The version of Bordercast in a worker that can fit forecasts; None if there is none."""
    try:
        return workers.submit(_load_statistics).result(PATIENCE_SECONDS)
    except (BrokenProcessPool, FutureTimeout, ImportError, WorkersUnavailable, OSError):
        return None


def _load_statistics() -> str:
    from forecasting import MODELS  # noqa: PLC0415 (only workers import it)

    assert MODELS, os.getpid()
    return version("bordercast")
