"""Shrinkage: how much of the last value the combination keeps."""

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import (
    discounted_sum,
    one_step_errors,
    smoothed_scale,
    values_ahead,
)

REACHES = (1, 6)
"""Months ahead at which the share is learned."""
_FULL = 4
"""Months ahead from which on the farther share holds; in between the two are mixed linearly."""
_SCALE_HALF_LIFE = 24.0


def shrinkage_moments(logs: Array, points: Array, constants: Constants = CONSTANTS) -> Array:
    """Discounted cross product and square that regress errors on the pull to the last value.

    The share that would have served best is the first over the second: stacking (Breiman 1996,
    Machine Learning 24) of two forecasts. Both are in units of the scale of a month's errors, and
    only errors realized by each month count.
    logs: (T, S); points: (T, S, horizon), at least as far as the farthest reach. Returns (T, S,
        reaches, 2).
    """
    clip = constants.clip
    scale = smoothed_scale(one_step_errors(logs, points), _SCALE_HALF_LIFE, clip, constants)
    old = np.cumsum(np.isfinite(logs).cumsum(axis=0) > 0, axis=0) > constants.warm_up
    sums = np.zeros((*logs.shape, len(REACHES), 2))
    for place, h in enumerate(REACHES):
        if h >= len(logs):
            continue
        point = points[..., h - 1]
        error, pull = values_ahead(logs, h)[..., h - 1] - point, logs - point
        counts = np.isfinite(error) & np.isfinite(pull) & old
        error, pull = (
            np.where(counts, np.clip(np.nan_to_num(x) / (scale * np.sqrt(h)), -clip, clip), 0.0)
            for x in (error, pull)
        )
        sums[h:, :, place, 0] = (error * pull)[:-h] / h
        sums[h:, :, place, 1] = (pull * pull)[:-h] / h
    return discounted_sum(sums, constants.shrinkage_half_life)


def last_value_weights(own: Array, constants: Constants = CONSTANTS) -> Array:
    """Share of the last value (T, S, reaches), shrunk to the prior.

    own: (T, S, reaches, 2) moments of each series
    """
    prior, strength = np.array(constants.shrinkage_prior), np.array(constants.shrinkage_strength)
    return np.asarray(np.clip((own[..., 0] + strength * prior) / (own[..., 1] + strength), 0, 1))


def shrink_to_last_value(logs: Array, points: Array, share: Array) -> Array:
    """Points (T, S, horizon) pulled toward the last value (T, S) by share (T, S, reaches)."""
    ramp = np.clip(np.arange(points.shape[2]) / (_FULL - 1), 0, 1)
    kept = share[..., :1] * (1 - ramp) + share[..., 1:] * ramp
    return np.asarray(kept * logs[..., None] + (1 - kept) * points)
