"""Filling gaps for the models that cannot skip them."""

import numpy as np

from forecasting.arrays import Array
from forecasting.series import MonthlySeries


def filled_log_values(series: MonthlySeries) -> Array:
    """(n,) log(1 + count) with missing months on the straight line between their neighbors.

    Filled months add no more to a sum of squared changes than the one change that they divide, so a
    variance is that sum over the number of *observed* months.
    """
    months = np.arange(len(series))
    at = series.is_observed
    return np.interp(months, months[at], series.log_values[at])
