"""The table of all series: filtered, sorted, and a page of it with five years of each series."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Condition

from cachetools import LRUCache, cached

from app.languages import Words
from app.observations import store
from app.observations.publishers import BORDERS
from app.observations.search import matches_search
from app.storage.database import Session
from app.web.overview.query import Column, OverviewQuery
from app.web.overview.rows import SeriesFacts
from app.web.picker import KINDS, UNSORTED, kind_of
from app.web.sparkline import Sparkline, build_sparkline

ROWS = 100  # on a page
SPARKLINE_MONTHS = 60
_REMEMBERED = 200  # pages of lines, of some 30 kB each


@dataclass(frozen=True, slots=True)
class TableRow:
    """A series with its name and its line of five years."""

    facts: SeriesFacts
    name: str
    line: Sparkline | None


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """A page of the table.

    found: how many series the filters leave; borders, kinds: what can be filtered by
    """

    rows: list[TableRow]
    found: int
    known: int
    page: int
    pages: int
    borders: list[str]
    kinds: list[str]


def build_table(
    session: Session,
    facts: Sequence[SeriesFacts],
    query: OverviewQuery,
    words: Words,
    *,
    today: date,
) -> SeriesTable:
    """The page of the table that is asked for; the last one if there are fewer."""
    kept = sort_facts([one for one in facts if _is_wanted(one, query)], query, words)
    pages = max(1, -(-len(kept) // ROWS))
    page = min(query.page, pages)
    shown = kept[(page - 1) * ROWS : page * ROWS]
    lines = build_sparklines(session, [one.series.id for one in shown], today=today)
    borders = {one.series.border for one in facts}
    kinds = {kind_of(one.series) for one in facts}
    return SeriesTable(
        rows=[TableRow(one, _name(one, words), lines.get(one.series.id)) for one in shown],
        found=len(kept),
        known=len(facts),
        page=page,
        pages=pages,
        borders=_in_order(borders, tuple(BORDERS)),
        kinds=_in_order(kinds, KINDS),
    )


def build_sparklines(
    session: Session, series_ids: Collection[int], *, today: date
) -> dict[int, Sparkline]:
    """The last five years of some series as lines, read in one statement."""
    return _sparklines(session, tuple(sorted(series_ids)), today) if series_ids else {}


@cached(LRUCache(_REMEMBERED), key=store.releases_cache_key, condition=Condition())
def _sparklines(session: Session, series_ids: tuple[int, ...], today: date) -> dict[int, Sparkline]:
    figures = store.recent_observations(
        session, months=SPARKLINE_MONTHS, as_of=today, series_ids=series_ids
    )
    return {
        series_id: line
        for series_id, known in figures.items()
        if (line := build_sparkline(known)) is not None
    }


def sort_facts(
    facts: Sequence[SeriesFacts], query: OverviewQuery, words: Words
) -> list[SeriesFacts]:
    """The series in the order that is asked for, those without a value last; by border and kind
    if no order is asked for."""
    if query.column is None:
        places = {border: place for place, border in enumerate(BORDERS)}
        kinds = {kind: place for place, kind in enumerate(KINDS)}

        def place(one: SeriesFacts) -> tuple[int, int, str]:
            kind = kind_of(one.series)
            last = len(KINDS)
            name = one.key if kind in UNSORTED else _name(one, words)
            return places.get(one.series.border, len(places)), kinds.get(kind, last), name

        return sorted(facts, key=place)
    if query.column is Column.NAME:
        return sorted(facts, key=lambda one: _name(one, words), reverse=query.descending)
    value = _VALUES[query.column]
    valued = [(found, one) for one in facts if (found := value(one)) is not None]
    ordered = sorted(valued, key=lambda pair: pair[0], reverse=query.descending)
    return [one for _, one in ordered] + [one for one in facts if value(one) is None]


def _is_wanted(one: SeriesFacts, query: OverviewQuery) -> bool:
    return (
        (not query.border or one.series.border == query.border)
        and (not query.kind or kind_of(one.series) == query.kind)
        and (not query.search or matches_search(one.series, query.search))
    )


def _name(one: SeriesFacts, words: Words) -> str:
    return words.name("series", one.key, one.series.title)


def _in_order(found: Collection[str], order: Sequence[str]) -> list[str]:
    return [one for one in order if one in found] + sorted(set(found) - set(order))


def _surprise(one: SeriesFacts) -> float | None:
    """The more surprising, the larger."""
    return -one.surprise.probability if one.surprise else None


def _month(one: SeriesFacts) -> float | None:
    return one.on_month.percent if one.on_month else None


def _year(one: SeriesFacts) -> float | None:
    return one.on_year.percent if one.on_year else None


_VALUES: dict[Column, Callable[[SeriesFacts], float | None]] = {
    Column.LATEST: lambda one: one.newest.value if one.newest else None,
    Column.MONTH: _month,
    Column.YEAR: _year,
    Column.MEDIAN: lambda one: one.ahead.median if one.ahead else None,
    Column.RISE: lambda one: one.ahead.rise if one.ahead else None,
    Column.SURPRISE: _surprise,
}
