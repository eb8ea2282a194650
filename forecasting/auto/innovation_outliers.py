"""News: a month so far from what was expected that it is an outlier or the beginning of a jump."""

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import smoothed_scale

_SCALE_HALF_LIFE = 24.0


def outlier_excess(errors: Array, constants: Constants = CONSTANTS) -> Array:
    """How far each month's error (T, S), NaN = missing, exceeds `outlier_clip` prior scales.

    Zero also where the month before was beyond on the same side: then it is known to be a jump.
    """
    scale = smoothed_scale(errors, _SCALE_HALF_LIFE, constants.outlier_clip, constants)
    bound = constants.outlier_clip * np.concatenate([scale[:1], scale[:-1]])
    known = np.nan_to_num(errors)
    beyond = known - np.clip(known, -bound, bound)
    side = np.sign(beyond)
    before = np.concatenate([np.zeros_like(side[:1]), side[:-1]])
    return np.where(side == before, 0.0, beyond)
