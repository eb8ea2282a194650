"""Scores of forecasts: lower is better, except for coverage, which should equal its level."""

import numpy as np
from numpy.typing import ArrayLike

from forecasting.arrays import Array, read_only

HUB_LEVELS = read_only(np.array([0.01, 0.025, *np.arange(5, 100, 5) / 100, 0.975, 0.99]))
"""The 23 levels at which forecast hubs take quantiles."""


def pinball_loss(quantiles: ArrayLike, levels: ArrayLike, observed: ArrayLike) -> Array:
    """Compute the pinball (quantile) loss of every quantile.

    The loss of a quantile q at a level is (level - [observed < q]) * (observed - q).

    Parameters
    ----------
    quantiles : array_like, shape (..., k)
    levels : array_like, shape (k,)
        In (0, 1).
    observed : array_like, shape (...)

    Returns
    -------
    array, shape (..., k)
        In the units of `observed`.

    Raises
    ------
    ValueError
        If shapes or values are not as described; the message names them.

    References
    ----------
    Koenker & Bassett (1978), Econometrica 46(1).

    Examples
    --------
    >>> pinball_loss([90, 100, 120], [0.1, 0.5, 0.9], 110).round(6).tolist()
    [2.0, 5.0, 1.0]
    """
    q, tau, y = _fitting(quantiles, levels, observed)
    above = y[..., np.newaxis] - q
    return np.maximum(tau * above, (tau - 1) * above)


def weighted_interval_score(quantiles: ArrayLike, levels: ArrayLike, observed: ArrayLike) -> Array:
    """Compute the weighted interval score of quantile forecasts.

    It is twice the mean pinball loss over the levels. For the median and K central intervals, it
    equals the sum of the interval scores, weighted by alpha / 2, and of half the absolute error of
    the median, divided by K + 1/2.

    Parameters
    ----------
    quantiles : array_like, shape (..., k)
        Non-decreasing in the level.
    levels : array_like, shape (k,)
        In (0, 1).
    observed : array_like, shape (...)

    Returns
    -------
    array, shape (...)
        In the units of `observed`.

    Raises
    ------
    ValueError
        If shapes or values are not as described; the message names them.

    References
    ----------
    Bracher, Ray, Gneiting & Reich (2021), PLOS Computational Biology 17(2), eq. 1-3.

    Examples
    --------
    >>> score = weighted_interval_score([90, 100, 120], [0.1, 0.5, 0.9], 110)
    >>> round(float(score), 3)
    5.333
    """
    loss = pinball_loss(quantiles, levels, observed)
    by_level = np.asarray(quantiles, dtype=np.float64)[..., np.argsort(levels)]
    if (np.diff(by_level, axis=-1) < 0).any():
        raise ValueError("quantiles cross, expected none smaller than that of a lower level")
    return np.asarray(2 * loss.mean(axis=-1), dtype=np.float64)


def crps_from_samples(samples: ArrayLike, observed: ArrayLike) -> Array:
    """Compute the continuous ranked probability score of equally likely samples.

    This is the fair form: the mean of ``|x[i] - y|`` minus the sum of ``|x[i] - x[j]|`` over all i
    and j, divided by 2 m (m - 1). Its expectation does not depend on the number m of samples, so
    forecasts with few and with many draws can be compared. It can be slightly negative.

    Parameters
    ----------
    samples : array_like, shape (m, ...)
        At least 2 draws, as in `Forecast.paths`.
    observed : array_like, shape (...)

    Returns
    -------
    array, shape (...)
        In the units of `observed`.

    Raises
    ------
    ValueError
        If shapes or values are not as described; the message names them.

    References
    ----------
    Ferro (2014), Quarterly Journal of the Royal Meteorological Society 140, eq. 5.

    Examples
    --------
    >>> round(float(crps_from_samples([90, 100, 120], 110)), 3)
    3.333
    """
    x = np.sort(np.asarray(samples, dtype=np.float64), axis=0)
    y = np.asarray(observed, dtype=np.float64)
    if x.ndim == 0 or x.shape[1:] != y.shape:
        raise ValueError(
            f"samples has shape {x.shape} and observed {y.shape}, expected (m, *{y.shape})"
        )
    count = x.shape[0]
    if count < 2:
        raise ValueError(f"samples has {count} draws, expected at least 2")
    _require_finite("samples", x)
    _require_finite("observed", y)
    weights = 2 * np.arange(count) - count + 1
    spread = np.tensordot(weights, x, axes=1) / (count * (count - 1))
    return np.asarray(np.abs(x - y).mean(axis=0) - spread, dtype=np.float64)


def interval_coverage(lower: ArrayLike, upper: ArrayLike, observed: ArrayLike) -> float:
    """Compute the share of outcomes inside their intervals, ends included.

    Parameters
    ----------
    lower, upper, observed : array_like
        Of one shape, not empty.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the shapes differ, or a value is not finite.

    Examples
    --------
    >>> interval_coverage([90, 80], [120, 100], [110, 105])
    0.5
    """
    low, high, y = (np.asarray(given, dtype=np.float64) for given in (lower, upper, observed))
    if not low.shape == high.shape == y.shape or y.size == 0:
        raise ValueError(
            f"lower has shape {low.shape}, upper {high.shape}, "
            f"observed {y.shape}, expected one, not empty"
        )
    for name, given in (("lower", low), ("upper", high), ("observed", y)):
        _require_finite(name, given)
    return float(((low <= y) & (y <= high)).mean())


