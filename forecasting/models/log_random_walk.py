"""The log random walk: next month is this month times a random factor.

The baseline of every comparison.
"""

import numpy as np

from forecasting.distribution import Parameters
from forecasting.models.gaussian import LEAST_DEVIATION, GaussianFit, innovations_covariance
from forecasting.series import LONGEST_HORIZON, MonthlySeries


def fit(series: MonthlySeries, _start: Parameters | None) -> GaussianFit:
    """Fit the standard deviation of monthly changes; succeeds for every series."""
    deviation = monthly_deviation(series)
    return GaussianFit(
        mean=np.full(LONGEST_HORIZON, series.log_values[-1]),
        covariance=innovations_covariance(np.ones(LONGEST_HORIZON), deviation**2),
        parameters={"deviation": (deviation,)},
    )


def monthly_deviation(series: MonthlySeries) -> float:
    """Standard deviation of a month's change of log(1 + count), with mean zero.

    The change over a gap of g months has g times the variance of one month's, so its square is
    divided by g. At least `LEAST_DEVIATION`.
    """
    at = np.flatnonzero(series.is_observed)
    changes, months = np.diff(series.log_values[at]), np.diff(at)
    if not changes.size:
        return LEAST_DEVIATION
    return max(float(np.sqrt(np.mean(changes**2 / months))), LEAST_DEVIATION)
