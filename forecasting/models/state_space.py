"""Forecast moments of a fitted linear Gaussian state-space model, and its parameters."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitError


def forecast_moments(results: Any, horizon: int) -> tuple[Array, Array]:
    """Joint mean (horizon,) and covariance (horizon, horizon) of the months after the sample.

    results: of a statsmodels state-space model of one series with time-invariant matrices and no
    intercepts. Durbin & Koopman (2012), Time Series Analysis by State Space Methods, section 4.11,
    with cov(y_i, y_j) = Z T^(j-i) P_i Z' for j > i.
    """
    ssm = results.model.ssm
    design, transition, selection = ssm["design"][0], ssm["transition"], ssm["selection"]
    noise = selection @ ssm["state_cov"] @ selection.T
    state, uncertainty = results.predicted_state[:, -1], results.predicted_state_cov[:, :, -1]
    mean = np.empty(horizon)
    covariance = np.empty((horizon, horizon))
    for i in range(horizon):
        mean[i] = design @ state
        shared = uncertainty @ design
        for j in range(i, horizon):
            covariance[i, j] = covariance[j, i] = design @ shared
            shared = transition @ shared
        covariance[i, i] += ssm["obs_cov"][0, 0]
        state = transition @ state
        uncertainty = transition @ uncertainty @ transition.T + noise
    return mean, covariance


def named_parameters(names: Sequence[str], values: Array) -> Parameters:
    """Parameters by the names that statsmodels gives them."""
    return {name: (float(value),) for name, value in zip(names, values, strict=True)}


def warm_start(names: Sequence[str], start: Parameters | None) -> Array | None:
    """The values of an earlier fit in the order of `names`, (k,), or None if of another model."""
    if start is None or set(start) != set(names):
        return None
    return np.array([start[name][0] for name in names])


def ordered_values(names: Sequence[str], parameters: Parameters) -> Array:
    """The values of an earlier fit in the order of `names`, (k,).

    Raises FitError where these are others.
    """
    values = warm_start(names, parameters)
    if values is None:
        raise FitError("other_parameters", given=", ".join(parameters), expected=", ".join(names))
    return values
