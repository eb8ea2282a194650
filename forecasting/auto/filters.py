"""A bank of Kalman filters in closed form: nothing is estimated, so nothing has to be refitted."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants

MONTHS = 12
_LEVEL, _MEAN, _TREND, _SEASON = 0, 1, 2, slice(3, 3 + MONTHS)
_STATES = 3 + MONTHS
_LEAST_VARIANCE = 1e-5
_JITTER = 1e-9

Rows: TypeAlias = slice | NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class FilterKind:
    """What a filter assumes.

    noise: variance of a month's noise over that of the level's innovation
    season: prior deviation of a calendar month's effect; drift: its deviation in a month
    trend: whether the level grows without reverting to a mean
    """

    noise: float
    season: float
    drift: float
    trend: bool


def filter_kinds(constants: Constants = CONSTANTS) -> list[FilterKind]:
    """The G filters of the bank: those that revert, then those with a trend."""
    reverting = [
        FilterKind(noise, *season, trend=False)
        for noise in constants.noise
        for season in constants.season
    ]
    trending = [
        FilterKind(constants.noise[noise], *constants.season[season], trend=True)
        for noise in constants.trend_noise
        for season in constants.trend_season
    ]
    return reverting + trending


@dataclass(frozen=True, eq=False)
class FilterBank:
    """What G filters know after each of T months of S series; NaN before a series begins.

    level: (T, S, G) distance from the mean; mean: (T, S, G); trend: (T, S, G) growth in a month;
    season: (T, S, G, 12) effects by calendar month
    innovations: (T, S, G), NaN where no value was to be expected or none came
    month: (T,) calendar month of each row, 0 for January
    persistence: (G,) what a month leaves of the level
    damping: what a month leaves of the growth that is forecast
    """

    level: Array
    mean: Array
    trend: Array
    season: Array
    innovations: Array
    month: NDArray[np.int64]
    persistence: Array
    damping: float

    def forecast(self, ahead: int) -> Array:
        """What each filter expects `ahead` months after each month, (T, S, G)."""
        target = (self.month + ahead) % MONTHS
        effect = np.take_along_axis(self.season, target[:, None, None, None], axis=3)[..., 0]
        growth = self._growth(ahead) * self.trend
        return np.asarray(self.persistence**ahead * self.level + growth + self.mean + effect)

    def combined(self, weights: Array, horizon: int) -> Array:
        """Forecasts (T, S, horizon): the filters' mean by `weights` (T, S, G) that sum to one."""
        level, mean, trend = (states * weights for states in (self.level, self.mean, self.trend))
        means, trends = mean.sum(axis=2), trend.sum(axis=2)
        season = np.einsum("tsgm,tsg->tsm", self.season, weights)
        levels = {p: level[..., self.persistence == p].sum(axis=2) for p in set(self.persistence)}
        points = np.empty((*means.shape, horizon))
        for ahead in range(1, horizon + 1):
            target = (self.month + ahead) % MONTHS
            effect = np.take_along_axis(season, target[:, None, None], axis=2)[..., 0]
            reverted = sum(p**ahead * one for p, one in levels.items())
            points[..., ahead - 1] = reverted + self._growth(ahead) * trends + means + effect
        return points

    def _growth(self, ahead: int) -> float:
        """The growth of so many months over that of one."""
        return float((self.damping ** np.arange(1, ahead + 1)).sum())


def run_filters(logs: Array, first_month: int, constants: Constants = CONSTANTS) -> FilterBank:
    """Run every filter over log counts (T, S), NaN = missing.

    Row 0 is calendar month `first_month`, 0 to 11.

    Filter g takes z_t = mean + level_t + season_t + noise with level_t = reversion * level_(t-1) +
    innovation or, with a trend, level_t = level_(t-1) + trend + innovation, and Var(noise) =
    ratio_g * Var(innovation). The trend is constant; the twelve effects of the season sum to zero
    and drift. Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter,
    sections 3.2 and 4.1. Var(innovation) follows the filter's own recent innovations, so that gains
    adapt to calm and turmoil.
    """
    months, series = logs.shape
    recursion = _Recursion(series, constants)
    states = np.zeros((months, series, recursion.size, _STATES))
    innovations = np.full((months, series, recursion.size), np.nan)
    month = (first_month + np.arange(months)) % MONTHS
    for at, values in enumerate(logs):
        recursion.predict()
        begun = recursion.begin(values)
        observed = np.isfinite(values)
        if observed.any():
            rows: Rows = slice(None) if observed.all() else np.flatnonzero(observed)
            expected = (~begun[rows])[:, None]  # a first value is no surprise
            error = recursion.update(rows, values[rows, None], int(month[at]), expected)
            innovations[at, rows] = np.where(expected, error, np.nan)
        states[at] = recursion.state
    states[np.isfinite(logs).cumsum(axis=0) == 0] = np.nan
    return FilterBank(
        level=states[..., _LEVEL],
        mean=states[..., _MEAN],
        trend=states[..., _TREND],
        season=states[..., _SEASON],
        innovations=innovations,
        month=month,
        persistence=recursion.persistence,
        damping=constants.reversion,
    )


