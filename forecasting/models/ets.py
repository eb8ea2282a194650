"""Exponential smoothing with additive errors on logs, fitted by statsmodels, its form chosen by AICc."""

from typing import Any

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.models.gaps import filled_log_values
from forecasting.models.gaussian import GaussianFit, innovations_covariance
from forecasting.models.model import LONGEST_HORIZON, FitError, has_season, require_fittable
from forecasting.models.state_space import named
from forecasting.series import MonthlySeries

_ITERATIONS = 500
_LEVEL: dict[str, Any] = {}
_DAMPED_TREND: dict[str, Any] = {"trend": "add", "damped_trend": True}
_SEASON: dict[str, Any] = {"seasonal": "add", "seasonal_periods": 12}


def fit(series: MonthlySeries, _start: Parameters | None) -> GaussianFit:
    """Fit level, level with damped trend, and level with season; keep the one of least AICc.

    A trend that is not damped and a trend with a season are left out: on these series both are how
    exponential smoothing explodes. Raises FitError below 10 months or where all values are equal.
    """
    require_fittable(series)
    logs = filled_log_values(series)
    last = logs[-1]
    forms = [_LEVEL, _DAMPED_TREND]
    if has_season(series):
        forms.append(_SEASON)
    fits = [ETSModel(logs - last, error="add", **form).fit(maxiter=_ITERATIONS, disp=False) for form in forms]
    results = min((one for one in fits if np.isfinite(one.aicc)), key=lambda one: one.aicc, default=None)
    if results is None:
        raise FitError("no form of exponential smoothing has a finite likelihood")
    freedom = series.observed_count - len(results.params)
    if freedom < 1:
        raise FitError(f"{len(results.params)} parameters for {series.observed_count} observed months")
    parameters = named(results.model.param_names, results.params)
    covariance = innovations_covariance(_weights(parameters), float(np.sum(results.resid**2)) / freedom)
    return GaussianFit(results.forecast(LONGEST_HORIZON) + last, covariance, parameters)


def _weights(parameters: Parameters) -> Array:
    """What an innovation adds to the months after it, (36,), its own month first.

    Hyndman, Koehler, Ord & Snyder (2008), table 6.2, in the smoothing parameters of statsmodels.
    """
    level, trend, damping, season = (
        parameters.get(name, (0.0,))[0]
        for name in ("smoothing_level", "smoothing_trend", "damping_trend", "smoothing_seasonal")
    )
    ahead = np.arange(1, LONGEST_HORIZON)
    weights = level + trend * np.cumsum(damping**ahead) + season * (ahead % 12 == 0)
    return np.append(1.0, weights)
