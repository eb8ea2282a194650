"""What forecasts cost, beside the peers', in one run on one core.

`python -m benchmarks.speed [PANEL.csv]`

Processor seconds a series, of the newest month that most series of the panel have: `auto` in a pool
of the panel's series (the pool's own cost divided among them) and alone, from scratch and one month
later; then the four models that statsforecast users combine, in an environment of their own (left
out with --no-peers). Last the memory of a worker and the time that `auto` takes for the whole
panel.

With --backtest instead: all our models on the whole panel through
`forecasting.backtest.rolling_origin`, on two processes.
"""

import argparse
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.panel import EVERY, FIRST_ORIGIN, HORIZON, SHARED, Panel, read_panel, record_panel
from benchmarks.peers import FEWEST_MONTHS, forecast_by_peers
from forecasting import MODELS, Forecast, Month, MonthlySeries, backtest, forecast, forecast_many
from forecasting.backtest.summaries import summarize

REPEATS = 5
PROCESSES = 2
REFIT_EVERY = 4
"""Origins from one fit to the next: a year of every third month."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "panel", nargs="?", type=Path, default=SHARED, help="CSV file: series, period, value"
    )
    parser.add_argument("--no-peers", action="store_true", help="only our own models")
    parser.add_argument(
        "--backtest", action="store_true", help="only the backtest by all our models"
    )
    given = parser.parse_args()
    panel = read_panel(given.panel) if given.panel.exists() else record_panel()
    if given.backtest:
        _time_backtest(panel)
        return
    origin, before, known = _newest(panel)
    print(f"{panel.name}, {len(known)} series from {origin}, {os.cpu_count()} cores, one used\n")
    known = {key: one for key, one in known.items() if len(one) >= FEWEST_MONTHS}
    four = None
    if not given.no_peers:
        _, seconds = forecast_by_peers(panel, only=origin)
        four = seconds[-1]
        _line("AutoETS, AutoARIMA, AutoTheta, AutoCES", four, four)
    earlier = forecast_many(before, HORIZON)
    _line(
        "auto in a pool, cold", _seconds(lambda: forecast_many(known, HORIZON)) / len(known), four
    )
    warm = _seconds(lambda: forecast_many(known, HORIZON, previous=earlier))
    _line("auto in a pool, one month later", warm / len(known), four)
    _line("auto alone, cold", _seconds(lambda: _alone(known, "auto")) / len(known), four)
    for model in ("combination", "structural", "ets", "theta", "log-random-walk"):
        spent = _seconds(partial(_alone, known, model), 1)
        _line(f"{model}, cold", spent / len(known), four)
    print(f"\nmemory of a worker that forecasts them all: {_worker_megabytes(known):.0f} MB")
    began, count = time.process_time(), 0
    for _, cut in panel.origins():
        count += len(forecast_many(cut, HORIZON))
    print(f"auto on the whole panel: {time.process_time() - began:.0f} s for {count} forecasts")


def _time_backtest(panel: Panel) -> None:
    """Wall time from the start of the processes to the report, and processor seconds of all."""
    began, computed = time.perf_counter(), _processor_seconds()
    with ProcessPoolExecutor(
        PROCESSES, mp_context=multiprocessing.get_context("spawn")
    ) as executor:
        report = backtest(
            panel.series, HORIZON, FIRST_ORIGIN, REFIT_EVERY, MODELS, every=EVERY, executor=executor
        )
    seconds, computed = time.perf_counter() - began, _processor_seconds() - computed
    origins = len(set(report.origin.tolist()))
    print(
        f"{panel.name}: {len(panel.series)} series, "
        f"{origins} origins, a fit at every {REFIT_EVERY}th"
    )
    print(
        f"{len(MODELS)} models on {PROCESSES} processes: "
        f"{seconds:.0f} s, {computed:.0f} processor seconds"
    )
    for one in summarize(report):
        print(f"{one.model:16} logWIS {one.relative_log_wis:.3f}  c80 {one.coverage_80:.3f}")


def _processor_seconds() -> float:
    """Of this process and of those that it has ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in usages)


def _newest(panel: Panel) -> tuple[Month, dict[str, MonthlySeries], dict[str, MonthlySeries]]:
    """The last origin with the most series, these series, and the same at the origin before."""
    origins = list(panel.origins())
    most = max(len(known) for _, known in origins)
    at = max(nth for nth, (_, known) in enumerate(origins) if len(known) == most)
    return origins[at][0], origins[at - 1][1], origins[at][1]


def _alone(series: dict[str, MonthlySeries], model: str) -> list[Forecast]:
    return [forecast(one, HORIZON, model) for one in series.values()]


def _seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median processor seconds, after a first time that loads what is needed."""
    taken = []
    for _ in range(repeats + 1):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return median(taken[1:])


def _worker_megabytes(series: dict[str, MonthlySeries]) -> float:
    """Largest resident size of a fresh process that learns the pool and forecasts every series."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as worker:
        worker.submit(forecast_many, series, HORIZON).result()
        return worker.submit(_largest_resident_size).result()


def _largest_resident_size() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _line(what: str, seconds: float, four: float | None) -> None:
    ratio = "" if four is None else f"{seconds / four:8.3f} of the four"
    print(f"{what:40} {seconds:7.4f} s a series {ratio}", flush=True)


if __name__ == "__main__":
    main()
