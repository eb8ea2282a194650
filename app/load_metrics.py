"""How busy the service is, for Prometheus: queues, caches, computations, workers, and the store."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.errors import STORE_PROBLEMS
from app.execution.dask_workers import DaskWorkers
from app.execution.processes import ProcessWorkers
from app.forecasts.store import count_computations
from app.services import Services
from app.storage.database import Database
from app.storage.size import measure_store

WAITS = (0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds


def observe_waits(services: Services, registry: CollectorRegistry) -> Histogram:
    """Have the queues tell how long each piece of work waits."""
    seconds = Histogram(
        "bordercast_queue_wait_seconds",
        "Time that work waited before it began.",
        ("queue",),
        registry=registry,
        buckets=WAITS,
    )
    for queue in services.queues:
        queue.observe_wait = seconds.labels(queue.name).observe
    return seconds


class LoadCollector(Collector):
    """Looks at the running services whenever metrics are asked for."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        yield from self._queues()
        yield from self._caches()
        yield from self._workers()
        yield from self._store()

    def _queues(self) -> Iterator[Metric]:
        labels = ("queue",)
        waiting = GaugeMetricFamily(
            "bordercast_queue_length", "Pieces of work that wait.", labels=labels
        )
        running = GaugeMetricFamily(
            "bordercast_queue_running", "Pieces of work that are being done.", labels=labels
        )
        work = CounterMetricFamily(
            "bordercast_queue_work",
            "Pieces of work by what became of them: done, refused because the queue was full, or "
            "dropped because nobody waited any more; shared counts requests that waited for the "
            "work of another one.",
            labels=("queue", "result"),
        )
        for queue in self._services.queues:
            waiting.add_metric([queue.name], queue.waiting)
            running.add_metric([queue.name], queue.running)
            counts = queue.counts
            work.add_metric([queue.name, "done"], counts.done)
            work.add_metric([queue.name, "refused"], counts.refused)
            work.add_metric([queue.name, "dropped"], counts.dropped)
            work.add_metric([queue.name, "shared"], counts.shared)
        yield from (waiting, running, work)

    def _caches(self) -> Iterator[Metric]:
        answers = self._services.answers
        yield GaugeMetricFamily(
            "bordercast_answers_bytes", "Memory of the answers that are kept.", answers.bytes_kept
        )
        asked = CounterMetricFamily(
            "bordercast_answers",
            "Answers by whether they were kept (hit) or had to be made (miss).",
            labels=("result",),
        )
        asked.add_metric(["hit"], answers.hits)
        asked.add_metric(["miss"], answers.misses)
        yield asked

    def _workers(self) -> Iterator[Metric]:
        workers = self._services.workers
        if isinstance(workers, ProcessWorkers | DaskWorkers):
            yield GaugeMetricFamily(
                "bordercast_workers",
                "Processes that may fit forecasts, or workers of the cluster.",
                _count_workers(workers),
            )
            yield GaugeMetricFamily(
                "bordercast_workers_calls",
                "Calls that workers were given and have not ended.",
                workers.under_way,
            )
        refresher = self._services.refresher
        refreshed = CounterMetricFamily(
            "bordercast_refreshed_forecasts",
            "Forecasts of today's figures that this process has tried to renew.",
            labels=("result",),
        )
        refreshed.add_metric(["done"], refresher.computed)
        refreshed.add_metric(["failed"], refresher.failed)
        yield refreshed

    def _store(self) -> Iterator[Metric]:
        """None if the store fails, which is logged: all other metrics are needed then."""
        try:
            claims, size = self._ask_store(self._services.database)
        except STORE_PROBLEMS:
            return
        yield GaugeMetricFamily(
            "bordercast_computations_claimed",
            "Forecasts that a process has claimed to compute, in all processes on the store.",
            claims,
        )
        yield GaugeMetricFamily("bordercast_store_bytes", "Size of the store.", size)

    def _ask_store(self, database: Database) -> tuple[int, int]:
        with database.reading() as session:
            return count_computations(session), measure_store(session, _file_of(database))


def _count_workers(workers: ProcessWorkers | DaskWorkers) -> int:
    if isinstance(workers, DaskWorkers) and not workers.connected:
        return 0
    return workers.size


def _file_of(database: Database) -> Path | None:
    """The file of a SQLite store."""
    url = database.url
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(str(url.database)) if is_file else None
