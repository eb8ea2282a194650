"""The tile map of the nine southwest sectors, by one measure and for one month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Condition

from cachetools import LRUCache, cached

from app.evaluation.surprises import Surprise
from app.forecasts.month_forecasts import MonthForecast, month_forecasts
from app.forecasts.specification import Specification
from app.languages import Words
from app.observations import store
from app.observations.queries import MONTHS_BEFORE_OLD
from app.storage.database import Session
from app.web.figure_text import Change
from app.web.overview.query import Measure, OverviewQuery
from app.web.overview.rows import MONTHS_AHEAD, YEAR_BEFORE, SeriesFacts
from app.web.picker import short_name
from forecasting import Month
from forecasting.series import LONGEST_HORIZON

SECTORS = "usbp.southwest"
WEST_TO_EAST = (
    "san-diego",
    "el-centro",
    "yuma",
    "tucson",
    "el-paso",
    "big-bend",
    "del-rio",
    "laredo",
    "rio-grande-valley",
)
CHANGE_STEPS = (5, 20, 50)  # percent of change at which a tile's color becomes stronger
CHANCE_STEPS = (0.1, 0.2, 0.3)  # from one half, likewise
SHARE_STEPS = (0.1, 0.3, 0.6)  # of the largest count, likewise


@dataclass(frozen=True, slots=True)
class Tile:
    """A sector on the map: a count or none, a second number beneath it, and its shade.

    percent: the change; None if the map shows none or there is nothing to compare
    """

    place: str
    key: str
    name: str
    count: int | None
    percent: float | None
    chance: float | None
    shade: str


@dataclass(frozen=True, slots=True)
class TileMap:
    """The sectors by one measure in one month.

    other: the month that a change is from
    first, last: between which months the map can be drawn by this measure
    """

    measure: Measure
    month: Month
    other: Month | None
    first: Month
    last: Month
    age: int
    tiles: list[Tile]

    @property
    def is_old(self) -> bool:
        return not self.measure.of_forecast and self.age > MONTHS_BEFORE_OLD

    @property
    def least(self) -> int:
        """Percent of change below which a tile has no color."""
        return CHANGE_STEPS[0]


@dataclass(frozen=True, slots=True)
class _Sector:
    facts: SeriesFacts
    counts: Mapping[Month, int]


def build_tile_map(
    session: Session,
    facts: Sequence[SeriesFacts],
    query: OverviewQuery,
    words: Words,
    model: Specification,
    *,
    today: date,
) -> TileMap | None:
    """The map, or None if a sector or its figures are missing."""
    known = {one.key: one for one in facts}
    keys = [f"{SECTORS}.{sector}" for sector in WEST_TO_EAST]
    if not known.keys() >= set(keys):
        return None
    found = [known[key] for key in keys]
    counts = _counts(session, tuple(one.series.id for one in found), today)
    sectors = [_Sector(one, counts.get(one.series.id, {})) for one in found]
    months = _months_with_all(sectors)
    if not months:
        return None
    measure, current = query.measure, Month.containing(today)
    if measure.of_forecast:
        first, last = current, current + LONGEST_HORIZON
        month = _within(query.month or current + MONTHS_AHEAD, first, last)
        ahead = month_forecasts(
            session,
            model,
            {
                one.series.id: one.newest.value
                for one in found
                if one.newest and one.newest.value is not None
            },
            month,
        )
    else:
        first, last, ahead = months[0], months[-1], {}
        month = _within(query.month or last, first, last)
    if measure is Measure.SURPRISE:
        month = last
    other = {Measure.CHANGE_MONTH: month - 1, Measure.CHANGE_YEAR: month - YEAR_BEFORE}.get(measure)
    largest = max((sector.counts.get(month, 0) for sector in sectors), default=0)
    if measure is Measure.MEDIAN:
        largest = max((one.median for one in ahead.values()), default=0)
    tiles = [
        _tile(
            place,
            sector,
            words,
            measure,
            month,
            other,
            ahead.get(sector.facts.series.id),
            largest=largest,
        )
        for place, sector in zip(WEST_TO_EAST, sectors, strict=True)
    ]
    return TileMap(measure, month, other, first, last, current - month, tiles)


def _tile(
    place: str,
    sector: _Sector,
    words: Words,
    measure: Measure,
    month: Month,
    other: Month | None,
    ahead: MonthForecast | None,
    *,
    largest: int,
) -> Tile:
    count, percent, chance, shade = sector.counts.get(month), None, None, "same"
    if measure in (Measure.CHANGE_MONTH, Measure.CHANGE_YEAR) and other is not None:
        before = sector.counts.get(other)
        if count is not None and before is not None:
            percent = Change(other, before, count).percent
            shade = _diverging(percent or 0, CHANGE_STEPS)
    elif measure is Measure.FIGURE:
        shade = _sequential(count or 0, largest)
    elif measure is Measure.MEDIAN:
        count = ahead.median if ahead else None
        shade = _sequential(count or 0, largest)
    elif measure is Measure.RISE:
        count, chance = (ahead.median, ahead.rise) if ahead else (None, None)
        shade = _diverging(chance - 0.5, CHANCE_STEPS) if chance is not None else "same"
    else:
        surprise = sector.facts.surprise
        count = surprise.value if surprise else None
        chance = surprise.percentile if surprise else None
        shade = _surprise_shade(surprise)
    facts = sector.facts
    return Tile(place, facts.key, short_name(facts.series, words), count, percent, chance, shade)


@cached(LRUCache(20), key=store.releases_cache_key, condition=Condition())
def _counts(
    session: Session, series_ids: tuple[int, ...], today: date
) -> dict[int, dict[Month, int]]:
    """The counts of the sectors by month, read in one statement."""
    found = store.recent_observations(session, months=12 * 100, as_of=today, series_ids=series_ids)
    return {
        series_id: {one.period: one.value for one in figures if one.value is not None}
        for series_id, figures in found.items()
    }


def _months_with_all(sectors: Sequence[_Sector]) -> list[Month]:
    """The months that have a figure of every sector, as has the month before."""
    common = set.intersection(*(set(sector.counts) for sector in sectors))
    return sorted(month for month in common if month - 1 in common)


def _within(month: Month, first: Month, last: Month) -> Month:
    return max(first, min(month, last))


def _diverging(value: float, steps: Sequence[float]) -> str:
    strength = sum(abs(value) >= step for step in steps)
    return f"{'less' if value < 0 else 'more'}-{strength}" if strength else "same"


def _sequential(value: int, largest: int) -> str:
    strength = sum(value >= step * largest for step in SHARE_STEPS) if largest else 0
    return f"more-{strength}" if strength else "same"


def _surprise_shade(surprise: Surprise | None) -> str:
    if surprise is None or not surprise.is_surprise:
        return "same"
    return "more-3" if surprise.percentile > 0.5 else "less-3"
