"""What the newest forecast of every series says of one month, read in bulk."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
from cachetools import LRUCache

from app.forecasts import store
from app.forecasts.encoding import LEVELS, decode_marginals
from app.forecasts.specification import Specification
from app.storage.database import Session
from forecasting import Month
from forecasting.arrays import Array

_REMEMBERED = 50_000  # months of forecasts, of some 200 bytes each
_kept: LRUCache[tuple[str, int, Month, int], "MonthForecast | None"] = LRUCache(_REMEMBERED)
_lock = Lock()


@dataclass(frozen=True, slots=True)
class MonthForecast:
    """The forecast of one month: its median, its 80% range, and the chance of a rise.

    rise: the probability, 0 to 1, that the month's count is above the series' newest figure
    """

    period: Month
    median: int
    lower: int
    upper: int
    rise: float


def month_forecasts(
    session: Session, specification: Specification, newest: Mapping[int, int], period: Month
) -> dict[int, MonthForecast]:
    """What the forecasts that were issued last say of a month, by the series' id.

    Only stored quantiles are read, in one statement for all forecasts that were not read before.

    newest: the newest figure of each series that is asked for, by its id
    period: forecasts that do not reach it are left out
    """
    url = str(session.get_bind().engine.url)
    ids = store.newest_live_ids(session, specification)
    keys = {
        series_id: (url, ids[series_id], period, figure)
        for series_id, figure in newest.items()
        if series_id in ids
    }
    with _lock:
        known = {key: _kept[key] for key in keys.values() if key in _kept}
    figures = {key[1]: key for key in keys.values() if key not in known}
    for forecast_id, origin, quantiles in store.quantiles_by_id(session, figures.keys()):
        key = figures[forecast_id]
        known[key] = _read(quantiles, origin, period, key[3])
    with _lock:
        _kept.update({key: known[key] for key in figures.values()})
    return {series_id: found for series_id, key in keys.items() if (found := known.get(key))}


def exceedance(levels: Array, quantiles: Array, count: float) -> float:
    """The probability of more than `count`, from quantiles at ascending levels.

    It is linear between quantiles, and never beyond the outermost levels.
    """
    place = int(np.searchsorted(quantiles, count, side="right"))
    if place == 0:
        return float(1 - levels[0])
    if place == len(quantiles):
        return float(1 - levels[-1])
    below, above = float(quantiles[place - 1]), float(quantiles[place])
    share = (count - below) / (above - below)
    return float(1 - (levels[place - 1] + share * (levels[place] - levels[place - 1])))


def _read(quantiles: bytes, origin: Month, period: Month, newest: int) -> MonthForecast | None:
    distribution = decode_marginals(quantiles)
    step = period - origin - 1
    if not 0 <= step < len(distribution.mean):
        return None
    lower, upper = distribution.interval(0.8)
    return MonthForecast(
        period=period,
        median=int(distribution.median[step]),
        lower=int(lower[step]),
        upper=int(upper[step]),
        rise=exceedance(LEVELS, distribution.values[step], newest),
    )
