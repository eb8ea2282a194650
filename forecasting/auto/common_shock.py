"""The common move: what comes over all series in a month goes on in the next."""

import numpy as np
from numpy.typing import NDArray

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants


def standardized_errors(errors: Array, scale: Array, constants: Constants = CONSTANTS) -> Array:
    """Errors of one month (T, S) in units of their scale (T, S) a month before.

    NaN where there is none.
    """
    before = np.concatenate([scale[:1], scale[:-1]])
    return np.asarray(np.clip(errors / before, -constants.shock_clip, constants.shock_clip))


def common_shock(own: Array, old: NDArray[np.bool_], constants: Constants = CONSTANTS) -> Array:
    """Mean surprise of a month, (T,), shrunk to none where few series tell it.

    own: (T, S) surprises, NaN where none; old: (T, S) whether a series is old enough to count
    """
    counts = np.isfinite(own) & old
    total = np.where(counts, own, 0.0).sum(axis=1)
    return np.asarray(total / (counts.sum(axis=1) + constants.shock_strength))


def add_common_shock(
    points: Array, scale: Array, shock: Array | None, constants: Constants = CONSTANTS
) -> Array:
    """Points (T, S, horizon) plus a share of the common shock, which fades with the horizon.

    A surprise of one series alone is noise as often as not; one that all have is the beginning of a
    move.
    scale: (T, S); common: (T,), None where there are no others
    """
    if shock is None:
        return points
    fade = np.maximum(1 - np.arange(points.shape[2]) / constants.shock_fade, 0)
    return np.asarray(points + constants.shock_share * (shock[:, None] * scale)[..., None] * fade)
