"""What past months with uncertain figures truly were, as sample paths."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.measurement.error_propagation import PropagatedPaths
from forecasting.measurement.smoothing import RECENT, SmoothedSeries, smooth_measurements
from forecasting.month import Month
from forecasting.series import MonthlySeries

_MEASUREMENT_STREAM = 1
"""Separates the random numbers of measurement noise from those of the models."""


@dataclass(frozen=True, eq=False)
class PastPaths:
    """Joint draws of the counts of past months whose figures are uncertain.

    months: k months, ascending; all others are as published
    paths: (draws, k) counts
    rejected: those of the months whose figures were found to be outliers, so that only the rest of
        the series tells of them
    """

    months: tuple[Month, ...]
    paths: Array
    rejected: tuple[Month, ...] = ()


def smooth(series: MonthlySeries, draws: int, seed: int, recent: int = RECENT) -> SmoothedSeries:
    """What `smooth_measurements` gives with the random numbers of a forecast's seed."""
    rng = np.random.default_rng([seed, _MEASUREMENT_STREAM])
    return smooth_measurements(series, draws, rng, recent)


def sample_past(series: MonthlySeries, since: Month, draws: int, seed: int) -> PastPaths:
    """Draw the months from `since` on whose figures are uncertain, without a forecast.

    The log random walk of `smooth_measurements` says what a rejected figure's month was.
    """
    if series.is_exact or since > series.end:
        return no_past_paths(draws)
    smoothed = smooth(series, draws, seed, series.end - since + 1)
    kept = smoothed.drawn >= since - series.start
    drawn, logs = smoothed.drawn[kept], smoothed.log_draws[:, kept]
    return PastPaths(
        months=tuple(series.start + int(at) for at in drawn),
        paths=np.expm1(logs),
        rejected=tuple(series.start + int(at) for at in drawn if smoothed.is_outlier[at]),
    )


def past_paths(
    series: MonthlySeries, smoothed: SmoothedSeries, propagated: PropagatedPaths, ceiling: float
) -> PastPaths:
    """The draws of a forecast's past months, whose rows belong to those of its paths.

    After the last figure that is no outlier, the model's own paths say what the months were.

    ceiling: of log(1 + count), as of the paths
    """
    logs = smoothed.log_draws[propagated.pairing]
    after = smoothed.drawn - (smoothed.series.end - series.start) - 1
    later = after >= 0
    logs[:, later] = propagated.unknown_log_paths[:, after[later]]
    return PastPaths(
        months=tuple(series.start + int(at) for at in smoothed.drawn),
        paths=np.expm1(np.clip(logs, 0.0, ceiling)),
        rejected=tuple(series.start + int(at) for at in smoothed.drawn if smoothed.is_outlier[at]),
    )


def no_past_paths(draws: int) -> PastPaths:
    """Of a series without uncertain figures."""
    return PastPaths((), np.zeros((draws, 0)))
