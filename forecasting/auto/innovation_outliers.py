"""A month so far from what was expected that it is an outlier or the beginning of a jump."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import smoothed_scale

_SCALE_HALF_LIFE = 24.0
_LEAST_UNCERTAINTY = 1e-6
"""What is less counts as none."""


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


@dataclass(frozen=True, eq=False)
class OutlierUncertainty:
    """Mean absolute error, (T, S), that outliers add to each side of the forecasts from a month."""

    lower: Array
    upper: Array

    @property
    def larger(self) -> Array:
        """(T, S) that of the wider side."""
        return np.maximum(self.lower, self.upper)


def outlier_uncertainty(
    excess: Array, errors: Array, constants: Constants = CONSTANTS
) -> OutlierUncertainty:
    """What the excess (T, S) of `outlier_excess` adds, from errors (T, S), NaN = missing.

    In its own month only toward the news: if it was an outlier, the other side knows nothing of it.
    If the next month comes back, nothing is left; otherwise it was a jump, whose level is uncertain
    to both sides, by a share less with every month.
    """
    share, known = constants.outlier_uncertainty, np.nan_to_num(errors)
    carried, side = np.zeros(excess.shape[1]), np.zeros(excess.shape[1])
    lower, upper = np.zeros_like(excess), np.zeros_like(excess)
    news = np.asarray(excess.any(axis=1))
    for at, beyond in enumerate(excess):
        if not news[at] and not carried.any():
            continue
        back = (known[at] * side < 0) & (np.abs(known[at]) > carried)
        carried = np.where(
            back | (carried < _LEAST_UNCERTAINTY), 0.0, constants.outlier_persistence * carried
        )
        lower[at] = carried + share * np.maximum(-beyond, 0)
        upper[at] = carried + share * np.maximum(beyond, 0)
        carried = carried + share * np.abs(beyond)
        side = np.where(beyond != 0, np.sign(beyond), side)
    return OutlierUncertainty(lower, upper)
