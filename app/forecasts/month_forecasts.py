"""What the newest forecast of every series says of one month, read in bulk."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
from cachetools import LRUCache

from app.forecasts import store
from app.forecasts.encoding import LEVELS, decode_marginals
from app.forecasts.specification import Specification
from app.reconciliation.store import newest_reconciliations, reconciled_quantiles
from app.storage.database import Session
from forecasting import Month
from forecasting.arrays import Array

_REMEMBERED = 50_000  # months of forecasts, of some 200 bytes each
_Key = tuple[str, int, int, Month, int]  # of the store, forecast, reconciliation; month, figure
_kept: LRUCache[_Key, "MonthForecast | None"] = LRUCache(_REMEMBERED)
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

    Those that add up with the others of their hierarchy are taken where there are such.

    Only stored quantiles are read, in one statement for all forecasts that were not read before.

    newest: the newest figure of each series that is asked for, by its id
    period: forecasts that do not reach it are left out
    """
    url = str(session.get_bind().engine.url)
    ids = store.newest_live_ids(session, specification)
    asked = {ids[series_id] for series_id in newest if series_id in ids}
    made = newest_reconciliations(session, asked)
    keys = {
        series_id: (url, ids[series_id], made.get(ids[series_id], 0), period, figure)
        for series_id, figure in newest.items()
        if series_id in ids
    }
    with _lock:
        known = {key: _kept[key] for key in keys.values() if key in _kept}
    figures = {key[1]: key for key in keys.values() if key not in known}
    unread = {number: made[number] for number in figures if number in made}
    for number, row in reconciled_quantiles(session, unread).items():
        known[figures[number]] = _read(row.quantiles, row.origin, period, figures[number][-1])
    for number, origin, quantiles in store.quantiles_by_id(session, figures.keys() - unread):
        known[figures[number]] = _read(quantiles, origin, period, figures[number][-1])
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
