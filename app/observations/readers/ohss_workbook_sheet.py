"""One sheet of OHSS's monthly workbook: rows to figures by series and month."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.errors import Fault
from app.observations.readers import vocabulary
from app.observations.readers.cbp_cells import fiscal_year
from app.observations.readers.keys import NATION, Cut, region_of
from app.observations.readers.sheet_cells import (
    MOST_FAULTS,
    find_header,
    folded,
    quantity,
    shown,
    text_of,
)
from app.observations.readers.workbook import Cell, Sheet
from forecasting import Month

_MONTH = re.compile(r"(\d\d) ([a-z]+)")
_PARTS = {
    "family status": vocabulary.family_status,
    "citizenship": vocabulary.citizenship,
    "sector": vocabulary.sector,
}
_EXPECTED = {
    "fiscal year": "a fiscal year such as 2024",
    "month": "a month such as 01 October, numbered within the fiscal year",
    "region": "Southwest Land Border, Northern Land Border or Coastal Border",
    "family status": "Single Adults, Family Unit Individuals or Unaccompanied Children",
    "citizenship": "a country",
    "sector": "a sector such as Tucson, AZ",
    "quantity": "a whole number of people from 0",
}


@dataclass(slots=True)
class Table:
    """Figures of a sheet, where each month first occurs in it, and what is wrong with it."""

    name: str
    figures: dict[Cut, dict[Month, int]] = field(default_factory=dict)
    first_rows: dict[Month, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_table(name: str, sheet: Sheet, columns: Sequence[str]) -> Table:
    """Read a sheet with the columns Fiscal Year, Month, those given and Quantity, in any order."""
    table = Table(name)
    expected = ("fiscal year", "month", *columns, "quantity")
    header = find_header(sheet, "fiscal year")
    names = [] if header is None else [folded(cell) for cell in sheet[header] if cell != ""]
    if header is None or sorted(names) != sorted(expected):
        given = ", ".join(names) or "no header"
        table.faults.append(Fault(f"sheet {name}", given, f"the columns {', '.join(expected)}"))
        return table
    places = {column: [folded(cell) for cell in sheet[header]].index(column) for column in expected}
    rows = _Rows(table, places)
    for number, cells in enumerate(sheet[header + 1 :], header + 2):
        rows.add(number, cells)
        if len(table.faults) >= MOST_FAULTS:
            break
    return table


class _Rows:
    """Adds rows to a table; what cells mean is worked out once for each different text."""

    def __init__(self, table: Table, places: Mapping[str, int]) -> None:
        self._table = table
        self._places = places
        self._keys = [
            column for column in places if column not in ("fiscal year", "month", "quantity")
        ]
        self._cuts: dict[tuple[Cell, ...], Cut | None] = {}
        self._periods: dict[tuple[Cell, Cell], Month] = {}

    def add(self, number: int, cells: Sequence[Cell]) -> None:
        if not any(cell != "" for cell in cells[1:]) and not isinstance(cells[0], float):
            return  # an empty row, or a note below the table
        location = f"sheet {self._table.name}, row {number}"
        given = {column: cells[at] for column, at in self._places.items()}
        try:
            period = self._period(given["fiscal year"], given["month"])
            cut = self._cut(tuple(given[column] for column in self._keys))
            people = quantity(given["quantity"])
        except ValueError:
            self._table.faults += self._faults(location, given)
            return
        if cut is None:
            return
        figures = self._table.figures.setdefault(cut, {})
        if period in figures:
            self._table.faults.append(
                Fault(location, f"a second row for {cut.key} in {period}", "one row for each")
            )
            return
        figures[period] = people
        self._table.first_rows.setdefault(period, number)

    def _period(self, year: Cell, month: Cell) -> Month:
        if (year, month) not in self._periods:
            number = month_number(month)
            self._periods[year, month] = Month.of(fiscal_year_of(year) - (number >= 10), number)
        return self._periods[year, month]

    def _cut(self, texts: tuple[Cell, ...]) -> Cut | None:
        """The series of a row; None for citizens of `Other`."""
        if texts not in self._cuts:
            region, part = NATION, None
            for column, text in zip(self._keys, texts, strict=True):
                if column == "region":
                    region = _region(text)
                else:
                    part = _PARTS[column](text_of(text))
            other = part is None and self._keys[-1:] == ["citizenship"]
            self._cuts[texts] = None if other else Cut("usbp", region, part)
        return self._cuts[texts]

    def _faults(self, location: str, given: Mapping[str, Cell]) -> Iterator[Fault]:
        """Each cell of a row that means nothing."""
        for column, cell in given.items():
            try:
                if column in _MEANING:
                    _MEANING[column](cell)
                else:
                    _PARTS[column](text_of(cell))
            except ValueError:
                yield Fault(f"{location}, {column}", shown(cell), _EXPECTED[column])


def fiscal_year_of(cell: Cell) -> int:
    return fiscal_year(str(quantity(cell)))


def month_number(cell: Cell) -> int:
    """Number of a calendar month, 1 to 12, from a cell such as `01 October`."""
    match = _MONTH.fullmatch(folded(cell))
    number = vocabulary.MONTHS.get(match[2]) if match else None
    if match is None or number is None or int(match[1]) != (number + 2) % 12 + 1:
        raise ValueError(cell)
    return number


def _region(cell: Cell) -> str:
    return region_of("usbp", vocabulary.region(text_of(cell)))


_MEANING = {
    "fiscal year": fiscal_year_of,
    "month": month_number,
    "region": _region,
    "quantity": quantity,
}
