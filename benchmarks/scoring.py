"""Scores of forecasts that are tables: model, series, origin, horizon and seven quantiles.

The measures are those of the comparison that this project set out from:

relWIS, logWIS   weighted interval score relative to a reference model, on counts and on log(1 +
                 count): sums over the cells of a series, then the geometric mean of the ratio over
                 series
h1 ... h7-12     logWIS by months ahead; SW: logWIS of the southwest border alone
MASE             mean absolute error of the median over the in-sample one of the seasonal naive
c50, c80, c95    share of outcomes inside the central intervals
"""

import numpy as np
import pandas as pd

from forecasting import MonthlySeries
from forecasting.arrays import Array
from forecasting.scores import seasonal_scale, weighted_interval_score

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
QUANTILES = [f"q{level:g}" for level in LEVELS]
CELL = ["series", "origin", "horizon"]
HORIZONS = {"h1": (1, 1), "h1-3": (1, 3), "h4-6": (4, 6), "h7-12": (7, 12)}
ERAS = {
    "2012-17": ("2000-01", "2017-12"),
    "2018-22": ("2018-01", "2022-12"),
    "2023-": ("2023-01", "2099-12"),
}
SOUTHWEST = ("usbp/southwest", "usbp.southwest")


def scored(forecasts: pd.DataFrame, series: dict[str, MonthlySeries]) -> pd.DataFrame:
    """The forecasts that have an outcome, with their scores."""
    rows = forecasts.copy()
    rows["origin"] = rows.origin.astype(str).str[:7]
    figures = {
        (key, str(month)): value
        for key, one in series.items()
        for month, value in zip(one.months, one.values, strict=True)
        if not np.isnan(value)
    }
    target = pd.PeriodIndex(rows.origin, freq="M") + rows.horizon.to_numpy()
    rows["value"] = [
        figures.get(cell, np.nan) for cell in zip(rows.series, target.astype(str), strict=True)
    ]
    rows = rows[rows.value.notna()].copy()
    quantiles, outcome = (
        np.sort(rows[QUANTILES].to_numpy(float), axis=1),
        rows.value.to_numpy(float),
    )
    rows["wis"] = weighted_interval_score(quantiles, LEVELS, outcome)
    rows["log_wis"] = weighted_interval_score(np.log1p(quantiles), LEVELS, np.log1p(outcome))
    scale = {
        cell: seasonal_scale(series[cell[0]].values[: _row(series[cell[0]], cell[1]) + 1])
        for cell in set(zip(rows.series, rows.origin, strict=True))
    }
    by_cell = np.array([scale[cell] for cell in zip(rows.series, rows.origin, strict=True)])
    rows["scaled"] = np.abs(outcome - quantiles[:, 3]) / by_cell
    for name, ends in {"c50": (2, 4), "c80": (1, 5), "c95": (0, 6)}.items():
        rows[name] = (outcome >= quantiles[:, ends[0]]) & (outcome <= quantiles[:, ends[1]])
    return rows


def common(rows: pd.DataFrame) -> pd.DataFrame:
    """The cells that every model has forecast."""
    models = rows.model.nunique()
    return rows[rows.groupby(CELL).model.transform("nunique") == models]


def overall(rows: pd.DataFrame, counts_reference: str, logs_reference: str) -> pd.DataFrame:
    """One row a model, the best on logs first."""
    southwest = rows[rows.series.isin(SOUTHWEST)]
    columns = {
        "relWIS": ratio(rows, "wis", counts_reference),
        "logWIS": ratio(rows, "log_wis", logs_reference),
        "SW": ratio(southwest, "log_wis", logs_reference) if len(southwest) else np.nan,
        **{
            name: ratio(rows[rows.horizon.between(*ends)], "log_wis", logs_reference)
            for name, ends in HORIZONS.items()
        },
        "MASE": rows.groupby(["series", "model"]).scaled.mean().unstack().apply(_geometric_mean),
    }
    coverage = rows.groupby("model")[["c50", "c80", "c95"]].mean()
    return pd.DataFrame(columns).join(coverage).sort_values("logWIS").round(3)


def by_group(rows: pd.DataFrame, logs_reference: str) -> pd.DataFrame:
    """One model's rows beside the reference's: logWIS, coverage by horizon, era, worst series."""
    target = (pd.PeriodIndex(rows.origin, freq="M") + rows.horizon.to_numpy()).astype(str)
    groups = {name: rows.horizon.between(*ends).to_numpy() for name, ends in HORIZONS.items()}
    groups |= {name: (target >= ends[0]) & (target <= ends[1]) for name, ends in ERAS.items()}
    lines = {}
    for name, chosen in groups.items():
        part = rows[chosen]
        if part.empty:
            continue
        own = part[part.model != logs_reference]
        lines[name] = [
            ratio(part, "log_wis", logs_reference).drop(logs_reference).iloc[0],
            *own[["c50", "c80", "c95"]].mean(),
        ]
    return pd.DataFrame.from_dict(
        lines, orient="index", columns=["logWIS", "c50", "c80", "c95"]
    ).round(3)


def ratio(rows: pd.DataFrame, score: str, reference: str) -> pd.Series:
    """Geometric mean over series of a model's sum of scores over the reference's, by model.

    A series that the reference forecast without any error has no ratio and is left out.
    """
    sums = rows.groupby(["series", "model"])[score].sum().unstack()
    sums = sums[sums[reference] > 0]
    return sums.div(sums[reference], axis=0).apply(_geometric_mean)


def _geometric_mean(values: pd.Series) -> float:
    return float(np.exp(np.log(values).mean()))


def _row(series: MonthlySeries, month: str) -> int:
    return [str(one) for one in series.months].index(month)


def interval_ends(paths: Array, months: int) -> Array:
    """Quantiles of the sum of the first `months` months of paths (draws, horizon), (7,)."""
    return np.asarray(np.quantile(paths[:, :months].sum(axis=1), LEVELS, method="hazen"))
