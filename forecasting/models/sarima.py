"""The airline model on logs: a seasonal ARIMA of fixed order, fitted by statsmodels."""

from typing import Any

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.models.gaussian import GaussianFit
from forecasting.models.log_random_walk import monthly_deviation
from forecasting.models.model import has_season, require_fittable
from forecasting.models.state_space import (
    forecast_moments,
    named_parameters,
    ordered_values,
    warm_start,
)
from forecasting.series import LONGEST_HORIZON, MonthlySeries

_ORDER = (0, 1, 1)
_SEASONAL_ORDER = (0, 1, 1, 12)
_COEFFICIENTS = (-0.4, -0.6)
"""Where a cold fit starts: near those of the airline passengers (Box & Jenkins 1976, section
9.2)."""
_ITERATIONS = 200
_INSIDE = 0.95
"""Largest moving-average coefficient that a warm start gives: at 1 the optimizer's own scale is
infinite."""


def fit(series: MonthlySeries, start: Parameters | None) -> GaussianFit:
    """Fit ARIMA(0,1,1)(0,1,1)[12] (Box & Jenkins 1976, section 9.2).

    Below 36 months, its monthly half.

    Differencing is part of the state, so that missing months lose nothing but themselves.
    Raises FitError below 10 months or where all values are equal.
    """
    model = _model(series)
    results = model.fit(
        start_params=_start(warm_start(model.param_names, start), series),
        maxiter=_ITERATIONS,
        cov_type="none",
        disp=False,
    )
    return _forecast(results, series)


def refilter(series: MonthlySeries, parameters: Parameters) -> GaussianFit:
    """Filter the series with the coefficients and the variance of an earlier fit."""
    model = _model(series)
    return _forecast(
        model.filter(ordered_values(model.param_names, parameters), cov_type="none"), series
    )


def _model(series: MonthlySeries) -> Any:
    require_fittable(series)
    return SARIMAX(
        series.log_values - series.log_values[-1],
        order=_ORDER,
        seasonal_order=_SEASONAL_ORDER if has_season(series) else (0, 0, 0, 0),
    )


def _forecast(results: Any, series: MonthlySeries) -> GaussianFit:
    mean, covariance = forecast_moments(results, LONGEST_HORIZON)
    parameters = named_parameters(results.model.param_names, results.params)
    return GaussianFit(mean + series.log_values[-1], covariance, parameters)


def _start(warm: Array | None, series: MonthlySeries) -> Array:
    """Coefficients first, variance last, as SARIMAX orders them."""
    if warm is None:
        return np.array([*_COEFFICIENTS[: 1 + has_season(series)], monthly_deviation(series) ** 2])
    return np.append(np.clip(warm[:-1], -_INSIDE, _INSIDE), warm[-1])
