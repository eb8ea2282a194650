"""Local level and slowly changing season: a structural model on logs, by statsmodels."""

from typing import Any

import numpy as np
from statsmodels.tsa.statespace.structural import UnobservedComponents

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.models.gaussian import GaussianFit
from forecasting.models.model import has_season, require_fittable
from forecasting.models.state_space import (
    forecast_moments,
    named_parameters,
    ordered_values,
    warm_start,
)
from forecasting.series import LONGEST_HORIZON, MonthlySeries

_ITERATIONS = 200
_LEAST_SHARE = 0.01
"""Least share of the total variance that a warm start gives a component: at zero the likelihood is
flat, and the optimizer would never leave it."""


def fit(series: MonthlySeries, start: Parameters | None) -> GaussianFit:
    """Fit the variances of level, season and irregular by maximum likelihood.

    Missing months need no filling.

    The season is trigonometric with all six harmonics and one variance (Harvey 1989, section
    2.3.4), left out where fewer than 36 months are observed. Raises FitError below 10 months or
    where all values are equal.
    """
    model = _model(series)
    results = model.fit(
        start_params=_variances(warm_start(model.param_names, start)),
        maxiter=_ITERATIONS,
        cov_type="none",
        disp=False,
    )
    return _forecast(results, series)


def refilter(series: MonthlySeries, parameters: Parameters) -> GaussianFit:
    """Filter the series with the variances of an earlier fit."""
    model = _model(series)
    return _forecast(
        model.filter(ordered_values(model.param_names, parameters), cov_type="none"), series
    )


def _model(series: MonthlySeries) -> Any:
    require_fittable(series)
    seasonal = has_season(series)
    return UnobservedComponents(
        series.log_values - series.log_values[-1],
        level="local level",
        freq_seasonal=[{"period": 12, "harmonics": 6}] if seasonal else None,
        stochastic_freq_seasonal=[True] if seasonal else None,
    )


def _forecast(results: Any, series: MonthlySeries) -> GaussianFit:
    mean, covariance = forecast_moments(results, LONGEST_HORIZON)
    parameters = named_parameters(results.model.param_names, results.params)
    return GaussianFit(mean + series.log_values[-1], covariance, parameters)


def _variances(start: Array | None) -> Array | None:
    return None if start is None else np.maximum(start, _LEAST_SHARE * start.sum())
