"""Running sums and scales: what is known month by month."""

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants

_LEAST_VARIANCE = 1e-6
_LEAST_MEAN = 1e-3


def discounted_sum(values: Array, half_life: float) -> Array:
    """Exponentially discounted running sum along the first axis, of the shape of `values`.

    s_t = d s_(t-1) + x_t with d = 0.5 ** (1 / half_life).
    """
    discount = 0.5 ** (1 / half_life)
    sums = np.empty_like(values)
    total = np.zeros(values.shape[1:])
    for at, value in enumerate(values):
        total = discount * total + value
        sums[at] = total
    return sums


def values_ahead(logs: Array, horizon: int) -> Array:
    """The values 1 to `horizon` months after each month, (T, S, horizon), NaN if not observed.

    logs: (T, S)
    """
    padded = np.concatenate([logs, np.full((horizon, logs.shape[1]), np.nan)])
    return np.stack([padded[h : h + len(logs)] for h in range(1, horizon + 1)], axis=2)


def move_to_target_month(at_origin: Array) -> Array:
    """Figures about origin t and horizon h moved to t + h, the month that makes them known.

    Before that they are 0.

    at_origin: (T, ..., horizon)
    """
    moved = np.zeros_like(at_origin)
    for h in range(1, min(at_origin.shape[-1], len(at_origin) - 1) + 1):
        moved[h:, ..., h - 1] = at_origin[:-h, ..., h - 1]
    return moved


def one_step_errors(logs: Array, points: Array) -> Array:
    """Errors (T, S) of the forecasts made a month before, NaN in the first row.

    logs: (T, S); points: (T, S, horizon)
    """
    errors = np.full(logs.shape, np.nan)
    errors[1:] = logs[1:] - points[:-1, :, 0]
    return errors


def smoothed_scale(
    errors: Array, half_life: float | Array, clip: float | Array, constants: Constants = CONSTANTS
) -> Array:
    """Robust exponentially weighted root mean square of errors (T, S), including its own row.

    A squared error counts at most clip**2 times the variance so far; a missing one (NaN) changes
    nothing. While there are few, all count alike, and the start value like `start_scale_weight` of
    them.
    half_life, clip: of all series, or (S,) of each
    """
    least_gain = 1 - 0.5 ** (1 / half_life)
    variance = np.full(errors.shape[1], constants.start_scale**2)
    seen = np.zeros(errors.shape[1])
    scales = np.empty_like(errors)
    for at, error in enumerate(errors):
        observed = np.isfinite(error)
        seen += observed
        gain = np.maximum(least_gain, 1 / (seen + constants.start_scale_weight))
        square = np.minimum(np.where(observed, error, 0.0) ** 2, clip**2 * variance)
        variance = np.where(observed, variance + gain * (square - variance), variance)
        variance = np.maximum(variance, _LEAST_VARIANCE)
        scales[at] = np.sqrt(variance)
    return scales


def smoothed_absolute(
    errors: Array, half_life: float, clip: float, start: float, constants: Constants = CONSTANTS
) -> Array:
    """Robust exponentially weighted mean of absolute errors (T, S), including that of its own row.

    As `smoothed_scale`, from the start value `start`; an error counts at most `clip` times the mean
    so far.
    """
    least_gain = 1 - 0.5 ** (1 / half_life)
    mean, seen = np.full(errors.shape[1], start), np.zeros(errors.shape[1])
    means = np.empty_like(errors)
    for at, error in enumerate(errors):
        observed = np.isfinite(error)
        seen += observed
        gain = np.maximum(least_gain, 1 / (seen + constants.start_scale_weight))
        size = np.minimum(np.where(observed, np.abs(error), 0.0), clip * mean)
        mean = np.maximum(np.where(observed, mean + gain * (size - mean), mean), _LEAST_MEAN)
        means[at] = mean
    return means
