"""The pass over the months: what would have been forecast after each of them."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.common_shock import add_common_shock, standardized_errors
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import one_step_errors
from forecasting.auto.filter_weights import filter_evidence, filter_weights
from forecasting.auto.filters import run_filters
from forecasting.auto.innovation_outliers import outlier_excess
from forecasting.auto.partial_pooling import PartialPooling
from forecasting.auto.shrinkage import last_value_weights, shrink_to_last_value, shrinkage_moments
from forecasting.auto.spread import collect_past_errors, implied_growth, series_error_ratio
from forecasting.auto.volatility import error_scales, estimate_volatility


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Forecasts of S series from each of T months, made of what was known by then.

    weights: (T, S, G) of the filters; share: (T, S, reaches) of the last value; scale: (T, S) of a
    month's errors; points, spread: (T, S, horizon) median and mean absolute error of log(offset +
    count)
    """

    weights: Array
    share: Array
    scale: Array
    points: Array
    spread: Array


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
    old = observed.cumsum(axis=0) >= constants.warm_up
    bank = run_filters(logs, first_month, constants)
    own = filter_evidence(logs, bank, constants)
    weight = filter_weights(own, pooling.evidence(own, observed), constants)
    points = bank.combined(weight, horizon)
    pulls = shrinkage_moments(logs, points, constants)
    share = last_value_weights(pulls, pooling.shrinkage(pulls, observed), constants)
    excess = outlier_excess(one_step_errors(logs, points), constants)
    points = shrink_to_last_value(logs - excess, points, share)
    errors = one_step_errors(logs, points)
    alone = estimate_volatility(error_scales(errors, constants), None, constants)
    shock = pooling.shock(standardized_errors(errors, alone, constants), old)
    points = add_common_shock(points, alone, shock, constants)
    sizes = error_scales(one_step_errors(logs, points), constants)
    scale = estimate_volatility(
        sizes, pooling.excess_volatility(sizes.excess_volatility, observed & old), constants
    )
    usual = constants.spread * scale[..., None] * implied_growth(weight, horizon, constants)
    expected = np.hypot(usual, constants.outlier_uncertainty * excess[..., None])
    past = collect_past_errors(logs, points, expected, constants)
    ratio = series_error_ratio(past, pooling.ratio(past), constants)
    return Hindcast(weight, share, scale, points, expected * np.exp(ratio))
