"""Rows of CBP's exports, summed to every series that they belong to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

from app.errors import LONGEST_ECHO, Fault
from app.observations.readers import vocabulary
from app.observations.readers.cbp_cells import (
    EXPECTED,
    MEANING,
    TO_DATE,
    area,
    count,
    fiscal_year,
    month,
)
from app.observations.readers.cbp_columns import NAMES, Layout
from app.observations.readers.csv_text import Row
from app.observations.readers.keys import NATION, Cut, Part, region_of
from app.observations.readers.parsed_file import FileKind
from forecasting import Month

_DIMENSIONS = ("state", "demographic", "citizenship", "title")
_COUNTED_BY = ("component", "region", "area", *_DIMENSIONS, "type")
_BESIDE = ("grouping", "abbreviation")  # columns that follow from others
_MORE_THAN_ANY_MONTH = 100_000


class _Group(NamedTuple):
    """Rows that differ in nothing but their months, and the totals to which they belong."""

    number: int
    component: str
    to_date: bool
    totals: tuple[dict[Month, int], ...]


class Sums:
    """Totals of the rows so far, and of what the rows speak.

    `to_date` has the months marked FYTD: in every year those that the newest fiscal year has
    reached.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        counted_by = [field for field in _COUNTED_BY if field in layout.places]
        self._counted_by = len(counted_by)
        self._fields = [*counted_by, *(field for field in _BESIDE if field in layout.places)]
        self._pick = itemgetter(*(layout.places[field] for field in self._fields))
        self._groups: dict[tuple[str, ...], _Group] = {}
        self._numbers: dict[tuple[str, ...], int] = {}
        self._periods: dict[tuple[str, str], Month] = {}
        self._seen: set[int] = set()
        self._region_of_sector: dict[str, str] = {}
        self._abbreviation_of: dict[str, str] = {}
        self.totals: dict[Cut, dict[Month, int]] = defaultdict(lambda: defaultdict(int))
        self.first_lines: dict[Month, int] = {}
        self.months: dict[str, set[Month]] = defaultdict(set)
        self.regions: dict[str, set[str]] = defaultdict(set)
        self.countries: set[str] = set()
        self.to_date: set[Month] = set()
        self._people: dict[Month, int] = defaultdict(int)
        self._without_count: dict[int, Month] = {}

    def add(self, row: Row) -> Iterator[Fault]:
        """Add a row to its totals, or yield what is wrong with it."""
        line, cells = row
        if len(cells) != self._layout.width:
            yield Fault(
                f"line {line}",
                f"{len(cells)} cells",
                f"{self._layout.width} cells, as in the header",
            )
            return
        places = self._layout.places
        texts = self._pick(cells)
        try:
            period = self._period(cells[places["year"]], cells[places["month"]])
            group = self._groups.get(texts) or self._new_group(texts)
            people = self._count(cells[places["count"]], group, period, line)
        except ValueError:
            yield from self._faults(line, cells)
            return
        cell = group.number * _MORE_THAN_ANY_MONTH + period.ordinal
        if cell in self._seen:
            given = f"a second row for {', '.join(texts[: self._counted_by])} in {period}"
            yield Fault(
                f"line {line}", given[:LONGEST_ECHO], "one row for each combination and month"
            )
            return
        self._seen.add(cell)
        self.first_lines.setdefault(period, line)
        self.months[group.component].add(period)
        if group.to_date:
            self.to_date.add(period)
        self._people[period] += people
        for figures in group.totals:
            figures[period] += people

    def leave_out_unreached(self) -> Iterator[Fault]:
        """Leave out months of the newest fiscal year that are still to come, if there are rows.

        They are Remaining and have no people. Yields rows of other months that lack a count.
        """
        newest = max(self.first_lines, default=Month.of(1, 1)).fiscal_year
        reached = {period for period in self.to_date if period.fiscal_year == newest}
        unreached = [
            period
            for period in self.first_lines
            if reached and period > max(reached) and not self._people[period]
        ]
        for period in unreached:
            del self.first_lines[period]
            for figures in self.totals.values():
                figures.pop(period, None)
        for component, months in list(self.months.items()):
            self.months[component] = months.difference(unreached)
        for line, period in self._without_count.items():
            if period not in unreached:
                yield Fault(f"line {line}, {NAMES['count']}", "", EXPECTED["count"])

    def _count(self, text: str, group: _Group, period: Month, line: int) -> int:
        """The count of a row; 0 if there is none and the month may be still to come."""
        if text.strip() or group.to_date or "grouping" not in self._layout.places:
            return count(text)
        self._without_count[line] = period
        return 0

    def _period(self, year_text: str, month_text: str) -> Month:
        """The calendar month: fiscal year N begins in October of the year before."""
        period = self._periods.get((year_text, month_text))
        if period is None:
            number = month(month_text)
            period = Month.of(fiscal_year(year_text) - (number >= 10), number)
            self._periods[year_text, month_text] = period
        return period

    def _new_group(self, texts: tuple[str, ...]) -> _Group:
        cell = dict(zip(self._fields, texts, strict=True))
        meaning = {field: MEANING[field](text) for field, text in cell.items() if field in MEANING}
        component = vocabulary.component(cell["component"]) if "component" in cell else "cbp"
        region = vocabulary.region(cell["region"]) if "region" in cell else "southwest"
        parts = [part for field in _DIMENSIONS if isinstance(part := meaning.get(field), Part)]
        cuts = [
            Cut(whole, where, part)
            for whole in dict.fromkeys((component, "cbp"))
            for where in self._regions(whole, region)
            for part in (None, *parts)
        ]
        if "area" in cell:
            cuts.append(Cut(component, region_of(component, region), self._area(cell)))
        counted_by = tuple(map(vocabulary.fold, texts[: self._counted_by]))
        number = self._numbers.setdefault(counted_by, len(self._numbers))
        self.regions[component].add(region)
        self.countries |= {part.slug for part in parts if part.dimension == "citizenship"}
        to_date = meaning.get("grouping") == TO_DATE
        group = _Group(number, component, to_date, tuple(self.totals[cut] for cut in cuts))
        self._groups[texts] = group
        return group

    def _regions(self, component: str, region: str) -> tuple[str | None, ...]:
        own = region_of(component, region)
        return (own,) if self._layout.kind is FileKind.CBP_SOUTHWEST else (NATION, own)

    def _area(self, cell: Mapping[str, str]) -> Part:
        """Raises ValueError, with the field, where it contradicts the component or the rows
        before."""
        component, region = (
            vocabulary.component(cell["component"]),
            vocabulary.region(cell["region"]),
        )
        try:
            part = area(cell["area"], component)
        except ValueError:
            raise ValueError("area") from None
        if component == "usbp" and self._region_of_sector.setdefault(part.slug, region) != region:
            raise ValueError("area")
        name, abbreviation = (
            vocabulary.fold(cell["area"]),
            vocabulary.fold(cell.get("abbreviation", "")),
        )
        if self._abbreviation_of.setdefault(name, abbreviation) != abbreviation:
            raise ValueError("abbreviation")
        return part

    def _faults(self, line: int, cells: list[str]) -> Iterator[Fault]:
        """Each cell of a row that means nothing.

        The area only where component and region mean something.
        """
        cell = {field: cells[location] for field, location in self._layout.places.items()}
        wrong = []
        for field in cell.keys() & MEANING.keys():
            try:
                MEANING[field](cell[field])
            except ValueError:
                wrong.append(field)
        if "area" in cell and not {"component", "region"} & set(wrong):
            try:
                self._area(cell)
            except ValueError as error:
                wrong.append(str(error))
        for field in sorted(wrong, key=list(cell).index):
            yield Fault(f"line {line}, {NAMES[field]}", cell[field][:LONGEST_ECHO], EXPECTED[field])
