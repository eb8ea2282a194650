"""The log random walk: next month is this month times a random factor. The baseline of every comparison."""

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.models.gaussian import GaussianFit
from forecasting.series import MonthlySeries

LEAST_DEVIATION = 0.01
"""Least standard deviation of a month's change on the log scale. A series that has not moved yet is still
not known to be constant: first published figures alone move by up to 1.3 % within a month."""


def fit(series: MonthlySeries, _start: Parameters | None) -> GaussianFit:
    """Fit the standard deviation of monthly changes; always succeeds."""
    last = float(series.log_values[-1])
    deviation = monthly_deviation(series)

    def moments(horizon: int) -> tuple[Array, Array]:
        ahead = np.arange(1.0, horizon + 1)
        return np.full(horizon, last), deviation**2 * np.minimum.outer(ahead, ahead)

    return GaussianFit(moments, {"deviation": (deviation,)})


def monthly_deviation(series: MonthlySeries) -> float:
    """Standard deviation of a month's change of log(1 + count), with mean zero.

    The change over a gap of g months has g times the variance of one month's, so its square is divided by g.
    At least `LEAST_DEVIATION`.
    """
    at = np.flatnonzero(series.is_observed)
    changes, months = np.diff(series.log_values[at]), np.diff(at)
    if not changes.size:
        return LEAST_DEVIATION
    return max(float(np.sqrt(np.mean(changes**2 / months))), LEAST_DEVIATION)
