"""How old the figures are and how asking for newer ones goes, for Prometheus."""

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.clock import Clock
from app.errors import STORE_PROBLEMS
from app.sources.status import SourceStatus, source_statuses
from app.storage.database import Database


class FreshnessCollector(Collector):
    """Reads the store whenever metrics are asked for.

    Parameters
    ----------
    due : says how many forecasts the store's figures are newer than; None if nobody looks
    """

    def __init__(self, database: Database, clock: Clock, due: Callable[[], int | None]) -> None:
        self._database = database
        self._clock = clock
        self._due = due

    def collect(self) -> Iterator[Metric]:
        ages = GaugeMetricFamily(
            "bordercast_newest_figure_age_days",
            "Days since the end of the newest month with a figure.",
            labels=("publisher", "series"),
        )
        failures = CounterMetricFamily(
            "bordercast_update_failures",
            "Failed requests to a publisher.",
            labels=("publisher",),
        )
        today = self._clock().date()
        for status in self._statuses():
            name = status.publisher.name
            failures.add_metric([name], status.memory.failures if status.memory else 0)
            age = status.age_in_days(today)
            if age is not None:
                ages.add_metric([name, status.publisher.headline], age)
        yield ages
        yield failures
        due = self._due()
        if due is not None:
            yield GaugeMetricFamily(
                "bordercast_forecasts_due", "Forecasts that are out of date.", due
            )

    def _statuses(self) -> list[SourceStatus]:
        """None if the store fails, which is logged: all other metrics are needed then."""
        try:
            with self._database.reading() as session:
                return source_statuses(session)
        except STORE_PROBLEMS:
            return []
