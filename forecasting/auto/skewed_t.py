"""The shape of a month's distribution: Student's t, and which of its sides is longer."""

from functools import lru_cache
from math import lgamma

import numpy as np
from scipy.special import stdtrit

from forecasting.arrays import Array, read_only
from forecasting.auto.constants import CONSTANTS, Constants

_MOST_DEVIATIONS = 3.0
_LEAST_VARIANCE = 0.05
"""Added to the variance of a series around its mean, so that one that hardly moved is not far from
it."""


def degrees_of_freedom_by_horizon(horizon: int, constants: Constants = CONSTANTS) -> Array:
    """Degrees of freedom by horizon, (horizon,): log-linear up to twelve months, constant beyond.

    Errors of a month have the fatter tails; those of a year are sums of many.
    """
    return np.asarray(
        np.exp(np.interp(np.arange(horizon), [0, 11], np.log(constants.degrees_of_freedom)))
    )


def unit_mean_absolute_t_quantiles(
    levels: Array, horizon: int, constants: Constants = CONSTANTS
) -> Array:
    """Quantiles (horizon, k) at levels (k,) of Student's t scaled to a mean absolute value of 1."""
    degrees = degrees_of_freedom_by_horizon(horizon, constants)
    return np.asarray(stdtrit(degrees[:, None], levels) / _mean_absolute(degrees)[:, None])


@lru_cache(maxsize=8)
def evenly_spread_t_values(draws: int, horizon: int, constants: Constants = CONSTANTS) -> Array:
    """The quantiles (horizon, draws) at (i - 1/2) / draws, ascending: evenly spread draws."""
    levels = np.clip((np.arange(draws) + 0.5) / draws, constants.tail, 1 - constants.tail)
    return read_only(unit_mean_absolute_t_quantiles(levels, horizon, constants))


def standardized_last_value(logs: Array) -> float:
    """Distance of the last value from the mean of all, (T,), in standard deviations, within 3."""
    observed = logs[np.isfinite(logs)]
    running = np.cumsum(observed) / np.arange(1, observed.size + 1)
    deviation = np.sqrt(np.mean((observed - running) ** 2) + _LEAST_VARIANCE)
    return float(
        np.clip((observed[-1] - running[-1]) / deviation, -_MOST_DEVIATIONS, _MOST_DEVIATIONS)
    )


def log_skew_by_horizon(deviation: float, horizon: int, constants: Constants = CONSTANTS) -> Array:
    """How much shorter, in logs, the upper side is than the symmetric one, (horizon,).

    The lower side is longer by as much. A series far above its long-run mean has more room below it
    than above; one below its mean is not skewed: nothing says that it returns.
    """
    reached = np.minimum(np.arange(1, horizon + 1) / constants.skew_full_horizon, 1)
    return np.asarray(constants.skew * max(deviation, 0.0) * reached)


def _mean_absolute(degrees: Array) -> Array:
    """E|t| for degrees of freedom above 1: Johnson, Kotz & Balakrishnan (1995), section 28.2."""
    gammas = np.array([lgamma((n + 1) / 2) - lgamma(n / 2) for n in degrees])
    return np.asarray(2 * np.sqrt(degrees / np.pi) / (degrees - 1) * np.exp(gammas))