def mean_absolute_scaled_error(
    forecasts: ArrayLike, observed: ArrayLike, history: ArrayLike, period: int = 12
) -> float:
    """Compute the mean absolute error relative to the changes of the history (MASE).

    The denominator is the mean absolute change of the history over a period, as in
    `seasonal_scale`.

    Parameters
    ----------
    forecasts, observed : array_like
        Of one shape, not empty, finite.
    history : array_like, shape (n,)
        Counts up to the origin; NaN if missing.
    period : int
        Months: 12 compares with the seasonal naive forecast, 1 with the naive forecast.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the shapes differ, or the history has no change over the period.

    References
    ----------
    Hyndman & Koehler (2006), International Journal of Forecasting 22(4).

    Examples
    --------
    >>> mean_absolute_scaled_error([110, 120], [100, 130], history=[100, 120, 100], period=1)
    0.5
    """
    f, y, past = (np.asarray(given, dtype=np.float64) for given in (forecasts, observed, history))
    if f.shape != y.shape or y.size == 0:
        raise ValueError(
            f"forecasts has shape {f.shape}, observed {y.shape}, expected one, not empty"
        )
    if past.ndim != 1:
        raise ValueError(f"history has shape {past.shape}, expected one dimension")
    if period < 1:
        raise ValueError(f"period is {period}, expected 1 or more")
    _require_finite("forecasts", f)
    _require_finite("observed", y)
    changes = np.abs(past[period:] - past[:-period])
    changes = changes[~np.isnan(changes)]
    if not changes.any():
        raise ValueError(
            f"history of {past.size} months has no change over {period}, so there is no scale"
        )
    return float(np.abs(f - y).mean() / changes.mean())


def probability_integral_transform(samples: ArrayLike, observed: ArrayLike) -> Array:
    """Compute the share of equally likely samples below the outcome (PIT).

    SamplePaths equal to the outcome count half. If forecasts are calibrated, the values are uniform
    from 0 to 1. The bias is 1 - 2 PIT, from -1 (all samples below the outcome) to 1 (all above).

    Parameters
    ----------
    samples : array_like, shape (m, ...)
    observed : array_like, shape (...)

    Returns
    -------
    array, shape (...)

    Raises
    ------
    ValueError
        If shapes or values are not as described; the message names them.

    References
    ----------
    Czado, Gneiting & Held (2009), Biometrics 65(4), section 2.1, with the middle of the jump.

    Examples
    --------
    >>> float(probability_integral_transform([90, 100, 110, 120], 110))
    0.625
    """
    x, y = (np.asarray(given, dtype=np.float64) for given in (samples, observed))
    if x.ndim == 0 or x.shape[1:] != y.shape or x.shape[0] == 0:
        raise ValueError(
            f"samples has shape {x.shape} and observed {y.shape}, expected (m, *{y.shape})"
        )
    _require_finite("samples", x)
    _require_finite("observed", y)
    return np.asarray(((x < y).mean(axis=0) + (x <= y).mean(axis=0)) / 2, dtype=np.float64)


def seasonal_scale(history: ArrayLike, period: int = 12) -> float:
    """Compute the mean absolute change of a history over a period, the denominator of MASE.

    Parameters
    ----------
    history : array_like, shape (n,)
        Counts up to the origin; NaN if missing.
    period : int
        Months.

    Returns
    -------
    float
        NaN if the history has no change over the period, or only changes of zero.

    References
    ----------
    Hyndman & Koehler (2006), International Journal of Forecasting 22(4).

    Examples
    --------
    >>> seasonal_scale([100, 120, 100], period=1)
    20.0
    """
    past = np.asarray(history, dtype=np.float64)
    changes = np.abs(past[period:] - past[:-period])
    changes = changes[~np.isnan(changes)]
    return float(changes.mean()) if changes.any() else float("nan")


def _fitting(
    quantiles: ArrayLike, levels: ArrayLike, observed: ArrayLike
) -> tuple[Array, Array, Array]:
    q, tau, y = (np.asarray(given, dtype=np.float64) for given in (quantiles, levels, observed))
    if tau.ndim != 1 or q.shape != (*y.shape, tau.size) or tau.size == 0:
        raise ValueError(
            f"quantiles has shape {q.shape}, levels {tau.shape}, observed {y.shape}, "
            "expected (..., k), (k,) and (...)"
        )
    if not ((tau > 0) & (tau < 1)).all():
        raise ValueError(f"levels are {tau.tolist()}, expected all between 0 and 1")
    _require_finite("quantiles", q)
    _require_finite("observed", y)
    return q, tau, y


def _require_finite(name: str, given: Array) -> None:
    if not np.isfinite(given).all():
        raise ValueError(f"{name} holds a value that is not finite, expected only finite ones")
