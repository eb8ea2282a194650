"""The pass over the months: what would have been forecast after each of them."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import one_step_errors
from forecasting.auto.filter_weights import filter_evidence, filter_weights
from forecasting.auto.filters import run_filters
from forecasting.auto.innovation_outliers import outlier_excess, outlier_uncertainty
from forecasting.auto.partial_pooling import PartialPooling
from forecasting.auto.shrinkage import last_value_weights, shrink_to_last_value, shrinkage_moments
from forecasting.auto.spread import implied_growth, scale_absolute_errors, series_log_error_ratio
from forecasting.auto.volatility import error_scales, volatility_ahead
from forecasting.series import FEWEST_OBSERVED


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Forecasts of S series from each of T months, made of what was known by then.

    weights: (T, S, G) of the filters; share: (T, S, reaches) of the last value; scale: (T, S) mean
    absolute error expected of the next month; points: (T, S, horizon) medians of log(offset +
    count); spread: (T, S, horizon) their mean absolute error, of the wider side; lower, upper:
    (T, S, horizon) that of each side
    """

    weights: Array
    share: Array
    scale: Array
    points: Array
    spread: Array
    lower: Array
    upper: Array


def compute_hindcast(
    logs: Array,
    first_month: int,
    horizon: int,
    pooling: PartialPooling,
    constants: Constants = CONSTANTS,
) -> Hindcast:
    """Forecast from every month of log counts (T, S), NaN = missing.

    Row 0 is calendar month `first_month`.

    A row depends on no later one, neither of its own series nor of what it borrows.
    """
    observed = np.isfinite(logs)
    seen = observed.cumsum(axis=0)
    begun, old = seen >= FEWEST_OBSERVED, seen >= constants.warm_up
    bank = run_filters(logs, first_month, constants)
    own = filter_evidence(logs, bank, constants)
    weight = filter_weights(own, pooling.evidence(own, observed & begun), constants)
    points = bank.combined(weight, horizon)
    share = last_value_weights(shrinkage_moments(logs, points, constants), constants)
    unshrunk = one_step_errors(logs, points)
    excess = outlier_excess(unshrunk, constants)
    points = shrink_to_last_value(logs - excess, points, share)
    sizes = error_scales(one_step_errors(logs, points), constants)
    scale = volatility_ahead(
        sizes, pooling.excess_volatility(sizes.excess, observed & old), horizon, constants
    )
    usual = constants.spread * scale * implied_growth(weight, horizon, constants)
    outliers = outlier_uncertainty(excess, unshrunk, constants)
    expected = np.hypot(usual, outliers.larger[..., None])
    past = scale_absolute_errors(logs, points, expected, constants)
    ratio = np.exp(series_log_error_ratio(past, pooling.ratio(past), constants))
    revised = np.abs(_revision(points))  # by an outlier toward it: the other side reaches back
    lower, upper = (
        np.hypot(usual, np.maximum(side[..., None], np.where(out[..., None], revised, 0.0))) * ratio
        for side, out in ((outliers.lower, excess > 0), (outliers.upper, excess < 0))
    )
    return Hindcast(weight, share, scale[..., 0], points, expected * ratio, lower, upper)


def _revision(points: Array) -> Array:
    """How far each month moved what was forecast of the same months before, (T, S, horizon)."""
    before = np.concatenate([points[:1], points[:-1]])
    same_months = np.concatenate([before[..., 1:], before[..., -1:]], axis=2)
    return np.asarray(points - same_months)
