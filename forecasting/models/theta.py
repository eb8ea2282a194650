"""The theta method on logs: simple exponential smoothing with half the trend as drift, by statsmodels."""

import numpy as np
from statsmodels.tsa.forecasting.theta import ThetaModel

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.models.gaps import filled_log_values
from forecasting.models.gaussian import GaussianFit, innovations_covariance
from forecasting.models.model import LONGEST_HORIZON, has_season, require_fittable
from forecasting.series import MonthlySeries

_ESTIMATED = 2
"""Smoothing and drift, which the variance has to pay for."""


def fit(series: MonthlySeries, _start: Parameters | None) -> GaussianFit:
    """Fit smoothing and trend to the series, seasonally adjusted where a test finds a season.

    Errors are those of the method's state-space form, simple exponential smoothing with drift (Hyndman &
    Billah 2003, International Journal of Forecasting 19(2)). The intervals of statsmodels are not used: they
    grow by 1 + (alpha - 1)^2 a month, where this form gives alpha^2, and take the variance of the series
    before its season is removed.
    Raises FitError below 10 months or where all values are equal.
    """
    require_fittable(series)
    logs = filled_log_values(series)
    last = logs[-1]
    results = ThetaModel(logs - last, period=12, deseasonalize=has_season(series), method="additive").fit()
    trend, smoothing = (float(value) for value in results.params)
    season = results.forecast_components(12)["seasonal"].to_numpy()
    adjusted = logs - season[(np.arange(logs.size) - logs.size) % 12]
    errors = _one_step_errors(adjusted, smoothing, trend / 2)
    variance = float(np.sum(errors**2)) / (series.observed_count - 1 - _ESTIMATED)
    weights = np.append(1.0, np.full(LONGEST_HORIZON - 1, smoothing))
    return GaussianFit(
        mean=np.asarray(results.forecast(LONGEST_HORIZON), dtype=np.float64) + last,
        covariance=innovations_covariance(weights, variance),
        parameters={"trend": (trend,), "smoothing": (smoothing,), "variance": (variance,)},
    )


def _one_step_errors(adjusted: Array, smoothing: float, drift: float) -> Array:
    """(n - 1,) errors of simple exponential smoothing with drift that starts at the first value."""
    errors = np.empty(adjusted.size - 1)
    level = adjusted[0]
    for month, value in enumerate(adjusted[1:]):
        errors[month] = value - level - drift
        level += drift + smoothing * errors[month]
    return errors
