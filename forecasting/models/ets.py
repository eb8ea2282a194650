"""Exponential smoothing with additive errors on logs, by statsmodels, its form by AICc."""

from typing import Any

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitError
from forecasting.models.gaps import filled_log_values
from forecasting.models.gaussian import GaussianFit, innovations_covariance
from forecasting.models.model import has_season, require_fittable
from forecasting.models.state_space import named_parameters, ordered_values
from forecasting.series import LONGEST_HORIZON, MonthlySeries

_ITERATIONS = 500
_LEVEL: dict[str, Any] = {}
_DAMPED_TREND: dict[str, Any] = {"trend": "add", "damped_trend": True}
_SEASON: dict[str, Any] = {"seasonal": "add", "seasonal_periods": 12}
_INITIAL_LEVEL = "initial_level"


def fit(series: MonthlySeries, _start: Parameters | None) -> GaussianFit:
    """Fit level, level with damped trend, and level with season; keep the one of least AICc.

    A trend that is not damped and a trend with a season are left out: on these series both are how
    exponential smoothing explodes. Raises FitError below 10 months or where all values are equal.
    """
    fits = [model.fit(maxiter=_ITERATIONS, disp=False) for model in _models(series)]
    results = min(
        (one for one in fits if np.isfinite(one.aicc)), key=lambda one: one.aicc, default=None
    )
    if results is None:
        raise FitError("no_finite_likelihood")
    return _forecast(results, series)


def refilter(series: MonthlySeries, parameters: Parameters) -> GaussianFit:
    """Smooth the series with the form, the weights and the initial states of an earlier fit.

    The variance is no parameter of exponential smoothing but the mean square of its errors, the new
    ones included.
    """
    names = set(parameters)
    model = next((one for one in _models(series) if set(one.param_names) == names), None)
    if model is None:
        raise FitError("unknown_form", given=", ".join(parameters))
    values = ordered_values(model.param_names, parameters)
    values[model.param_names.index(_INITIAL_LEVEL)] -= series.log_values[-1]
    return _forecast(model.smooth(values), series)


def _models(series: MonthlySeries) -> list[ETSModel]:
    """The forms of exponential smoothing that a series can have, on logs relative to the last."""
    require_fittable(series)
    logs = filled_log_values(series)
    forms = [_LEVEL, _DAMPED_TREND, *([_SEASON] if has_season(series) else [])]
    return [ETSModel(logs - logs[-1], error="add", **form) for form in forms]


def _forecast(results: Any, series: MonthlySeries) -> GaussianFit:
    freedom = series.observed_count - len(results.params)
    if freedom < 1:
        raise FitError(
            "too_many_parameters",
            parameters=len(results.params),
            observed=series.observed_count,
        )
    last = float(series.log_values[-1])
    parameters = dict(named_parameters(results.model.param_names, results.params))
    parameters[_INITIAL_LEVEL] = (parameters[_INITIAL_LEVEL][0] + last,)
    covariance = innovations_covariance(
        _weights(parameters), float(np.sum(results.resid**2)) / freedom
    )
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
