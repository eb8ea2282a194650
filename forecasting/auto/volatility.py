"""The size of the combination's errors: as it is now, and where it goes from here."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import discounted_sum, smoothed_absolute


@dataclass(frozen=True, eq=False)
class ErrorScales:
    """Log mean absolute error of a month, (T, S).

    usual: what it returns to; excess: how far it is above that now
    """

    usual: Array
    excess: Array


def error_scales(errors: Array, constants: Constants = CONSTANTS) -> ErrorScales:
    """The scales that one-month errors (T, S) tell, NaN = missing, each row with its own error.

    The usual one is a discounted mean of the logarithm, with a prior: volatility is right-skewed,
    so that its mean would be what the wildest months say.
    """
    now = np.log(
        smoothed_absolute(
            errors,
            constants.volatility_half_life,
            constants.volatility_clip,
            constants.usual_volatility,
            constants,
        )
    )
    seen = np.isfinite(errors)
    half_life, prior = constants.usual_volatility_half_life, constants.usual_volatility_months
    total = discounted_sum(np.where(seen, now, 0.0), half_life)
    months = discounted_sum(seen.astype(np.float64), half_life)
    usual = (total + prior * np.log(constants.usual_volatility)) / (months + prior)
    return ErrorScales(usual, now - usual)


def volatility_ahead(
    own: ErrorScales, shared: Array | None, horizon: int, constants: Constants = CONSTANTS
) -> Array:
    """Mean absolute error of a month, (T, S, horizon): the root mean square of the months ahead.

    Volatility is a first-order autoregression in logs, as in models of stochastic volatility
    (Taylor 1986, Modelling Financial Time Series): its excess fades with every month ahead.

    shared: (T,) mean excess of all series, as turmoil comes over many at once; None without others
    """
    excess = own.excess
    if shared is not None:
        excess = excess + constants.volatility_pool * (shared[:, None] - excess)
    months = np.arange(horizon)
    kept = constants.volatility_excess * constants.volatility_persistence**months
    squares = np.exp(2 * (own.usual[..., None] + excess[..., None] * kept))
    return np.asarray(np.sqrt(np.cumsum(squares, axis=2) / (months + 1)))
