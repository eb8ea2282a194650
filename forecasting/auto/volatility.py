"""The size of the combination's errors, as it is now."""

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.running import running_scale


def volatility(errors: Array, constants: Constants = CONSTANTS) -> Array:
    """Scale of the errors of one month (T, S), that of its own row included: calm and turmoil come in spells.

    Geometric mean of a fast and a slow exponentially weighted scale, the slow one being what the fast one
    reverts to: the two components of Engle & Lee (1999), without their likelihood.
    errors: (T, S), NaN = missing
    """
    fast, slow = (
        running_scale(errors, half_life, constants.volatility_clip, constants)
        for half_life in (constants.fast_half_life, constants.slow_half_life)
    )
    return np.asarray(fast**constants.fast_share * slow ** (1 - constants.fast_share))
