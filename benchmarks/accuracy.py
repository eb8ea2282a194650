"""How good the forecasts are, beside the peers': run `python -m benchmarks.accuracy [PANEL.csv]`.

Every model forecasts every series of a panel from every third month on from the end of 2011, each
time given the months up to there only, through `forecast_many`. Without a panel that is
../shared/peers/panel.csv where it is there, else the bundled record. The peers' forecasts are read
from forecasts.csv.gz beside the panel or, with --peers, made by statsforecast in an environment of
its own, half a second each; --every 12 makes this, and all else, shorter.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from benchmarks.bands import coverage_by_series
from benchmarks.panel import EVERY, HORIZON, SHARED, Panel, read_panel, record_panel
from benchmarks.peers import forecast_by_peers
from benchmarks.scoring import (
    CELL,
    LEVELS,
    QUANTILES,
    by_group,
    common,
    interval_ends,
    overall,
    scored,
)
from forecasting import MODELS, forecast_many
from forecasting.backtest.report import BASELINE
from forecasting.backtest.rolling_origin import SUMS
from forecasting.scores import crps_from_samples

PEERS_REFERENCES = ("SeasonalNaive_raw", "Naive_log")
OWN_REFERENCES = ("seasonal-naive", "log-random-walk")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "panel", nargs="?", type=Path, help="CSV file with series, period and value"
    )
    parser.add_argument(
        "--record", action="store_true", help="the bundled record instead of a panel"
    )
    parser.add_argument(
        "--models", nargs="+", choices=MODELS, default=list(MODELS), metavar="MODEL"
    )
    parser.add_argument("--peers", action="store_true", help="have statsforecast forecast too")
    parser.add_argument(
        "--every", type=int, default=EVERY, help="forecast from every so many months only"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the bands of coverage by series")
    parser.add_argument("--save", type=Path, help="write our forecasts to this CSV file")
    given = parser.parse_args()
    panel, peers = _panel(given.panel, record=given.record)
    panel = replace(panel, every=given.every)
    if given.peers:
        peers, _ = forecast_by_peers(panel)
    models = list(dict.fromkeys([*given.models, *(() if peers is not None else OWN_REFERENCES)]))
    ours, sums = forecasts(panel, models)
    if given.save:
        ours.to_csv(given.save, index=False)
    table = ours if peers is None else pd.concat([ours, peers])
    report(panel, table, models, sums, peers is not None, given.seed)


def forecasts(panel: Panel, models: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Quantiles of every cell and of the sums of months that have an outcome, scored."""
    cells, sums = [], []
    todo = [(model, *one) for model in models for one in panel.origins()]
    for model, origin, known in track(todo, "Forecasting", console=Console(stderr=True)):
        for key, made in forecast_many(known, HORIZON, model).items():
            for ahead, quantiles in enumerate(made.quantiles(LEVELS), start=1):
                cells.append((model, key, str(origin), ahead, *quantiles.round(3)))
            after = panel.series[key].values[len(known[key]) :]
            for months in (months for months in SUMS if months <= len(after)):
                outcome = after[:months].sum()
                if not np.isnan(outcome):
                    crps = float(crps_from_samples(made.paths[:, :months].sum(axis=1), outcome))
                    ends = interval_ends(made.paths, months)
                    sums.append((model, key, str(origin), months, outcome, crps, *ends))
    return (
        pd.DataFrame(cells, columns=["model", *CELL, *QUANTILES]),
        pd.DataFrame(
            sums, columns=["model", "series", "origin", "months", "value", "crps", *QUANTILES]
        ),
    )


def report(
    panel: Panel,
    table: pd.DataFrame,
    models: Sequence[str],
    sums: pd.DataFrame,
    with_peers: bool,
    seed: int,
) -> None:
    """Print the tables."""
    counts_reference, logs_reference = PEERS_REFERENCES if with_peers else OWN_REFERENCES
    rows = common(scored(table, dict(panel.series)))
    cells = len(rows) // rows.model.nunique()
    print(
        f"{panel.name}: {rows.series.nunique()} series, {cells} cells that every model has forecast"
    )
    print(f"relWIS to {counts_reference}, logWIS to {logs_reference}\n")
    print(overall(rows, counts_reference, logs_reference).to_string())
    print(f"\n{models[0]} by months ahead and by the year forecast")
    print(by_group(rows[rows.model.isin([models[0], logs_reference])], logs_reference).to_string())
    print(
        f"\n{models[0]} by series: c80 with the 98 % band "
        f"of a block bootstrap over origins (seed {seed})"
    )
    print(
        coverage_by_series(
            rows, models[0], logs_reference, every=panel.every, seed=seed
        ).to_string()
    )
    print("\nsums of the first months: CRPS relative to the log random walk, and share inside")
    for name, ends in {"c50": (2, 4), "c80": (1, 5), "c95": (0, 6)}.items():
        lower, upper = (sums[QUANTILES[end]] for end in ends)
        sums[name] = (sums.value >= lower) & (sums.value <= upper)
    inside = sums.groupby(["months", "model"])[["c50", "c80", "c95"]].mean()
    by_series = sums.groupby(["months", "series", "model"]).crps.sum().unstack()
    if BASELINE in by_series:
        relative = np.log(by_series.div(by_series[BASELINE], axis=0)).groupby("months").mean()
        inside.insert(0, "CRPS", np.exp(relative.stack()))
    print(inside.round(3).to_string())


def _panel(path: Path | None, *, record: bool) -> tuple[Panel, pd.DataFrame | None]:
    """The panel to forecast, and the peers' forecasts of it where they are kept beside it."""
    if record or (path is None and not SHARED.exists()):
        return record_panel(), None
    path = path or SHARED
    kept = path.with_name("forecasts.csv.gz")
    return read_panel(path), pd.read_csv(kept) if kept.exists() else None


if __name__ == "__main__":
    main()
