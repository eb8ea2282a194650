"""The airline model on logs: a seasonal ARIMA of fixed order, fitted by statsmodels."""

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.models.gaussian import GaussianFit
from forecasting.models.model import LONGEST_HORIZON, require_movement
from forecasting.models.state_space import forecast_moments, named, warm_start
from forecasting.series import MonthlySeries

_ORDER = (0, 1, 1)
_SEASONAL_ORDER = (0, 1, 1, 12)
_SEASON_NEEDS = 36
"""Observed months from which on a season is estimated: three of each calendar month."""
_ITERATIONS = 200
_INSIDE = 0.95
"""Largest moving-average coefficient that a warm start gives: at 1 the optimiser's own scale is infinite."""


def fit(series: MonthlySeries, start: Parameters | None) -> GaussianFit:
    """Fit ARIMA(0,1,1)(0,1,1)[12] (Box & Jenkins 1976, section 9.2), or its monthly half below 36 months.

    Differencing is part of the state, so that missing months lose nothing but themselves.
    Raises FitError where all values are equal.
    """
    require_movement(series)
    last = series.log_values[-1]
    seasonal = series.observed_count >= _SEASON_NEEDS
    model = SARIMAX(
        series.log_values - last, order=_ORDER, seasonal_order=_SEASONAL_ORDER if seasonal else (0, 0, 0, 0)
    )
    results = model.fit(
        start_params=_invertible(warm_start(model.param_names, start)),
        maxiter=_ITERATIONS,
        cov_type="none",
        disp=False,
    )
    mean, covariance = forecast_moments(results, LONGEST_HORIZON)
    return GaussianFit(mean + last, covariance, named(model.param_names, results.params))


def _invertible(start: Array | None) -> Array | None:
    """Coefficients first, variance last, as SARIMAX orders them."""
    return None if start is None else np.append(np.clip(start[:-1], -_INSIDE, _INSIDE), start[-1])
