"""What is added to counts before logs."""

import numpy as np

from forecasting.arrays import Array

_UNITS = (10.0, 100.0, 1000.0)
_WHOLE = 0.9
"""Share of figures that are whole multiples of a unit from which on they are taken for rounded to
it."""


def log_offset(counts: Array) -> float:
    """The standard deviation of the rounding of `counts` (n,), NaN = missing; at least 1.

    The unit is the largest of 1, 10, 100 and 1,000, at most the median positive figure, that
    divides nine in ten of the positive ones; figures rounded to a unit are off by unit / sqrt(12).
    Without this a series of 0s and 10s would look like one that multiplies by eleven. Large counts
    are not touched.
    """
    positive = counts[counts > 0]
    if not positive.size:
        return 1.0
    largest = float(np.median(positive))
    units = [unit for unit in _UNITS if unit <= largest and (positive % unit == 0).mean() >= _WHOLE]
    return float(max(1.0, max(units, default=1.0) / np.sqrt(12)))
