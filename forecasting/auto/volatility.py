"""The size of the combination's errors, as it is now."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import smoothed_scale


@dataclass(frozen=True, eq=False)
class ErrorScales:
    """What the errors of a month say of their size, on the log scale.

    slow: (T, S) that of a decade; excess_volatility: (T, S) how far all scales are above it in the
    mean
    least: (T, S) below which the scale does not go: after a jump of a calm series the clipped ones
        would
    """

    slow: Array
    excess_volatility: Array
    least: Array


def error_scales(errors: Array, constants: Constants = CONSTANTS) -> ErrorScales:
    """Exponentially weighted scales of one-month errors (T, S), NaN = missing, including own row.

    Calm and turmoil come in spells of all lengths, so scales of several memories are averaged with
    equal
    weights: Corsi (2009), A simple approximate long-memory model of realized volatility, Journal of
    Financial Econometrics 7(2), without his regression.
    """
    months, series = errors.shape
    half_lives = (*constants.volatility_half_lives, constants.volatility_floor_half_life)
    clips = (*(constants.volatility_clip for _ in constants.volatility_half_lives), np.inf)
    # one loop over the months instead of one for each
    side_by_side = np.tile(errors, len(half_lives))
    found = smoothed_scale(
        side_by_side, np.repeat(half_lives, series), np.repeat(clips, series), constants
    )
    logs = np.log(found).reshape(months, len(half_lives), series)
    clipped, whole = logs[:, :-1], logs[:, -1]
    slow = clipped[:, -1]
    return ErrorScales(
        slow, clipped.mean(axis=1) - slow, np.log(constants.volatility_floor) + whole
    )


def estimate_volatility(
    own: ErrorScales, shared: Array | None, constants: Constants = CONSTANTS
) -> Array:
    """Scale of the errors of one month, (T, S): turmoil comes over many series at once.

    shared: (T,) mean turmoil of all series, None where there are no others
    """
    excess_volatility = own.excess_volatility
    if shared is not None:
        excess_volatility = excess_volatility + constants.volatility_pool * (
            shared[:, None] - excess_volatility
        )
    return np.asarray(np.exp(np.maximum(own.slow + excess_volatility, own.least)))
