"""The weights of the filters: those whose errors were small count more."""

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import discounted_sum, smoothed_scale
from forecasting.auto.filters import FilterBank, filter_kinds

_MOST_MONTHS = 120.0
_CAP_HALF_LIFE, _UNIT_HALF_LIFE = 24.0, 1000.0
"""Of the scale that bounds an error, and of that in whose units errors are added up over the
years."""


def filter_evidence(logs: Array, bank: FilterBank, constants: Constants = CONSTANTS) -> Array:
    """Log weight of each filter by its past errors, (T, S, G), from errors realized by each month.

    The prior plus, for every horizon, minus the discounted sum of absolute errors relative to the
    filters' mean, times the months of evidence: exponential weighting (Vovk 1990, Proceedings of
    COLT) that forgets.
    logs: (T, S)
    """
    innovations, seen = bank.innovations, np.isfinite(bank.innovations[..., 0])
    typical = np.where(seen, np.where(seen[..., None], innovations, 0.0).mean(axis=2), np.nan)
    half_lives = np.repeat([_CAP_HALF_LIFE, _UNIT_HALF_LIFE], typical.shape[1])
    both = smoothed_scale(np.tile(typical, 2), half_lives, constants.clip, constants)
    cap, unit = np.split(both, 2, axis=1)  # in one loop over the months
    months = discounted_sum(seen.astype(np.float64), constants.weight_half_life)
    months = np.minimum(months, _MOST_MONTHS)[..., None]
    total = np.zeros_like(innovations) + _prior(constants)
    for h in range(1, min(constants.weight_horizon, len(logs) - 1) + 1):
        made = h if h > 1 else 0  # an error of one month is measured by a scale that knows it
        bound = constants.clip * np.sqrt(h) * _before(cap, made)[..., None]
        loss = np.minimum(np.abs(_errors(logs, bank, h)), bound) / _before(unit, made)[..., None]
        summed = discounted_sum(loss, constants.weight_half_life)
        relative = summed / np.maximum(summed.mean(axis=2, keepdims=True), 1e-9) - 1
        total -= constants.weight_rate / h * relative * months
    return total


def filter_weights(own: Array, shared: Array | None, constants: Constants = CONSTANTS) -> Array:
    """Weights (T, S, G) that sum to one over the filters.

    own: (T, S, G) evidence of each series; shared: (T, G) mean evidence of all, None where there is
        none
    """
    total = own if shared is None else own + constants.weight_pool * shared[:, None]
    weight = np.exp(total - total.max(axis=2, keepdims=True))
    return np.asarray(weight / weight.sum(axis=2, keepdims=True))


def _prior(constants: Constants) -> Array:
    """Log weights (G,) before anything is known."""
    return np.array([constants.trend_log_odds * kind.trend for kind in filter_kinds(constants)])


def _errors(logs: Array, bank: FilterBank, h: int) -> Array:
    """Errors (T, S, G) of the forecasts made h months before; 0 where there is none."""
    if h == 1:
        return np.nan_to_num(bank.innovations)
    errors = np.zeros_like(bank.innovations)
    errors[h:] = np.nan_to_num(logs[h:, :, None] - bank.forecast(h)[:-h])
    return errors


def _before(scales: Array, months: int) -> Array:
    """Scales (T, S) as they were some months before.

    The first one where that is before the first month.
    """
    return np.concatenate([scales[:1].repeat(months, axis=0), scales[: len(scales) - months]])
