"""Rows of CBP's exports, summed to every series that they belong to."""

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

from app.errors import LONGEST_ECHO, Fault
from app.observations.readers import words
from app.observations.readers.cbp_cells import EXPECTED, MEANING, area, count, month, year
from app.observations.readers.cbp_columns import NAMES, Layout
from app.observations.readers.keys import NATION, Cut, Part, region_of
from app.observations.readers.reading import Kind
from app.observations.readers.text import Row
from forecasting import Month

_DIMENSIONS = ("state", "demographic", "citizenship", "title")
_MORE_THAN_ANY_MONTH = 100_000


class _Group(NamedTuple):
    """Rows that differ in nothing but their months, and the totals to which they belong."""

    number: int
    component: str
    totals: tuple[dict[Month, int], ...]


class Sums:
    """Totals of the rows so far, and of what the rows speak."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._fields = [
            field for field in ("component", "region", "area", *_DIMENSIONS, "type") if field in layout.places
        ]
        self._pick = itemgetter(*(layout.places[field] for field in self._fields))
        self._groups: dict[tuple[str, ...], _Group] = {}
        self._numbers: dict[tuple[str, ...], int] = {}
        self._periods: dict[tuple[str, str], Month] = {}
        self._seen: set[int] = set()
        self._region_of_sector: dict[str, str] = {}
        self.totals: dict[Cut, dict[Month, int]] = defaultdict(lambda: defaultdict(int))
        self.first_lines: dict[Month, int] = {}
        self.months: dict[str, set[Month]] = defaultdict(set)
        self.regions: dict[str, set[str]] = defaultdict(set)
        self.countries: set[str] = set()

    def add(self, row: Row) -> Iterator[Fault]:
        """Add a row to its totals, or yield what is wrong with it."""
        line, cells = row
        if len(cells) != self._layout.width:
            yield Fault(
                f"line {line}", f"{len(cells)} cells", f"{self._layout.width} cells, as in the header"
            )
            return
        places = self._layout.places
        texts = self._pick(cells)
        try:
            period = self._period(cells[places["year"]], cells[places["month"]])
            group = self._groups.get(texts) or self._new_group(texts)
            people = count(cells[places["count"]])
        except ValueError:
            yield from self._faults(line, cells)
            return
        cell = group.number * _MORE_THAN_ANY_MONTH + period.ordinal
        if cell in self._seen:
            given = f"a second row for {', '.join(texts)} in {period}"
            yield Fault(f"line {line}", given[:LONGEST_ECHO], "one row for each combination and month")
            return
        self._seen.add(cell)
        self.first_lines.setdefault(period, line)
        self.months[group.component].add(period)
        for figures in group.totals:
            figures[period] += people

    def _period(self, year_text: str, month_text: str) -> Month:
        """The calendar month: fiscal year N begins in October of the year before."""
        period = self._periods.get((year_text, month_text))
        if period is None:
            number = month(month_text)
            period = Month.of(year(year_text) - (number >= 10), number)
            self._periods[year_text, month_text] = period
        return period

    def _new_group(self, texts: tuple[str, ...]) -> _Group:
        cell = dict(zip(self._fields, texts, strict=True))
        meaning = {field: MEANING[field](text) for field, text in cell.items() if field in MEANING}
        component = words.component(cell["component"]) if "component" in cell else "cbp"
        region = words.region(cell["region"]) if "region" in cell else "southwest"
        parts = [part for field in _DIMENSIONS if isinstance(part := meaning.get(field), Part)]
        cuts = [
            Cut(whole, where, part)
            for whole in dict.fromkeys((component, "cbp"))
            for where in self._regions(whole, region)
            for part in (None, *parts)
        ]
        if "area" in cell:
            cuts.append(
                Cut(component, region_of(component, region), self._area(cell["area"], component, region))
            )
        number = self._numbers.setdefault(tuple(map(words.fold, texts)), len(self._numbers))
        self.regions[component].add(region)
        self.countries |= {part.slug for part in parts if part.dimension == "citizenship"}
        group = _Group(number, component, tuple(self.totals[cut] for cut in cuts))
        self._groups[texts] = group
        return group

    def _regions(self, component: str, region: str) -> tuple[str | None, ...]:
        own = region_of(component, region)
        return (own,) if self._layout.kind is Kind.CBP_SOUTHWEST else (NATION, own)

    def _area(self, text: str, component: str, region: str) -> Part:
        """Raises ValueError where a sector lies in another region than in the rows before."""
        part = area(text, component)
        if component == "usbp" and self._region_of_sector.setdefault(part.slug, region) != region:
            raise ValueError(text)
        return part

    def _faults(self, line: int, cells: list[str]) -> Iterator[Fault]:
        """Each cell of a row that means nothing."""
        wrong = []
        for field, place in self._layout.places.items():
            try:
                if field in MEANING:
                    MEANING[field](cells[place])
            except ValueError:
                wrong.append(field)
        places = self._layout.places
        if "area" in places and not {"component", "region"} & set(wrong):
            component, region = (
                words.component(cells[places["component"]]),
                words.region(cells[places["region"]]),
            )
            try:
                self._area(cells[places["area"]], component, region)
            except ValueError:
                wrong.append("area")
        for field in wrong:
            given = cells[places[field]][:LONGEST_ECHO]
            yield Fault(f"line {line}, {NAMES[field]}", given, EXPECTED[field])
