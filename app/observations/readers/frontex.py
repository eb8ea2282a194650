"""Frontex's monthly workbook: detections by route, border type, and nationality.

Rows are summed over nationalities to the total, to each route, and to each route's land and sea
borders. An empty cell is nothing detected; a newest month without any figure is not in the workbook
yet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from app.errors import Fault
from app.observations.new_release import NewObservation
from app.observations.observation import NewSeries, official_status
from app.observations.readers import vocabulary
from app.observations.readers.frontex_columns import NAMES, Layout, find_layout
from app.observations.readers.parsed_file import (
    FileKind,
    KnownSeries,
    LocatedObservation,
    ParsedFile,
)
from app.observations.readers.sheet_cells import MOST_FAULTS, folded, quantity, shown
from app.observations.readers.workbook import Cell, Sheet, Workbook
from forecasting import Month

SOURCE = "frontex"
UNIT = "detections"
_SHEET = "detections of ibc"
_TOTAL = "frontex"
_TITLE = "Frontex detections"
_BORDERS = {"land": "by land", "sea": "by sea"}
_OTHER_SPELLINGS = {"eastern-land-borders": "eastern-borders", "western-balkans": "western-balkan"}
_ROUTE_TITLES = {
    "circular-from-albania-to-greece": "circular route from Albania to Greece",
    "eastern-borders": "eastern land borders",
    "other": "other routes",
}
_EXPECTED = {
    "route": "a route such as Western Balkan Route",
    "border": "Land or Sea",
    "nationality": "a nationality",
}


class _Route(NamedTuple):
    """A route by its name in keys and in titles."""

    slug: str
    title: str


def is_frontex_workbook(workbook: Workbook) -> bool:
    return bool(_sheet_of(workbook))


def read(workbook: Workbook, *, published_on: date, known: Mapping[str, KnownSeries]) -> ParsedFile:
    """Read a workbook that has the sheet of detections."""
    name = _sheet_of(workbook)
    found = workbook.read_sheets([name])
    if isinstance(found, Fault):
        return ParsedFile(FileKind.FRONTEX_WORKBOOK, [found])
    layout = find_layout(name, found[name])
    if isinstance(layout, list):
        return ParsedFile(FileKind.FRONTEX_WORKBOOK, layout)
    detections = _Detections(name, layout)
    faults = detections.add_rows(found[name]) or list(detections.gaps())
    if faults:
        return ParsedFile(FileKind.FRONTEX_WORKBOOK, faults)
    new = {series.key: series for series in detections.series() if series.key not in known}
    return ParsedFile(FileKind.FRONTEX_WORKBOOK, detections.new_observations(published_on), new)


def _sheet_of(workbook: Workbook) -> str:
    """Name of the sheet that makes a workbook Frontex's; empty if it has none."""
    return next((name for name in workbook.names if vocabulary.fold(name).startswith(_SHEET)), "")


