"""Forecasts by statsforecast, in an environment of its own: run by `benchmarks.peers`, not by hand.

Reads a panel from a CSV file, forecasts from the origins listed in another, and writes quantiles;
with `time` it forecasts from the last origin only and writes the seconds that the four models took.
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoARIMA, AutoCES, AutoETS, AutoTheta, Naive, SeasonalNaive

SEASON, HORIZON = 12, 12
ENDS = {"lo-95": "q0.025", "lo-80": "q0.1", "lo-50": "q0.25", "": "q0.5"}
ENDS |= {"hi-50": "q0.75", "hi-80": "q0.9", "hi-95": "q0.975"}


def four_models() -> list[Any]:
    """Those of the usual ensemble, by the names of the table."""
    return [
        AutoETS(season_length=SEASON, alias="AutoETS_log"),
        AutoARIMA(season_length=SEASON, approximation=True, alias="AutoARIMAapprox_log"),
        AutoTheta(season_length=SEASON, alias="AutoTheta_log"),
        AutoCES(season_length=SEASON, alias="AutoCES_log"),
    ]


def forecast(figures: pd.DataFrame, models: list[Any], *, logs: bool) -> pd.DataFrame:
    """Quantiles of the months after each series' last figure."""
    given = figures.assign(y=np.log1p(figures.y)) if logs else figures
    engine = StatsForecast(models=models, freq="MS", n_jobs=1, fallback_model=Naive())
    made = engine.forecast(df=given, h=HORIZON, level=[50, 80, 95])
    parts = []
    for model in models:
        name = str(model)
        part = pd.DataFrame({"model": name, "series": made.unique_id, "target": made.ds})
        for end, column in ENDS.items():
            values = made[f"{name}-{end}" if end else name].to_numpy()
            part[column] = np.maximum(np.expm1(values) if logs else values, 0)
        part["horizon"] = part.groupby("series").cumcount() + 1
        parts.append(part)
    return pd.concat(parts)


def main(panel: str, origins: str, result: str, what: str) -> None:
    figures = pd.read_csv(panel).rename(columns={"series": "unique_id", "value": "y"})
    figures["ds"] = pd.to_datetime(figures.period)
    todo = pd.read_csv(origins)
    made, seconds = [], []
    for origin, rows in todo.groupby("origin"):
        known = figures[(figures.ds <= pd.Timestamp(origin)) & figures.unique_id.isin(rows.series)]
        known = known[["unique_id", "ds", "y"]]
        began = time.process_time()
        parts = [forecast(known, four_models(), logs=True)]
        seconds.append((time.process_time() - began) / rows.series.nunique())
        if what != "time":
            parts.append(forecast(known, [Naive(alias="Naive_log")], logs=True))
            reference = [SeasonalNaive(season_length=SEASON, alias="SeasonalNaive_raw")]
            parts.append(forecast(known, reference, logs=False))
        made.append(pd.concat(parts).assign(origin=origin))
        print(origin, f"{seconds[-1]:.2f} s a series", file=sys.stderr, flush=True)
    columns = ["model", "series", "origin", "horizon", *ENDS.values()]
    pd.concat(made)[columns].round(1).to_csv(result, index=False)
    Path(result).with_suffix(".seconds").write_text(" ".join(f"{one:.4f}" for one in seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
