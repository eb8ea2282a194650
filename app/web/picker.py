"""Choosing a series: lists of them by border and kind, and their short names."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.languages import Words
from app.observations.publishers import BORDERS
from app.observations.tables import SeriesRow

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
