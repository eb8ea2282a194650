"""What our other models would add to `auto`: `python -m benchmarks.blends [PANEL.csv]`.

Every model is backtested on the panel and on the series of the bundled record that the panel does
not hold, with a fit a year. A blend's quantiles are the mean of those of `auto` and of the other
model, on logs, with a weight of 20 or 35 % for the latter. Printed is how much the blend changes
the log score of `auto`: below 0 is better.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import Progress

from benchmarks.panel import EVERY, FIRST_ORIGIN, HORIZON, SHARED, Panel, other_series, read_panel
from benchmarks.speed import REFIT_EVERY
from forecasting import MODELS, backtest
from forecasting.arrays import Array
from forecasting.backtest.report import BASELINE, BacktestReport
from forecasting.scores import HUB_LEVELS, weighted_interval_score

AUTO = "auto"
SHARES = (0.2, 0.35)
_INSIDE_80 = [int(np.flatnonzero(np.isclose(HUB_LEVELS, end))[0]) for end in (0.1, 0.9)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "panel", nargs="?", type=Path, default=SHARED, help="CSV file: series, period, value"
    )
    given = parser.parse_args()
    panel = read_panel(given.panel)
    for of in (panel, other_series(panel)):
        report = _backtested(of)
        origins = len(set(report.origin.tolist()))
        print(
            f"\n{of.name}: {len(of.series)} series, {origins} "
            f"origins, {(report.months == 1).sum()} cells"
        )
        print(_table(report).to_string(), flush=True)


def _backtested(panel: Panel) -> BacktestReport:
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(panel.name, total=None)
        return backtest(
            panel.series,
            HORIZON,
            FIRST_ORIGIN,
            REFIT_EVERY,
            MODELS,
            every=EVERY,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _table(report: BacktestReport) -> pd.DataFrame:
    """One row a model: alone, and by how much each blend differs from `auto`."""
    months = report.months == 1
    keys, observed = report.key[months], np.log1p(report.observed[months])
    by_model = {
        name: np.log1p(report.quantiles[nth, months]) for nth, name in enumerate(report.models)
    }
    reference = by_model[BASELINE]
    own = _relative_log_wis(by_model[AUTO], reference, observed, keys)
    table = {}
    for name, quantiles in by_model.items():
        row = {
            "alone": _relative_log_wis(quantiles, reference, observed, keys),
            "c80": _inside(quantiles, observed),
        }
        for share in SHARES if name != AUTO else ():
            blend = (1 - share) * by_model[AUTO] + share * quantiles
            score = _relative_log_wis(blend, reference, observed, keys)
            row |= {f"{share:.0%}": score - own, f"c80 at {share:.0%}": _inside(blend, observed)}
        table[name] = row
    return pd.DataFrame.from_dict(table, orient="index").sort_values("alone").round(4)


def _relative_log_wis(quantiles: Array, reference: Array, observed: Array, keys: Array) -> float:
    """Geometric mean over series of the ratio of sums of scores; quantiles (cells, 23), on logs."""
    scores = pd.DataFrame(
        {
            "own": weighted_interval_score(quantiles, HUB_LEVELS, observed),
            "reference": weighted_interval_score(reference, HUB_LEVELS, observed),
        }
    )
    sums = scores.groupby(keys).sum()
    return float(np.exp(np.log(sums.own / sums.reference).mean()))


def _inside(quantiles: Array, observed: Array) -> float:
    lower, upper = (quantiles[:, end] for end in _INSIDE_80)
    return float(np.mean((lower <= observed) & (observed <= upper)))


if __name__ == "__main__":
    main()
