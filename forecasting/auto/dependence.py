"""The dependence between the months of a path."""

from dataclasses import dataclass

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.exponential_smoothing import values_ahead


@dataclass(frozen=True, eq=False)
class Windows:
    """Products of errors over the horizons, summed over windows whose every month is known.

    products: (n, horizon, horizon) sums by the year in which a window was completed
    windows: (n,) how many independent windows each sum holds, however many series had one
    """

    products: Array
    windows: Array


def complete_windows(
    logs: Array, points: Array, spread: Array, years: Array, constants: Constants = CONSTANTS
) -> Windows:
    """Windows by year, in units of the mean absolute error that was expected, clipped.

    logs: (T, S); points, spread: (T, S, horizon); years: (T,) year of each row, 0 for the first
    """
    months, horizon = len(logs), points.shape[2]
    clip = constants.clip
    errors = np.clip((values_ahead(logs, horizon) - points) / spread, -clip, clip)
    old = np.isfinite(logs).cumsum(axis=0) >= constants.warm_up
    complete = np.isfinite(errors).all(axis=2) & old
    errors = np.where(complete[..., None], np.nan_to_num(errors), 0.0)
    size = int(years[-1]) + 1
    products, windows = np.zeros((size, horizon, horizon)), np.zeros(size)
    for year in range(size):
        rows = (
            np.flatnonzero(years[horizon:] == year)
            if months > horizon
            else np.zeros(0, dtype=np.intp)
        )
        products[year] = np.einsum("tsh,tsk->hk", errors[rows], errors[rows])
        windows[year] = complete[rows].any(axis=1).sum() / horizon
    return Windows(products, windows)


def error_correlation(implied: Array, past: Windows, constants: Constants = CONSTANTS) -> Array:
    """Correlation of errors over the horizons, (horizon, horizon): what the filters imply and the
    past says.

    implied: (horizon, horizon) covariance
    """
    theory, windows = _as_correlation(implied), float(past.windows.sum())
    if not windows:
        return theory
    trust = windows / (windows + constants.dependence_strength)
    return _as_correlation(
        trust * _as_correlation(past.products.sum(axis=0)) + (1 - trust) * theory
    )


def _as_correlation(covariance: Array) -> Array:
    deviation = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    return np.asarray(covariance / np.outer(deviation, deviation))
