"""What each part of `auto` adds: `python -m benchmarks.parts [PANEL.csv]`.

`auto` is run with constants changed so that a part is left out or replaced, on the panel, on the
panel before 2012, and on the series of the bundled record that the panel does not hold. One pass
over the months gives what would have been forecast from each of them; every third one is scored,
relative to the log random walk.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.elsewhere import ORIGINS, competition
from benchmarks.panel import EVERY, FIRST_ORIGIN, HORIZON, SHARED, Panel, other_series, read_panel
from benchmarks.scoring import CELL, LEVELS, QUANTILES, common, ratio, scored
from forecasting import Month, MonthlySeries, forecast_many
from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.hindcast import compute_hindcast
from forecasting.auto.log_offset import log_offset
from forecasting.auto.partial_pooling import LearnedPooling, NoPooling, PartialPooling
from forecasting.auto.pool_learning import learn_pool
from forecasting.auto.skewed_t import (
    log_skew_by_horizon,
    standardized_last_value,
    unit_mean_absolute_t_quantiles,
)
from forecasting.backtest.report import BASELINE
from forecasting.models.gaussian import LEAST_DEVIATION
from forecasting.pool import Pool
from forecasting.series import FEWEST_OBSERVED, LONGEST_HORIZON

AUTO = "auto"
_EARLY = Month.parse("2003-12"), Month.parse("2010-12")
_NEVER = 1e9
"""Months of evidence that outweigh a prior where nothing shall be learned."""

VARIANTS: Mapping[str, Constants] = {
    AUTO: CONSTANTS,
    "weights: all equal": replace(CONSTANTS, weight_rate=0.0),
    "weights: errors of one month only": replace(CONSTANTS, weight_horizon=1),
    "season: none": replace(CONSTANTS, season=CONSTANTS.season[:1], trend_season=(0,)),
    "season: one instead of six": replace(CONSTANTS, season=((0.2, 0.011),), trend_season=(0,)),
    "noise: none": replace(CONSTANTS, noise=(0.0,), trend_noise=(0,)),
    "trends: none": replace(CONSTANTS, trend_noise=()),
    "trends: as likely as none": replace(CONSTANTS, trend_log_odds=0.0),
    "outliers and jumps: as any month": replace(CONSTANTS, innovation_clip=_NEVER),
    "reversion: none": replace(CONSTANTS, reversion=0.9999),
    "anchor: none": replace(
        CONSTANTS, shrinkage_prior=(0.0, 0.0), shrinkage_strength=(_NEVER, _NEVER)
    ),
    "anchor: its prior": replace(CONSTANTS, shrinkage_strength=(_NEVER, _NEVER)),
    "outliers: no uncertainty": replace(CONSTANTS, outlier_uncertainty=0.0),
    "volatility: the usual": replace(CONSTANTS, volatility_excess=0.0),
    "volatility: does not return": replace(CONSTANTS, volatility_persistence=1.0),
    "volatility: the series' own": replace(CONSTANTS, volatility_pool=0.0),
    "pool: none": replace(CONSTANTS, smallest_pool=10_000),
    "spread: its prior": replace(
        CONSTANTS, pool_strength=_NEVER, own_strength=_NEVER, own_strength_alone=_NEVER
    ),
    "spread: the pool's": replace(CONSTANTS, own_strength=_NEVER, own_strength_alone=_NEVER),
    "t: Gaussian": replace(CONSTANTS, degrees_of_freedom=(200.0, 200.0)),
    "lean: none": replace(CONSTANTS, skew=0.0),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "panel", nargs="?", type=Path, default=SHARED, help="CSV file: series, period, value"
    )
    parser.add_argument("--elsewhere", action="store_true", help="also M3, one series at a time")
    given = parser.parse_args()
    panel = read_panel(given.panel)
    since_2012 = _every_third(FIRST_ORIGIN, max(one.end for one in panel.series.values()))
    _show(panel, since_2012)
    _show(Panel(panel.series, f"{panel.name} before {FIRST_ORIGIN}"), _every_third(*_EARLY))
    _show(other_series(panel), since_2012)
    if given.elsewhere:
        _show(competition("m3"), set(ORIGINS), alone=True)


def _every_third(first: Month, last: Month) -> set[Month]:
    return {first + step for step in range(0, last - first + 1, EVERY)}


def _show(panel: Panel, origins: set[Month], *, alone: bool = False) -> None:
    """Print the scores of every variant on the same cells, with the panel's pool or `alone`."""
    cells = _baseline(panel, origins)
    for name, constants in VARIANTS.items():
        pool = None if alone else learn_pool(panel.series, constants)
        cells += [
            (name, key, str(origin), ahead, *counts)
            for key, series in panel.series.items()
            for origin, quantiles in _from_origins(series, origins, pool, constants)
            for ahead, counts in enumerate(quantiles, start=1)
        ]
    rows = common(
        scored(pd.DataFrame(cells, columns=["model", *CELL, *QUANTILES]), dict(panel.series))
    )
    by_model = rows.groupby("model")
    table = pd.DataFrame(
        {
            "logWIS": ratio(rows, "log_wis", BASELINE),
            "relWIS": ratio(rows, "wis", BASELINE),
            **{name: by_model[name].mean() for name in ("c50", "c80", "c95")},
        }
    )
    print(f"\n{panel.name}: {rows.series.nunique()} series, {len(rows) // len(by_model)} cells")
    print(table.loc[list(VARIANTS)].round(3).to_string(), flush=True)


def _from_origins(
    series: MonthlySeries, origins: set[Month], pool: Pool | None, constants: Constants
) -> Iterator[tuple[Month, Array]]:
    """Each origin with a figure of the series, and the quantiles (horizon, 7) forecast from it.

    As `forecasting.models.auto` makes them, but for the offset, which is that of the whole series.
    """
    offset = log_offset(series.values)
    logs = np.log(offset + series.values)[:, None]
    pooling: PartialPooling = (
        NoPooling() if pool is None else LearnedPooling(pool.rows(series.start, len(series)))
    )
    past = compute_hindcast(logs, series.start.month - 1, LONGEST_HORIZON, pooling, constants)
    unit = unit_mean_absolute_t_quantiles(LEVELS, HORIZON, constants)
    observed = np.cumsum(series.is_observed)
    for at, month in enumerate(series.months):
        if month in origins and series.is_observed[at] and observed[at] >= FEWEST_OBSERVED:
            skewed = log_skew_by_horizon(
                standardized_last_value(logs[: at + 1, 0]), HORIZON, constants
            )[:, None]
            sides = (past.upper, past.lower)
            upper, lower = (
                np.maximum(one[at, 0, :HORIZON, None], LEAST_DEVIATION) for one in sides
            )
            spread = np.where(unit > 0, upper * np.exp(-skewed), lower * np.exp(skewed))
            logs_ahead = past.points[at, 0, :HORIZON, None] + spread * unit
            yield month, np.maximum(np.exp(logs_ahead) - offset, 0.0)


def _baseline(panel: Panel, origins: set[Month]) -> list[tuple[object, ...]]:
    """The log random walk from the same origins."""
    return [
        (BASELINE, key, str(origin), ahead, *counts)
        for origin in sorted(origins)
        for key, made in forecast_many(panel.known_at(origin), HORIZON, BASELINE).items()
        for ahead, counts in enumerate(made.quantiles(LEVELS), start=1)
    ]


if __name__ == "__main__":
    main()
