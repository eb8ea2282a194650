"""The pass over the months: what would have been forecast after each of them."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.anchor import anchored, moments, shares
from forecasting.auto.borrowing import Borrowing
from forecasting.auto.common import carried_on, surprises
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.filters import run_filters
from forecasting.auto.news import excess
from forecasting.auto.running import errors_of_one_month
from forecasting.auto.spread import implied_growth, own_ratio, past_errors
from forecasting.auto.volatility import scales, volatility
from forecasting.auto.weights import evidence, weights


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Forecasts of S series from each of T months, made of what was known by then.

    weights: (T, S, G) of the filters; share: (T, S, reaches) of the last value; scale: (T, S) of a month's
    errors; points, spread: (T, S, horizon) median and mean absolute error of log(offset + count)
    """

    weights: Array
    share: Array
    scale: Array
    points: Array
    spread: Array


def hindcast(
    logs: Array, first_month: int, horizon: int, borrowing: Borrowing, constants: Constants = CONSTANTS
) -> Hindcast:
    """Forecast from every month of log counts (T, S), NaN = missing; row 0 is calendar month `first_month`.

    A row depends on no later one, neither of its own series nor of what it borrows.
    """
    observed = np.isfinite(logs)
    old = observed.cumsum(axis=0) >= constants.warm_up
    bank = run_filters(logs, first_month, constants)
    own = evidence(logs, bank, constants)
    weight = weights(own, borrowing.evidence(own, observed), constants)
    points = bank.combined(weight, horizon)
    pulls = moments(logs, points, constants)
    share = shares(pulls, borrowing.anchor(pulls, observed), constants)
    news = excess(errors_of_one_month(logs, points), constants)
    points = anchored(logs - news, points, share)
    errors = errors_of_one_month(logs, points)
    alone = volatility(scales(errors, constants), None, constants)
    common = borrowing.common(surprises(errors, alone, constants), old)
    points = carried_on(points, alone, common, constants)
    sizes = scales(errors_of_one_month(logs, points), constants)
    scale = volatility(sizes, borrowing.turmoil(sizes.turmoil, observed & old), constants)
    usual = constants.spread * scale[..., None] * implied_growth(weight, horizon, constants)
    expected = np.hypot(usual, constants.news_doubt * news[..., None])
    past = past_errors(logs, points, expected, constants)
    ratio = own_ratio(past, borrowing.ratio(past), constants)
    return Hindcast(weight, share, scale, points, expected * np.exp(ratio))