class _Recursion:
    """The states of all filters of all series in one month, and the steps from it to the next."""

    def __init__(self, series: int, constants: Constants) -> None:
        kinds = filter_kinds(constants)
        self.size = len(kinds)
        self._constants = constants
        self._ratio = np.array([kind.noise for kind in kinds])
        self._trending = np.array([kind.trend for kind in kinds])
        self._first_trending = len(constants.noise) * len(constants.season)
        self.persistence = np.where(self._trending, 1.0, constants.reversion)
        deviation = np.array([kind.season for kind in kinds])
        drift = np.array([kind.drift for kind in kinds])
        sum_to_zero = np.eye(MONTHS) - 1 / MONTHS
        self._season_start = sum_to_zero * (deviation**2)[:, None, None]
        self._season_step = sum_to_zero * (drift**2)[:, None, None]
        self._least_gain = 1 - 0.5 ** (1 / constants.variance_half_life)
        self._begun = np.zeros(series, dtype=bool)
        self._seen = np.zeros(series)
        self._outlying = np.zeros((series, self.size))
        self._variance = np.full((series, self.size), constants.start_variance)
        self.state = np.zeros((series, self.size, _STATES))
        self.covariance = np.zeros((series, self.size, _STATES, _STATES))

    def predict(self) -> None:
        """On to the next month."""
        self.state[..., _LEVEL] *= self.persistence
        self.covariance[..., _LEVEL, :] *= self.persistence[:, None]
        self.covariance[..., :, _LEVEL] *= self.persistence[:, None]
        trending = slice(self._first_trending, None)
        self.state[:, trending, _LEVEL] += self.state[:, trending, _TREND]
        self.covariance[:, trending, _LEVEL, :] += self.covariance[:, trending, _TREND, :]
        self.covariance[:, trending, :, _LEVEL] += self.covariance[:, trending, :, _TREND]
        self.covariance[..., _LEVEL, _LEVEL] += self._variance
        self.covariance[..., _SEASON, _SEASON] += self._season_step

    def begin(self, values: Array) -> NDArray[np.bool_]:
        """Set the prior of the series (S,) whose first value this is; returns which they are."""
        new = np.isfinite(values) & ~self._begun
        if new.any():
            start, reversion = self._constants.start_variance, self._constants.reversion
            level = np.where(self._trending, start, start / (1 - reversion**2))
            trend = np.where(self._trending, self._constants.trend_deviation**2, 0.0)
            self.state[new], self.covariance[new] = 0.0, 0.0
            self.state[new, :, _MEAN] = values[new, None]
            self.covariance[new, :, _MEAN, _MEAN] = self._constants.start_mean_variance
            self.covariance[new, :, _LEVEL, _LEVEL] = level
            self.covariance[new, :, _TREND, _TREND] = trend
            self.covariance[new, :, _SEASON, _SEASON] = self._season_start
            self._begun |= new
        return np.asarray(new)

    def update(self, rows: Rows, values: Array, month: int, expected: NDArray[np.bool_]) -> Array:
        """Take in the values (n, 1) of `rows`; returns the innovations (n, G).

        An outlying innovation moves the states as far as the bound only. A second one in a row on
        the same side tells of a jump: the level becomes as uncertain as the innovation is large,
        and so takes it over. After West & Harrison (1997), Bayesian Forecasting and Dynamic Models,
        chapter 11.
        """
        constants, covariance = self._constants, self.covariance[rows]
        effect = _SEASON.start + month
        gain = covariance[:, :, _LEVEL] + covariance[:, :, _MEAN] + covariance[:, :, effect]
        total = gain[..., _LEVEL] + gain[..., _MEAN] + gain[..., effect]
        total = total + self._ratio * self._variance[rows] + _JITTER
        state = self.state[rows]
        error = values - (state[..., _LEVEL] + state[..., _MEAN] + state[..., effect])
        bound = constants.innovation_clip * np.sqrt(total)
        outlying = np.where(np.abs(error) > bound, np.sign(error), 0.0)
        again = outlying == self._outlying[rows]
        taken = np.where(again, error, np.clip(error, -bound, bound))
        jump = np.where(again & (outlying != 0), error**2, 0.0)
        covariance[..., _LEVEL, _LEVEL] += jump
        gain[..., _LEVEL] += jump
        total += jump
        self.state[rows] = state + gain * (taken / total)[..., None]
        self.covariance[rows] = (
            covariance - gain[..., :, None] * (gain / total[..., None])[..., None, :]
        )
        self._outlying[rows] = outlying
        self._seen[rows] += expected[:, 0]
        weight = (
            np.maximum(self._least_gain, 1 / (self._seen[rows, None] + constants.start_weight))
            * expected
        )
        surprise = np.minimum(error**2 / total, constants.innovation_clip**2)
        self._variance[rows] = np.maximum(
            self._variance[rows] * (1 + weight * (surprise - 1)), _LEAST_VARIANCE
        )
        return np.asarray(error)
