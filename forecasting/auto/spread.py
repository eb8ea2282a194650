"""The spread: how large errors are at each horizon, in units of the volatility."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from forecasting.arrays import Array, read_only
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import (
    discounted_sum,
    move_to_target_month,
    values_ahead,
)
from forecasting.auto.filters import filter_kinds

_FEWEST = 3
"""Errors of a series above which its own ratio is looked at."""
_LEAST_RATIO = 0.05
_OVERLAP_POWER = 1.0
_TO_STEADY_STATE = 500


@lru_cache(maxsize=4)
def implied_covariance(horizon: int, constants: Constants = CONSTANTS) -> Array:
    """Covariance of each filter's errors over the horizons, (G, horizon, horizon), one month's
    variance = 1.

    That of the filter's level and noise in the steady state, also with a trend that of a reverting
    level: no series has gone on forever. Season, long-run mean and trend are taken as known.
    """
    months = np.arange(horizon)
    first, gap = np.minimum.outer(months, months), np.abs(np.subtract.outer(months, months))
    squared, by_noise = constants.reversion**2, {}
    for ratio in constants.noise:
        variance = 1.0
        for _ in range(_TO_STEADY_STATE):
            variance = squared * (variance - variance**2 / (variance + ratio + 1e-12)) + 1
        level = np.empty(horizon)
        for h in months:
            level[h], variance = variance, squared * variance + 1
        covariance = level[first] * constants.reversion**gap + ratio * np.eye(horizon)
        by_noise[ratio] = covariance / (level[0] + ratio)
    return read_only(np.array([by_noise[kind.noise] for kind in filter_kinds(constants)]))


def implied_growth(weights: Array, horizon: int, constants: Constants = CONSTANTS) -> Array:
    """Deviation of the errors over the horizons in units of one month's, (T, S, horizon).

    Near sqrt(h) where filters without noise have the weight (T, S, G), flat where noisy ones have.
    """
    variances = np.einsum("ghh->gh", implied_covariance(horizon, constants))
    return np.asarray(np.sqrt(np.einsum("gh,tsg->tsh", variances, weights)))


@dataclass(frozen=True, eq=False)
class ScaledAbsoluteErrors:
    """Absolute errors relative to the expected ones, and how many there are, by the month that
    realized them.

    size: (T, S, horizon), 0 where there is none; count: (T, S, horizon), 1 or 0
    """

    size: Array
    count: Array


def scale_absolute_errors(
    logs: Array, points: Array, expected: Array, constants: Constants = CONSTANTS
) -> ScaledAbsoluteErrors:
    """logs: (T, S); points, expected: (T, S, horizon), the latter a mean absolute error."""
    error = np.abs(values_ahead(logs, points.shape[2]) - points) / expected
    old = np.isfinite(logs).cumsum(axis=0) >= constants.warm_up
    counts = np.isfinite(error) & old[..., None]
    size = np.where(counts, np.minimum(np.nan_to_num(error), constants.clip), 0.0)
    return ScaledAbsoluteErrors(
        move_to_target_month(size), move_to_target_month(counts.astype(np.float64))
    )


def pooled_log_error_ratio(past: ScaledAbsoluteErrors, constants: Constants = CONSTANTS) -> Array:
    """Log ratio of past to expected absolute errors over all series, (T, horizon), shrunk to
    zero."""
    size, count, months = (
        discounted_sum(one, constants.ratio_half_life)
        for one in (
            past.size.sum(axis=1),
            past.count.sum(axis=1),
            (past.count.sum(axis=1) > 0).astype(np.float64),
        )
    )
    independent = months / _overlap(count.shape[-1], _OVERLAP_POWER)
    return _shrunk(_log_ratio(size, count, 0.0), independent, constants.pool_strength)


def series_log_error_ratio(
    past: ScaledAbsoluteErrors, shared: Array | None, constants: Constants = CONSTANTS
) -> Array:
    """Log ratio of past to expected absolute errors of each series, (T, S, horizon), shrunk to
    `shared`.

    shared: (T, horizon) ratio of all series, None where there is none and less evidence has to do
    """
    alone = shared is None
    size, count = (
        discounted_sum(one, constants.ratio_half_life) for one in (past.size, past.count)
    )
    power = constants.overlap_power_alone if alone else _OVERLAP_POWER
    strength = constants.own_strength_alone if alone else constants.own_strength
    center = np.zeros((1, 1, 1)) if shared is None else shared[:, None]
    independent = count / _overlap(count.shape[-1], power)
    return center + _shrunk(_log_ratio(size, count, _FEWEST) - center, independent, strength)


def _log_ratio(size: Array, count: Array, fewest: float) -> Array:
    ratio = np.maximum(size / np.maximum(count, 1e-9), _LEAST_RATIO)
    return np.log(np.where(count > fewest, ratio, 1.0))


def _shrunk(log_ratio: Array, months: Array, strength: float) -> Array:
    return np.asarray(months / (months + strength) * log_ratio)


def _overlap(horizon: int, power: float) -> Array:
    """(horizon,) how many months in a row tell no more than one, as their errors overlap."""
    return np.asarray(np.arange(1, horizon + 1.0) ** power)
