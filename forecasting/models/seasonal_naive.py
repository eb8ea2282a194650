"""The seasonal naive on logs: a month is like the same month a year earlier."""

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitError
from forecasting.models.gaussian import GaussianFit
from forecasting.models.model import require_observed
from forecasting.series import LONGEST_HORIZON, MonthlySeries

_FEWEST_OBSERVED = 24
_FEWEST_CHANGES = 12
_LARGEST_CORRELATION = 0.99


def fit(series: MonthlySeries, _start: Parameters | None) -> GaussianFit:
    """Fit the size of changes over a year and how alike they are from one month to the next.

    The change on a year of a month is taken as a stationary first-order autoregression: regimes
    last longer than a month, so that independent months would make sums over months far too
    certain. Raises FitError where a calendar month has never been observed, or too few are a year
    apart.
    """
    require_observed(series, _FEWEST_OBSERVED)
    logs = series.log_values
    last, years = _last_seasons(logs)
    changes = logs[12:] - logs[:-12]
    observed = changes[~np.isnan(changes)]
    if observed.size < _FEWEST_CHANGES:
        raise FitError("too_few_changes", needed=_FEWEST_CHANGES, observed=int(observed.size))
    variance = float(np.mean(observed**2))
    correlation = _autocorrelation(changes)
    return GaussianFit(
        mean=last,
        covariance=variance * _accumulated(years, correlation),
        parameters={"deviation": (variance**0.5,), "correlation": (correlation,)},
    )


def _last_seasons(logs: Array) -> tuple[Array, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The last value of each month ahead's calendar month, and how many years back it lies."""
    last = np.full(LONGEST_HORIZON, np.nan)
    years = np.zeros(LONGEST_HORIZON, dtype=np.int64)
    for ahead in range(LONGEST_HORIZON):
        same_month = np.arange(logs.size + ahead - 12, -1, -12)
        known = same_month[same_month < logs.size]
        known = known[~np.isnan(logs[known])]
        if not known.size:
            raise FitError("month_never_observed")
        last[ahead] = logs[known[0]]
        years[ahead] = (logs.size + ahead - known[0]) // 12
    return last, years


def _autocorrelation(changes: Array) -> float:
    """Lag-one autocorrelation around zero, from consecutive months, (n,), NaN = missing."""
    pairs = changes[:-1] * changes[1:]
    power = np.nanmean(changes**2)
    if np.isnan(pairs).all() or power == 0:
        return 0.0
    return float(np.clip(np.nanmean(pairs) / power, 0.0, _LARGEST_CORRELATION))


def _accumulated(years: np.ndarray[tuple[int], np.dtype[np.int64]], correlation: float) -> Array:
    """Covariance of sums of yearly changes of variance 1: month h sums those of h, h - 12, ...

    years: (horizon,) how many changes each month adds. Returns (horizon, horizon).
    """
    months = np.repeat(np.arange(years.size), years)
    nth = np.concatenate([np.arange(count) for count in years])
    when = months - 12 * nth
    covariance = correlation ** np.abs(when[:, np.newaxis] - when)
    adds = (months == np.arange(years.size)[:, np.newaxis]).astype(np.float64)
    return np.asarray(adds @ covariance @ adds.T, dtype=np.float64)
