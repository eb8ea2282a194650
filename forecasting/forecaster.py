"""Forecast one series: fit, draw, and go back to counts."""

import zlib

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Forecast, Parameters
from forecasting.fit_warnings import FitWarning
from forecasting.measurement.error_propagation import PropagatedPaths, propagate_errors
from forecasting.measurement.smoothing import SmoothedSeries, smooth_measurements
from forecasting.models import require_known
from forecasting.models.guard import fit_or_baseline
from forecasting.pool import Pool
from forecasting.series import FEWEST_OBSERVED, LONGEST_HORIZON, MonthlySeries

DRAWS = 2000
LARGEST_GROWTH = 1000.0
"""No path goes beyond this multiple of the largest count observed: a factor that no month-to-month
variation speaks for, and that keeps every number finite."""
_MEASUREMENT_STREAM = 1
"""Sets the stream of what the figures truly were apart from those of the models."""
_NO_WARNINGS: tuple[FitWarning, ...] = ()
_WORTH_SAYING = 0.001
"""Share of values held at the bound from which on a reader is told."""


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
    """The joint distribution of the counts of the `horizon` months after `series.end`.

    Models work on log(1 + count). A path below 0 on that scale stands for a count between -1 and 0
    and is read as a count of zero; a path above `LARGEST_GROWTH` times the largest count observed
    is held there, with a warning where this is more than rare. Where a model cannot be fitted, or
    its fit is absurd, the log random walk takes its place and `warnings` says so.

    Where figures have measurement errors, the model sees what they probably were (see
    `smooth_measurements`) and the paths carry the rest of the doubt (see `propagate_errors`); a
    figure found worthless counts as missing.

    The same arguments give the same bytes, in any process; the random stream depends on seed and
    model alone.

    horizon: 1 to 36 months; model: one of `forecasting.MODELS`; seed: 0 or more; draws: 1 or more
        paths
    start: `parameters` of an earlier forecast of this series by the same model, from which the fit
        starts where the model can
    refit: False to hold these parameters and only run them over the figures, where the model can;
        where they do not fit the series any more it is fitted all the same.
    pool: what other series say, as `learn_pool` learns it, for the models that take something from
        them; what it says of months after the last one with a figure is left aside.
    Raises ValueError naming what was given and expected, also for fewer than 3 observed months.
    """
    require_forecastable(series, horizon, model, seed, draws=draws)
    rng = _stream(seed, model)
    if series.is_exact:
        known, warnings = series, _NO_WARNINGS
        fit = fit_or_baseline(model, known, start, pool, refit=refit)
        propagated = PropagatedPaths(fit.fitted.simulate(horizon, draws, rng), 0.0)
    else:
        smoothed = smooth_measurements(
            series, draws, np.random.default_rng([seed, _MEASUREMENT_STREAM])
        )
        known, warnings = smoothed.series, _outlier_warnings(series, smoothed)
        fit = fit_or_baseline(model, known, start, pool, refit=refit)
        propagated = propagate_errors(
            fit.fitted, smoothed.deviations, series.end - known.end, horizon, rng
        )
    ceiling = float(np.nanmax(known.log_values)) + np.log(LARGEST_GROWTH)
    return Forecast(
        origin=series.end,
        paths=np.expm1(np.clip(propagated.log_paths, 0.0, ceiling)),
        model=model,
        parameters=fit.fitted.parameters,
        warnings=(*warnings, *fit.warnings, *_bound_warnings(propagated.log_paths, ceiling)),
        provisional_share=propagated.share,
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
    """Which figures count as missing, as they are far from what their series leads to expect."""
    return tuple(
        FitWarning("figure_rejected", {"month": str(month), "value": float(series.values[at])})
        for at, month in enumerate(series.months)
        if smoothed.is_outlier[at]
    )


def _bound_warnings(log_paths: Array, ceiling: float) -> tuple[FitWarning, ...]:
    share = float(np.mean(log_paths > ceiling))
    if share <= _WORTH_SAYING:
        return ()
    return (FitWarning("held_at_bound", {"share": share, "times": LARGEST_GROWTH}),)
