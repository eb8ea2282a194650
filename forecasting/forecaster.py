"""Forecast one series: fit, draw, and go back to counts."""

import zlib

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Forecast, Parameters
from forecasting.fit_warnings import FIGURE_REJECTED, FitWarning
from forecasting.measurement.error_propagation import PropagatedPaths, propagate_errors
from forecasting.measurement.past_paths import no_past_paths, past_paths, smooth
from forecasting.measurement.smoothing import SmoothedSeries
from forecasting.models import require_known
from forecasting.models.guard import fit_or_baseline
from forecasting.pool import Pool
from forecasting.series import FEWEST_OBSERVED, LONGEST_HORIZON, MonthlySeries

DRAWS = 2000
LARGEST_GROWTH = 1000.0
"""No path goes beyond this multiple of the largest count observed. No observed variation supports
such a factor, and the limit keeps every number finite."""
_NO_WARNINGS: tuple[FitWarning, ...] = ()
_WORTH_SAYING = 0.001
"""The share of values held at the bound above which there is a warning."""


def forecast(
    series: MonthlySeries,
    horizon: int = 12,
    model: str = "auto",
    seed: int = 0,
    *,
    draws: int = DRAWS,
    start: Parameters | None = None,
    refit: bool = True,
    pool: Pool | None = None,
) -> Forecast:
    """Forecast the counts of the months after a series, as a joint distribution.

    Models work on log(1 + count). A path below 0 on that scale counts as zero; a path above
    `LARGEST_GROWTH` times the largest count observed is held there, with a warning if this happens
    more than rarely. If a model cannot be fitted, or its fit is implausible, the log random walk
    replaces it, and `warnings` says so.

    If figures have measurement noise, the model is given their posterior means, and the remaining
    uncertainty is added to the paths. A figure found to be an outlier counts as missing. What the
    last 12 months with such figures truly were is drawn together with the paths, as `past_paths`.

    The same arguments give the same bytes in any process; the random numbers depend on `seed` and
    `model` alone.

    Parameters
    ----------
    series : MonthlySeries
        At least 3 observed months.
    horizon : int
        1 to 36 months.
    model : str
        One of `forecasting.MODELS`.
    seed : int
        0 or more.
    draws : int
        The number of paths, 1 or more.
    start : mapping of str to tuple of float, optional
        The `parameters` of an earlier forecast of this series by the same model. If the model can,
        its fit starts from them.
    refit : bool
        False to keep the parameters in `start` and only apply them to the figures. A model that
        cannot, or whose parameters no longer suit the series, is fitted all the same.
    pool : Pool, optional
        What the model learns from other series, from `learn_pool`. Its months after the end of
        `series` are not used.

    Returns
    -------
    Forecast

    Raises
    ------
    ValueError
        If an argument is not as described; the message names what was given and expected.

    Examples
    --------
    >>> series = MonthlySeries("2024-01", [124215, 140641, 137473, 128895])
    >>> result = forecast(series, horizon=2, model="log-random-walk")
    >>> [str(month) for month in result.periods], result.paths.shape
    (['2024-05', '2024-06'], (2000, 2))
    >>> lower, upper = result.interval(0.8)
    >>> bool((lower < result.median).all() and (result.median < upper).all())
    True
    """
    require_forecastable(series, horizon, model, seed, draws=draws)
    rng = _stream(seed, model)
    if series.is_exact:
        known, smoothed, warnings = series, None, _NO_WARNINGS
        fit = fit_or_baseline(model, known, start, pool, refit=refit)
        propagated = PropagatedPaths.exact(fit.fitted.simulate(horizon, draws, rng))
    else:
        smoothed = smooth(series, draws, seed)
        known, warnings = smoothed.series, _outlier_warnings(series, smoothed)
        fit = fit_or_baseline(model, known, start, pool, refit=refit)
        propagated = propagate_errors(
            fit.fitted, smoothed.deviations, series.end - known.end, horizon, rng
        )
    ceiling = float(np.nanmax(known.log_values)) + np.log(LARGEST_GROWTH)
    past = past_paths(series, smoothed, propagated, ceiling) if smoothed else no_past_paths(draws)
    return Forecast(
        origin=series.end,
        paths=np.expm1(np.clip(propagated.log_paths, 0.0, ceiling)),
        model=model,
        parameters=fit.fitted.parameters,
        warnings=(*warnings, *fit.warnings, *_bound_warnings(propagated.log_paths, ceiling)),
        provisional_share=propagated.share,
        past_months=past.months,
        past_paths=past.paths,
    )


def require_forecastable(
    series: MonthlySeries, horizon: int, model: str, seed: int, *, draws: int, key: str = ""
) -> None:
    """Raises ValueError, beginning with `key` if given, unless `forecast` accepts the arguments."""
    require_known(model)
    about = f"{key}: " if key else ""
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise ValueError(f"{about}horizon is {horizon}, expected 1 to {LONGEST_HORIZON} months")
    if seed < 0:
        raise ValueError(f"{about}seed is {seed}, expected 0 or more")
    if draws < 1:
        raise ValueError(f"{about}draws is {draws}, expected 1 or more")
    if series.observed_count < FEWEST_OBSERVED:
        raise ValueError(
            f"{about}series has {series.observed_count} observed "
            f"months, expected at least {FEWEST_OBSERVED}"
        )


def _stream(seed: int, model: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(model.encode())])


def _outlier_warnings(series: MonthlySeries, smoothed: SmoothedSeries) -> tuple[FitWarning, ...]:
    """Warn of figures that count as missing: too far from what their series leads to expect."""
    return tuple(
        FitWarning(FIGURE_REJECTED, {"month": str(month), "value": float(series.values[at])})
        for at, month in enumerate(series.months)
        if smoothed.is_outlier[at]
    )


def _bound_warnings(log_paths: Array, ceiling: float) -> tuple[FitWarning, ...]:
    share = float(np.mean(log_paths > ceiling))
    if share <= _WORTH_SAYING:
        return ()
    return (FitWarning("held_at_bound", {"share": share, "times": LARGEST_GROWTH}),)
