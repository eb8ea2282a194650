"""Choosing a series: lists by kind, and a tile map of the nine southwest sectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Condition

from cachetools import LRUCache, cached

from app.languages import Words
from app.observations import queries, store
from app.observations.publishers import BORDERS
from app.observations.queries import MONTHS_BEFORE_OLD
from app.observations.tables import SeriesRow
from app.storage.database import Session
from app.web.figure_text import Change
from forecasting import Month

KINDS = (
    "total",
    "component",
    "region",
    "sector",
    "family-status",
    "citizenship",
    "title",
    "field-office",
    "regional-citizenship",
    "route",
    "border-type",
    "covariate",
)
UNSORTED = ("component", "region", "route", "border-type")  # by key, not by name
NATIONAL_CITIZENSHIP_DOTS = 2  # usbp.citizenship.mexico
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
SECTORS = "usbp.southwest"
MOST_REMEMBERED = 50  # days on which the map was looked at
USUAL_MONTHS = 24  # before the day that is shown, in which the sectors' newest figures are
EARLIEST = Month.of(1, 1)
STEPS = (5, 20, 50)  # percent of change at which a tile's color becomes stronger


@dataclass(frozen=True, slots=True)
class Choice:
    """A series in a list."""

    key: str
    name: str
    ended: bool
    here: bool


@dataclass(frozen=True, slots=True)
class BorderChoices:
    """The series of a border, by kind."""

    border: str
    kinds: dict[str, list[Choice]]


@dataclass(frozen=True, slots=True)
class Tile:
    """A sector on the map."""

    place: str
    key: str
    name: str
    change: Change
    here: bool

    @property
    def shade(self) -> str:
        """Its color: fewer or more, in three strengths."""
        percent = self.change.percent or 0
        strength = sum(abs(percent) >= step for step in STEPS)
        return f"{'less' if percent < 0 else 'more'}-{strength}" if strength else "same"


@dataclass(frozen=True, slots=True)
class SectorMap:
    """The sectors' change in one month, the latest that all of them have."""

    month: str
    other: str
    age: int  # months to the day that is shown
    tiles: list[Tile]

    @property
    def is_old(self) -> bool:
        return self.age > MONTHS_BEFORE_OLD

    @property
    def least(self) -> int:
        """Percent of change below which a tile has no color."""
        return STEPS[0]


@dataclass(frozen=True, slots=True)
class Picker:
    """All that a visitor can choose from."""

    choices: list[BorderChoices]
    tiles: SectorMap | None


def build_picker(
    session: Session, shown: str, words: Words, *, today: date, as_of: date | None
) -> Picker:
    """The picker with the series `shown` chosen."""
    known = store.all_series(session)
    tiles = tile_map(session, known, shown, words, today=today, as_of=as_of)
    return Picker(choices(known, shown, words), tiles)


def choices(known: Sequence[SeriesRow], shown: str, words: Words) -> list[BorderChoices]:
    """Every series by its border and by what sets it apart, each kind by name; components, regions,
    and routes in the order of their keys."""
    groups: dict[str, dict[str, list[Choice]]] = {
        border: {kind: [] for kind in KINDS} for border in BORDERS
    }
    for series in known:
        choice = Choice(series.key, short_name(series, words), series.ended, series.key == shown)
        kinds = groups.setdefault(series.border, {})
        kinds.setdefault(kind_of(series), []).append(choice)
    return [
        BorderChoices(
            border,
            {
                kind: group if kind in UNSORTED else sorted(group, key=lambda choice: choice.name)
                for kind, group in kinds.items()
                if group
            },
        )
        for border, kinds in groups.items()
        if any(kinds.values())
    ]


def kind_of(series: SeriesRow) -> str:
    """The list that a series is in: its dimension, but field offices are no sectors, and the
    citizenships of a region are apart from those of the nation."""
    component, *_ = series.key.split(".")
    if series.dimension == "sector" and component == "ofo":
        return "field-office"
    regional = series.key.count(".") > NATIONAL_CITIZENSHIP_DOTS
    if series.dimension == "citizenship" and series.border == "us" and regional:
        return "regional-citizenship"
    return series.dimension


def tile_map(
    session: Session,
    known: Sequence[SeriesRow],
    shown: str,
    words: Words,
    *,
    today: date,
    as_of: date | None,
) -> SectorMap | None:
    """The tile map as known at the end of a day, or None if a sector or its figures are missing."""
    keys = tuple(f"{SECTORS}.{sector}" for sector in WEST_TO_EAST)
    names = {series.key: short_name(series, words) for series in known}
    if not names.keys() >= set(keys):
        return None
    newest = Month.containing(as_of or today)
    for first in (newest - USUAL_MONTHS, EARLIEST):  # all only if the newest ones are too few
        values = _find_counts(session, keys, first, today, as_of)
        common = set.intersection(*(set(months) for months in values))
        months = [month for month in common if month - 1 in common]
        if months:
            break
    else:
        return None
    month = max(months)
    tiles = [
        Tile(
            sector,
            key,
            names[key],
            Change(month - 1, of[month - 1], of[month]),
            key == shown,
        )
        for sector, key, of in zip(WEST_TO_EAST, keys, values, strict=True)
    ]
    age = newest - month
    return SectorMap(words.month(month), words.month(month - 1), age, tiles)


@cached(LRUCache(MOST_REMEMBERED), key=store.releases_cache_key, condition=Condition())
def _find_counts(
    session: Session, keys: tuple[str, ...], first: Month, today: date, as_of: date | None
) -> tuple[dict[Month, int], ...]:
    """The counts of some series by month, from `first` on, as known at the end of a day."""
    return tuple(
        queries.get_counts_since(session, key, first, today=today, as_of=as_of) for key in keys
    )


def short_name(series: SeriesRow, words: Words) -> str:
    """A series' short name: `Tucson`, `Mexico`, `Border Patrol: southwest border`."""
    if name := words.name("short_name", series.key, ""):
        return name
    title = words.name("series", series.key, series.title)
    _, comma, rest = title.partition(", ")
    if not comma:
        return title
    kind = kind_of(series)
    if kind in ("sector", "field-office", "citizenship"):
        form = "citizenship" if kind == "citizenship" else "sector"
        before, after = words(f"picker.{form}").split("{name}")
        return rest.rsplit(", ", 1)[-1].removeprefix(before).removesuffix(after)
    if kind in ("route", "border-type"):
        return rest[0].upper() + rest[1:]
    agency = words.name("agency", series.key.split(".")[0], "")
    return f"{agency}: {rest}" if agency else title
