"""Every fit is checked before anyone draws from it."""

import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitError, FitWarning
from forecasting.models import BASELINE, load
from forecasting.models.log_random_walk import monthly_deviation
from forecasting.models.model import Fitted, Model, Refilterable
from forecasting.pool import Pool
from forecasting.series import LONGEST_HORIZON, MonthlySeries

_CHECKED_DRAWS = 200
_TWO_SIGMA = 1.96
_SPREAD_LIMIT = 4.0
"""How many times wider than the log random walk's a 95 % interval may be; a first year counts as
whole."""
_LEVEL_LIMIT = 100.0
"""How many times above the largest or below the smallest figure of the history a median may go."""
_WARNING_LENGTH = 160


@dataclass(frozen=True)
class CheckedFit:
    """A fit that has passed, with all that its reader should know."""

    fitted: Fitted
    warnings: tuple[FitWarning, ...]


def fit_checked(
    model: Model, series: MonthlySeries, start: Parameters | None, *, refit: bool = True
) -> CheckedFit:
    """Fit a model, and check what it would forecast over the longest horizon.

    Python warnings raised on the way become warnings of the fit. Raises FitError with the reason
    where the fit fails, or forecasts something that the series' own history makes absurd.

    refit: False to hold the parameters `start` where the model can. Where they are of another form,
        or what they forecast has become absurd, it is fitted after all.
    """
    if not refit and start is not None and isinstance(model, Refilterable):
        refilter, parameters = model.refilter, start
        with suppress(FitError):
            return _checked(lambda: refilter(series, parameters), series)
    return _checked(lambda: model.fit(series, start), series)


def _checked(fit: Callable[[], Fitted], series: MonthlySeries) -> CheckedFit:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            fitted = fit()
            paths = fitted.simulate(LONGEST_HORIZON, _CHECKED_DRAWS, np.random.default_rng(0))
        except FitError:
            raise
        except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
            raise FitError("fit_failed", text=_short(error)) from error
    check_paths(paths, series)
    texts = dict.fromkeys(_short(warning.message) for warning in caught)
    from_library = (FitWarning("library", {"text": text}) for text in texts)
    return CheckedFit(fitted, (*fitted.warnings, *from_library))


def fit_or_baseline(
    name: str,
    series: MonthlySeries,
    start: Parameters | None,
    pool: Pool | None = None,
    *,
    refit: bool = True,
) -> CheckedFit:
    """The checked fit of a model by name or, with a warning, that of the log random walk."""
    try:
        return fit_checked(load(name, pool), series, start, refit=refit)
    except FitError as error:
        instead = fit_checked(load(BASELINE), series, None)
        replaced = FitWarning(
            "model_replaced", {"model": name, "replacement": BASELINE}, error.warning
        )
        return CheckedFit(instead.fitted, (replaced, *instead.warnings))


def check_paths(paths: Array, series: MonthlySeries) -> None:
    """Raises FitError if log paths (draws, horizon) are not finite, too wide or far, or all 0."""
    if not np.isfinite(paths).all():
        raise FitError("not_finite")
    lower, median, upper = np.quantile(paths, [0.025, 0.5, 0.975], axis=0)
    ahead = np.arange(1, paths.shape[1] + 1)
    deviation = monthly_deviation(series)
    if (
        (upper - lower) / 2
        > _SPREAD_LIMIT * _TWO_SIGMA * deviation * np.sqrt(np.maximum(ahead, 12))
    ).any():
        raise FitError("too_wide")
    lowest, highest = np.nanmin(series.log_values), np.nanmax(series.log_values)
    if (median < lowest - np.log(_LEVEL_LIMIT)).any() or (
        median > highest + np.log(_LEVEL_LIMIT)
    ).any():
        raise FitError("out_of_range")
    if (upper <= 0).any():
        raise FitError("certain_zero")


def _short(message: Warning | Exception | str) -> str:
    """The first sentence of a message, on one line."""
    line = " ".join(str(message).split())
    return re.split(r"(?<=[a-z])\.\s", line, maxsplit=1)[0][:_WARNING_LENGTH]
