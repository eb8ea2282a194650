"""Learning a pool from many series."""

import hashlib
from collections.abc import Mapping

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS, Constants
from forecasting.auto.dependence import complete_windows
from forecasting.auto.hindcast import compute_hindcast
from forecasting.auto.partial_pooling import RecordingPooling
from forecasting.measurement.smoothing import correct_measurements
from forecasting.pool import Pool
from forecasting.series import FEWEST_OBSERVED, LONGEST_HORIZON, MonthlySeries


def learn_pool(
    series: Mapping[str, MonthlySeries], constants: Constants = CONSTANTS
) -> Pool | None:
    """Learn what each of many series can take from all of them.

    A series counts from its third observed month on. Its uncertain figures enter as they are
    expected to become, and outliers count as missing, both judged by the months before alone. Each
    row of the pool uses only the months up to its own, so one pool can serve forecasts from any
    month. The order of the series has no effect. From more than `largest_pool` series it learns
    from a sample, so that memory stays bounded.

    Parameters
    ----------
    series : mapping of str to MonthlySeries
        The series by key; the keys have no meaning.
    constants : Constants
        The settings of the method.

    Returns
    -------
    Pool or None
        None if fewer than five series count.

    Examples
    --------
    >>> values = np.arange(1, 41)
    >>> series = {key: MonthlySeries("2020-01", n * values) for n, key in enumerate("abcde", 1)}
    >>> pool = learn_pool(series)
    >>> str(pool.first), str(pool.last)
    ('2020-01', '2023-04')
    """
    able = sorted(key for key, one in series.items() if one.observed_count >= FEWEST_OBSERVED)
    if len(able) < constants.smallest_pool:
        return None
    believed = [correct_measurements(series[key]) for key in _sample(able, constants.largest_pool)]
    first = min(one.start for one in believed)
    logs = np.full((max(one.end for one in believed) - first + 1, len(believed)), np.nan)
    for column, one in enumerate(believed):
        since = one.start - first
        logs[since : since + len(one), column] = np.log1p(one.values)
    each_other = RecordingPooling(constants)
    past = compute_hindcast(logs, first.month - 1, LONGEST_HORIZON, each_other, constants)
    windows = complete_windows(
        logs, past.points, past.spread, _years(first.ordinal, len(logs)), constants
    )
    return Pool(first, **each_other.kept, products=windows.products, windows=windows.windows)


def _sample(keys: list[str], size: int) -> list[str]:
    """At most `size` of the keys, in order: those whose digests are lowest.

    One more series changes at most one of them.
    """
    if len(keys) <= size:
        return keys
    return sorted(sorted(keys, key=lambda key: hashlib.sha256(key.encode()).digest())[:size])


def _years(first: int, months: int) -> Array:
    """(months,) calendar years from that of the first month on, which is 0."""
    return np.asarray((first + np.arange(months)) // 12 - first // 12)
