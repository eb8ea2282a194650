"""The forecaster that we stand for: a bank of filters, combined and calibrated on its own past.

`forecasting.auto` has the method, docs/method.md its description.
"""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.dependence import Windows, complete_windows, error_correlation
from forecasting.auto.hindcast import Hindcast, compute_hindcast
from forecasting.auto.log_offset import log_offset
from forecasting.auto.partial_pooling import LearnedPooling, NoPooling, PartialPooling
from forecasting.auto.skewed_t import (
    evenly_spread_t_values,
    log_skew_by_horizon,
    standardized_last_value,
)
from forecasting.auto.spread import implied_covariance
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitWarning
from forecasting.models.gaussian import LEAST_DEVIATION
from forecasting.pool import Pool
from forecasting.series import LONGEST_HORIZON, MonthlySeries

_JITTER = 1e-9


@dataclass(frozen=True, eq=False)
class AutoFit:
    """The distribution of the 36 months after a series' end, of log(offset + count).

    center: (36,) medians; lower, upper: (36,) mean absolute errors of each side; skew: (36,) how
    much shorter in logs the upper side is, and how much longer the lower one; correlation:
    (36, 36) of the months' normal scores
    """

    center: Array
    lower: Array
    upper: Array
    skew: Array
    correlation: Array
    offset: float
    parameters: Parameters
    warnings: tuple[FitWarning, ...] = ()

    def simulate(self, horizon: int, draws: int, rng: np.random.Generator) -> Array:
        """Paths of log(1 + count), (draws, horizon), with exact distributions in every month.

        A Gaussian copula gives the ranks, evenly spread quantiles the values, as in
        `gaussian_paths`.
        """
        factor = np.linalg.cholesky(
            self.correlation[:horizon, :horizon] + _JITTER * np.eye(horizon)
        )
        order = (rng.standard_normal((draws, horizon)) @ factor.T).argsort(axis=0, kind="stable")
        unit = evenly_spread_t_values(draws, LONGEST_HORIZON)[:horizon].T
        below, above = self.lower * np.exp(self.skew), self.upper * np.exp(-self.skew)
        spread = np.where(unit > 0, above[:horizon], below[:horizon])
        counts = np.exp(self.center[:horizon] + spread * unit) - self.offset
        paths = np.empty_like(counts)
        np.put_along_axis(paths, order, np.log1p(np.maximum(counts, 0.0)), axis=0)
        return paths


def fit(series: MonthlySeries, _start: Parameters | None, pool: Pool | None = None) -> AutoFit:
    """Run the filters over the series and calibrate on their past; succeeds for every series.

    There is nothing that an earlier fit could start.

    pool: what all series say; of it only the rows up to the end of `series` are used. Without it
        the series' own past counts for more.
    """
    offset = log_offset(series.values)
    logs = np.log(offset + series.values)[:, None]
    pooling: PartialPooling = (
        NoPooling() if pool is None else LearnedPooling(pool.rows(series.start, len(series)))
    )
    past = compute_hindcast(logs, series.start.month - 1, LONGEST_HORIZON, pooling)
    weights = past.weights[-1, 0]
    if pool is None:
        windows = complete_windows(logs, past.points, past.spread, np.zeros(len(series)))
    else:
        windows = Windows(*pool.through(series.end))
    return AutoFit(
        center=past.points[-1, 0],
        lower=np.maximum(past.lower[-1, 0], LEAST_DEVIATION),
        upper=np.maximum(past.upper[-1, 0], LEAST_DEVIATION),
        skew=log_skew_by_horizon(standardized_last_value(logs[:, 0]), LONGEST_HORIZON),
        correlation=error_correlation(
            np.tensordot(weights, implied_covariance(LONGEST_HORIZON), 1), windows
        ),
        offset=offset,
        parameters=_parameters(past),
    )


def _parameters(past: Hindcast) -> Parameters:
    """What the last month's forecast was made of."""
    return {
        "weights": tuple(past.weights[-1, 0].tolist()),
        "share of the last value": tuple(past.share[-1, 0].tolist()),
        "volatility": (float(past.scale[-1, 0]),),
        "spread": tuple(past.spread[-1, 0].tolist()),
    }
