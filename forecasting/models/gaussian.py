"""Paths of models whose forecast is Gaussian on the log scale, as that of every linear model is."""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np

from forecasting.arrays import Array, read_only
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitWarning

LEAST_DEVIATION = 0.01
"""Least standard deviation of a forecast on the log scale. A series that has never moved, or that a
model
explains without remainder, is still not known better than its figures are: first published ones
move by up to 1.3 % within a month."""

_JITTER = 1e-10
"""Added to the diagonal of a correlation so that one that is singular but for rounding can be
factored."""


@dataclass(frozen=True)
class GaussianFit:
    """A fit that forecasts a Gaussian, held for the longest horizon.

    mean: (36,) and covariance: (36, 36) of log(1 + count) in the months after the series' end
    """

    mean: Array
    covariance: Array
    parameters: Parameters
    warnings: tuple[FitWarning, ...] = ()

    def simulate(self, horizon: int, draws: int, rng: np.random.Generator) -> Array:
        """Paths of log(1 + count), (draws, horizon)."""
        return gaussian_paths(self.mean[:horizon], self.covariance[:horizon, :horizon], draws, rng)


def gaussian_paths(mean: Array, covariance: Array, draws: int, rng: np.random.Generator) -> Array:
    """Paths with exactly the Gaussian's quantiles every month, and a sampled dependence.

    Drawn paths give the ranks; each month's values are then the quantiles at (i - 1/2) / draws.
    Intervals so carry no sampling noise, which for an end of a 95 % interval from 2000 draws would
    be 3 % of its distance from the median. Variances are at least `LEAST_DEVIATION` squared.

    mean: (horizon,); covariance: (horizon, horizon), positive semi-definite. Returns (draws,
    horizon). Raises numpy.linalg.LinAlgError where `covariance` is not positive semi-definite.
    """
    variance = np.maximum(np.diag(covariance), LEAST_DEVIATION**2)
    deviation = np.sqrt(variance)
    floored = covariance + np.diag(variance - np.diag(covariance))
    correlation = floored / np.outer(deviation, deviation)
    factor = np.linalg.cholesky(correlation + _JITTER * np.eye(mean.size))
    drawn = rng.standard_normal((draws, mean.size)) @ factor.T
    order = drawn.argsort(axis=0, kind="stable")
    paths = np.empty_like(drawn)
    np.put_along_axis(paths, order, mean + np.outer(_normal_scores(draws), deviation), axis=0)
    return paths


def innovations_covariance(weights: Array, variance: float) -> Array:
    """Covariance of forecast errors e_h = sum over j < h of weights[j] * innovation[h - j].

    weights: (horizon,), the first is 1; variance of one innovation. Returns (horizon, horizon).
    Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing, section 6.2.
    """
    steps = np.arange(weights.size)
    lag = steps[:, np.newaxis] - steps
    response = np.where(lag >= 0, weights[np.abs(lag)], 0.0)
    return variance * response @ response.T


@cache
def _normal_scores(draws: int) -> Array:
    standard = NormalDist()
    return read_only(np.array([standard.inv_cdf((i + 0.5) / draws) for i in range(draws)]))
