"""How well the errors of figures are known: run `python -m benchmarks.measurement`.

Prints, by source and age, how often what a provisional figure became lies inside the 80 % interval
of the error that was learned before it was published; and the forecasts of spring 2024, when April
was first known from an unnamed person, with a rumor planted, and what
including the uncertainty costs.
"""

import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from app.forecasts.inputs import load_inputs
from app.forecasts.measurement_noise import observation_noise
from app.forecasts.revision_history import AGE_EDGES, NOT_FINAL, publication_lag, revisions_for
from app.observations import bundled_record, store
from app.observations.current import choose_current
from app.observations.new_release import NewObservation, NewRelease
from app.observations.observation import Observation, Qualifier, Status
from app.observations.recording import record_release
from app.storage.database import Database, Session
from forecasting import Forecast, MeasurementNoise, Month, MonthlySeries, forecast

SOUTHWEST = "usbp.southwest"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
AGES = ("0 to 1 month", "2 months", "3 to 5 months", "6 months or more")
REPEATS = 5


@contextmanager
def loaded_record() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'record.db'}")
        database.upgrade()
        with database.writing() as session:
            bundled_record.load_bundled_record(
                session, bundled_record.BundledRecord(), recorded_at=NOW
            )
        yield database
        database.close()


def coverage(session: Session) -> None:
    """Each provisional figure against its month's newest one, with what was known before it."""
    inside: dict[tuple[str, str], list[bool]] = defaultdict(list)
    sizes: dict[tuple[str, str], list[float]] = defaultdict(list)
    widths: dict[tuple[str, str], list[float]] = defaultdict(list)
    for series in store.all_series(session):
        versions = store.versions(session, series.id)
        by_month: dict[Month, list[Observation]] = defaultdict(list)
        for figure in versions:
            by_month[figure.period].append(figure)
        for figures in by_month.values():
            final = choose_current(figures)
            if (
                final is None
                or not final.value
                or final.status in NOT_FINAL
                or final.source != "cbp"
            ):
                continue
            for figure in figures:
                if figure.status not in NOT_FINAL or figure.status is Status.LOW_RELIABILITY:
                    continue
                if not figure.value or figure.source not in ("cbp", "press"):
                    continue
                revisions = revisions_for(session, series.id, newest_figure=figure.published_on)
                error = observation_noise(figure, revisions) or MeasurementNoise()
                low, high = interval(error)
                change = np.log1p(final.value) - np.log1p(figure.value)
                what = (
                    figure.source,
                    AGES[np.searchsorted(AGE_EDGES, publication_lag(figure), side="right")],
                )
                half_a_count = 0.5 / (figure.value + 1)
                inside[what].append(bool(low - half_a_count <= change <= high + half_a_count))
                sizes[what].append(abs(change))
                widths[what].append(high - low)
    print(
        "source  age                figures  median |change|  largest  mean width of 80 %  inside"
    )
    for what in sorted(inside, key=lambda key: (key[0], AGES.index(key[1]))):
        usual, largest, width = np.median(sizes[what]), max(sizes[what]), np.mean(widths[what])
        print(
            f"{what[0]:7} {what[1]:18} {len(inside[what]):7} {100 * usual:15.2f}% "
            f"{100 * largest:7.1f}% {100 * width:18.2f}% {np.mean(inside[what]):7.0%}"
        )


def interval(error: MeasurementNoise) -> tuple[float, float]:
    """Ends of the central 80 % interval of an error."""
    points, weights = error.nodes
    low, high = np.interp([0.1, 0.9], np.cumsum(weights) - weights / 2, points)
    return float(low), float(high)


def spring_2024(database: Database) -> None:
    print("\nas of       origin   share   next month: median, 80 %        in a year: median")
    for day in ("2024-05-06", "2024-05-08", "2024-05-16", "2024-10-30"):
        show(day, made_on(database, day))
    with database.writing() as session:
        publication = NewRelease("rumor", "A planted rumor", date(2024, 5, 8))
        series = store.find_series(session, SOUTHWEST)
        assert series is not None
        april = Month.parse("2024-04")
        said = NewObservation(
            SOUTHWEST, april, 1_290_000, Status.LOW_RELIABILITY, Qualifier.ABOUT, 10_000
        )
        record_release(
            session, publication, [(series.id, said)], recorded_at=NOW, recorded_by="benchmark"
        )
    made = made_on(database, "2024-05-08")
    show("with rumor", made)
    print(f"            {made.warnings[0]}")


def made_on(database: Database, day: str) -> Forecast:
    with database.reading() as session:
        given = load_inputs(session, SOUTHWEST, today=NOW.date(), as_of=date.fromisoformat(day))
    return forecast(given.series)


def show(day: str, made: Forecast) -> None:
    lower, upper = made.interval(0.8)
    print(
        f"{day:11} {made.origin}  {made.provisional_share:6.4f}  {made.median[0]:10,.0f} "
        f"{lower[0]:9,.0f} to {upper[0]:9,.0f} {made.median[11]:15,.0f}"
    )


def cost(database: Database) -> None:
    """Of the forecast with and without errors, and of finding them, in one run."""
    with database.reading() as session:
        given = load_inputs(session, SOUTHWEST, today=NOW.date(), as_of=date(2024, 5, 16)).series
        series = store.find_series(session, SOUTHWEST)
        assert series is not None
        first = seconds(
            lambda: revisions_for(session, series.id, newest_figure=date(2024, 4, 15)), repeats=1
        )
        again = seconds(lambda: revisions_for(session, series.id, newest_figure=date(2024, 4, 15)))
    exact = MonthlySeries(given.start, given.values)
    forecast(exact)
    uncertain, plain = seconds(lambda: forecast(given, 36)), seconds(lambda: forecast(exact, 36))
    print(
        f"\nforecast (auto, 36 months): {uncertain / plain:.2f} times the exact one's {plain:.2f} s"
    )
    print(
        f"revisions learned: {1000 * first:.0f} ms the "
        f"first time, {1000 * again:.1f} ms when remembered"
    )


def seconds(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median time of a call."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return float(np.median(times))


if __name__ == "__main__":
    print(
        f"{date.today()}, {os.cpu_count()} cores, "
        f"OPENBLAS_NUM_THREADS={os.getenv('OPENBLAS_NUM_THREADS')}"
    )
    with loaded_record() as database:
        with database.reading() as session:
            coverage(session)
        spring_2024(database)
        cost(database)
