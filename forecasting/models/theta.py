"""The theta method on logs: simple exponential smoothing plus half the trend, by statsmodels."""

import numpy as np
from statsmodels.tsa.forecasting.theta import ThetaModel

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitError
from forecasting.models.gaps import filled_log_values
from forecasting.models.gaussian import GaussianFit, innovations_covariance
from forecasting.models.model import has_season, require_fittable
from forecasting.series import LONGEST_HORIZON, MonthlySeries

_PARAMETERS = ("trend", "smoothing", "season")
_ESTIMATED = 2
"""Smoothing and drift, which the variance has to pay for."""


def fit(series: MonthlySeries, _start: Parameters | None) -> GaussianFit:
    """Fit smoothing and trend to the series, seasonally adjusted where a test finds a season.

    Errors are those of the method's state-space form, simple exponential smoothing with drift
    (Hyndman & Billah 2003, International Journal of Forecasting 19(2)). The intervals of
    statsmodels are not used: they grow by 1 + (alpha - 1)^2 a month, where this form gives alpha^2,
    and take the variance of the series before its season is removed.
    Raises FitError below 10 months or where all values are equal.
    """
    require_fittable(series)
    logs = filled_log_values(series)
    results = ThetaModel(
        logs - logs[-1], period=12, deseasonalize=has_season(series), method="additive"
    ).fit()
    trend, smoothing = (float(value) for value in results.params)
    ahead = results.forecast_components(12)["seasonal"].to_numpy()
    return _forecast(series, trend, smoothing, season=np.roll(ahead, (series.end + 1).month - 1))


def refilter(series: MonthlySeries, parameters: Parameters) -> GaussianFit:
    """Smooth the series with the smoothing, trend and season of an earlier fit.

    The variance is the mean square of the errors, the new ones included.
    """
    require_fittable(series)
    if set(parameters) != set(_PARAMETERS):
        raise FitError(
            "other_parameters", given=", ".join(parameters), expected=", ".join(_PARAMETERS)
        )
    (trend,), (smoothing,) = parameters["trend"], parameters["smoothing"]
    return _forecast(series, trend, smoothing, np.array(parameters["season"]))


def _forecast(series: MonthlySeries, trend: float, smoothing: float, season: Array) -> GaussianFit:
    """season: (12,) by calendar month, 0 where there is none."""
    logs, drift = filled_log_values(series), trend / 2
    months = series.start.month - 1 + np.arange(logs.size + LONGEST_HORIZON)
    seasonal = season[months % 12]
    errors, level = _smoothed(logs - seasonal[: logs.size], smoothing, drift)
    variance = float(np.sum(errors**2)) / (series.observed_count - 1 - _ESTIMATED)
    weights = np.append(1.0, np.full(LONGEST_HORIZON - 1, smoothing))
    return GaussianFit(
        mean=level + drift * np.arange(1, LONGEST_HORIZON + 1) + seasonal[logs.size :],
        covariance=innovations_covariance(weights, variance),
        parameters={"trend": (trend,), "smoothing": (smoothing,), "season": tuple(season.tolist())},
    )


def _smoothed(adjusted: Array, smoothing: float, drift: float) -> tuple[Array, float]:
    """Errors (n - 1,) and last level of exponential smoothing with drift from the first value."""
    errors = np.empty(adjusted.size - 1)
    level = adjusted[0]
    for month, value in enumerate(adjusted[1:]):
        errors[month] = value - level - drift
        level += drift + smoothing * errors[month]
    return errors, float(level)
