"""The theta method on logs: simple exponential smoothing with half the trend as drift, by statsmodels."""

import numpy as np
from statsmodels.tsa.forecasting.theta import ThetaModel

from forecasting.distribution import Parameters
from forecasting.models.gaps import filled_log_values
from forecasting.models.gaussian import GaussianFit, innovations_covariance
from forecasting.models.model import LONGEST_HORIZON, require_movement, require_observed
from forecasting.series import MonthlySeries

_FEWEST_OBSERVED = 10
_SEASON_NEEDS = 36
"""Observed months from which on a season is removed, where a test finds one."""


def fit(series: MonthlySeries, _start: Parameters | None) -> GaussianFit:
    """Fit smoothing and drift to the seasonally adjusted series.

    Errors are those of the method's state-space form, simple exponential smoothing with drift (Hyndman &
    Billah 2003, International Journal of Forecasting 19(2)). Raises FitError below 10 months or where all
    values are equal.
    """
    require_observed(series, _FEWEST_OBSERVED)
    require_movement(series)
    logs = filled_log_values(series)
    last = logs[-1]
    seasonal = series.observed_count >= _SEASON_NEEDS
    results = ThetaModel(logs - last, period=12, deseasonalize=seasonal, method="additive").fit()
    drift, smoothing = (float(value) for value in results.params)
    variance = float(results.sigma2) * len(series) / series.observed_count
    weights = np.append(1.0, np.full(LONGEST_HORIZON - 1, smoothing))
    return GaussianFit(
        mean=np.asarray(results.forecast(LONGEST_HORIZON), dtype=np.float64) + last,
        covariance=innovations_covariance(weights, variance),
        parameters={"drift": (drift,), "smoothing": (smoothing,), "variance": (variance,)},
    )