class _Detections:
    """Detections by series and month, summed row by row."""

    def __init__(self, name: str, layout: Layout) -> None:
        self._name = name
        self._layout = layout
        self._sums: dict[str, dict[Month, int]] = defaultdict(lambda: defaultdict(int))
        self._first_rows: dict[str, int] = {}
        self._titles: dict[str, str] = {}
        self._rows: dict[tuple[str, str, str], int] = {}
        self._reported: set[Month] = set()

    def add_rows(self, sheet: Sheet) -> list[Fault]:
        """Sum the rows below the header; what is wrong with them."""
        faults: list[Fault] = []
        first = self._layout.header + 1
        for number, cells in enumerate(sheet[first:], first + 1):
            if any(cell != "" for cell in cells):
                faults += self._add(number, cells)
            if len(faults) >= MOST_FAULTS:
                break
        if not self._rows and not faults:
            given, expected = "a header and nothing below it", "a row for each nationality"
            faults.append(Fault(f"sheet {self._name}", given, expected))
        return faults

    def gaps(self) -> Iterator[Fault]:
        """Months without any figure that are followed by months with some."""
        newest = max(self._reported, default=None)
        if newest is None:
            yield Fault(f"sheet {self._name}", "no figures", "a figure for each month")
            return
        for month in self._layout.months.values():
            if month < newest and month not in self._reported:
                given, expected = "no figure in any row", "figures, because later months have some"
                yield Fault(f"sheet {self._name}, {month}", given, expected)

    def series(self) -> Iterator[NewSeries]:
        """Every series, parents before children."""
        yield NewSeries(_TOTAL, f"{_TITLE}, all routes", UNIT, None, "total")
        for key in sorted(self._titles):
            parent, _, _ = key.rpartition(".")
            dimension = "route" if parent == _TOTAL else "border-type"
            yield NewSeries(key, self._titles[key], UNIT, parent, dimension)

    def new_observations(self, published_on: date) -> Iterator[LocatedObservation]:
        """Every figure, placed in the first row of its series."""
        months = [month for month in self._layout.months.values() if month <= max(self._reported)]
        for key in (_TOTAL, *sorted(self._titles)):
            location = f"sheet {self._name}, row {self._first_rows[key]}"
            for month in months:
                status = official_status(month, published_on, source=SOURCE)
                observation = NewObservation(key, month, self._sums[key].get(month, 0), status)
                yield LocatedObservation(location, observation)

    def _add(self, number: int, cells: Sequence[Cell]) -> list[Fault]:
        """Add a row to its series, or say what is wrong with it."""
        location = f"sheet {self._name}, row {number}"
        faults: list[Fault] = []
        given = {column: cells[at] for column, at in self._layout.columns.items()}
        faults += _meaningless(location, given)
        counts = dict(self._counts(location, cells, faults))
        for at in self._layout.blank:
            if cells[at] != "":
                expected = "nothing, because the column has no heading"
                faults.append(Fault(f"{location}, column {at + 1}", shown(cells[at]), expected))
        if faults:
            return faults
        route, border = _route(str(given["route"])), folded(given["border"])
        row = (route.slug, border, vocabulary.fold(str(given["nationality"])))
        if row in self._rows:
            given_again = f"the same route, border type, and nationality as row {self._rows[row]}"
            return [Fault(location, given_again, "one row for each")]
        self._rows[row] = number
        self._reported |= counts.keys()
        self._name_series(route, border)
        for key in (_TOTAL, f"{_TOTAL}.{route.slug}", f"{_TOTAL}.{route.slug}.{border}"):
            self._first_rows.setdefault(key, number)
            for month, count in counts.items():
                self._sums[key][month] += count
        return []

    def _counts(
        self, location: str, cells: Sequence[Cell], faults: list[Fault]
    ) -> Iterator[tuple[Month, int]]:
        """The figures of a row; cells that are none become faults."""
        for at, month in self._layout.months.items():
            if cells[at] == "":
                continue
            try:
                yield month, quantity(cells[at])
            except ValueError:
                expected = "a whole number of detections from 0"
                faults.append(Fault(f"{location}, {month}", shown(cells[at]), expected))

    def _name_series(self, route: _Route, border: str) -> None:
        key, title = f"{_TOTAL}.{route.slug}", f"{_TITLE}, {route.title}"
        self._titles.setdefault(key, title)
        self._titles.setdefault(f"{key}.{border}", f"{title}, {_BORDERS[border]}")


def _meaningless(location: str, given: Mapping[str, Cell]) -> Iterator[Fault]:
    """Cells that say no route, border type, or nationality."""
    for column, cell in given.items():
        match column:
            case "route":
                means_something = bool(folded(cell)) and bool(_route(str(cell)).slug)
            case "border":
                means_something = folded(cell) in _BORDERS
            case _:
                means_something = bool(folded(cell))
        if not means_something:
            yield Fault(f"{location}, {NAMES[column]}", shown(cell), _EXPECTED[column])


def _route(name: str) -> _Route:
    """`Circular Route from Albania to Greece` is circular-from-albania-to-greece in keys."""
    slug = "-".join(word for word in vocabulary.fold(name).split() if word != "route")
    slug = _OTHER_SPELLINGS.get(slug, slug)
    title = " ".join(name.split()).replace(" Route", " route")
    return _Route(slug, _ROUTE_TITLES.get(slug, title))
