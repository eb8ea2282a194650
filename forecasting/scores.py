"""Proper scores of forecasts.

Lower is better, except coverage, where the nominal level is right.
"""

import numpy as np
from numpy.typing import ArrayLike

from forecasting.arrays import Array, read_only

HUB_LEVELS = read_only(np.array([0.01, 0.025, *np.arange(5, 100, 5) / 100, 0.975, 0.99]))
"""(23,) the levels at which forecast hubs take quantiles."""


def pinball_loss(quantiles: ArrayLike, levels: ArrayLike, observed: ArrayLike) -> Array:
    """Pinball (quantile) loss of every quantile: (level - [observed < q]) * (observed - q).

    quantiles: (..., k); levels: (k,) in (0, 1); observed: (...), all finite.
    Returns (..., k) in the units of `observed`. Raises ValueError naming what does not fit.
    Koenker & Bassett (1978), Econometrica 46(1).
    """
    q, tau, y = _fitting(quantiles, levels, observed)
    above = y[..., np.newaxis] - q
    return np.maximum(tau * above, (tau - 1) * above)


def weighted_interval_score(quantiles: ArrayLike, levels: ArrayLike, observed: ArrayLike) -> Array:
    """Weighted interval score of quantile forecasts: twice the mean pinball loss over the levels.

    With the median and K central intervals this is the interval score weighted by alpha / 2 (the
    median's absolute error by 1 / 2), over K + 1/2.

    quantiles: (..., k) non-decreasing in the level; levels: (k,) in (0, 1); observed: (...).
    Returns (...) in the units of `observed`. Raises ValueError naming what does not fit.
    Bracher, Ray, Gneiting & Reich (2021), PLOS Comput Biol 17(2), eq. 1-3.
    """
    loss = pinball_loss(quantiles, levels, observed)
    by_level = np.asarray(quantiles, dtype=np.float64)[..., np.argsort(levels)]
    if (np.diff(by_level, axis=-1) < 0).any():
        raise ValueError("quantiles cross, expected none smaller than that of a lower level")
    return np.asarray(2 * loss.mean(axis=-1), dtype=np.float64)


def crps_from_samples(samples: ArrayLike, observed: ArrayLike) -> Array:
    """Continuous ranked probability score of equally likely samples, in the fair form.

    mean |x_i - y| - sum over i, j of |x_i - x_j| / (2 m (m - 1)): its expectation does not depend
    on the number m of samples, so that forecasts with few and with many draws can be compared. It
    can be slightly negative. Sorted samples make it O(m log m).

    samples: (m, ...) with m >= 2, as `Forecast.paths`; observed: (...). Returns (...).
    Raises ValueError naming what does not fit. Ferro (2014), Q J R Meteorol Soc 140, eq. 5.
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
    """Share of outcomes inside their interval, ends included.

    lower, upper, observed: of one shape, not empty. Raises ValueError naming the shapes where they
    differ.
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
    """Mean absolute error over the mean absolute seasonal change of the history.

    forecasts, observed: of one shape, finite; history: (n,) up to the origin, NaN = missing;
    period: months, 12 for the seasonal naive, 1 for the naive. Raises ValueError where the shapes
    differ, or where the history has no such change or only changes of zero. Hyndman & Koehler
    (2006), Int J Forecasting 22(4).
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
    """Share of equally likely samples below the outcome, those equal to it counted by half.

    Uniform on 0 to 1 where forecasts are calibrated; 1 - 2 PIT is the bias, from -1 (all samples
    below the outcome) to 1 (all above).

    samples: (m, ...); observed: (...). Returns (...). Raises ValueError naming what does not fit.
    Czado, Gneiting & Held (2009), Biometrics 65(4), section 2.1, with the middle of the jump.
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
    """Mean absolute change of a history on the same month a period earlier: what MASE divides by.

    history: (n,) up to the origin, NaN = missing. NaN where it has no such change or only changes
    of zero. Hyndman & Koehler (2006), Int J Forecasting 22(4).
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
