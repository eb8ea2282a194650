"""One sheet of OHSS's monthly tables: a total for each fiscal year, then its months."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.errors import Fault
from app.observations.readers import vocabulary
from app.observations.readers.cbp_cells import fiscal_year
from app.observations.readers.ohss_columns import Series, SeriesOf
from app.observations.readers.sheet_cells import (
    MOST_FAULTS,
    describe_row,
    find_header,
    folded,
    quantity,
    shown,
)
from app.observations.readers.workbook import Cell, Sheet
from forecasting import Month

_YEAR, _MONTH = "fiscal year", "month"
_FOOTNOTE = re.compile(r"(?<=[^\d\s])\d+$")
_TO_DATE = re.compile(r"\s+YTD.*", re.IGNORECASE | re.DOTALL)
_YEAR_TOTAL = "total"
_WITHOUT_FIGURE = ("x", "na", "n a")  # not applicable, not available
_WORST_ROUNDING = 5


@dataclass(slots=True)
class ParsedSheet:
    """Figures of a sheet, the row of each month, and what is wrong with it."""

    name: str
    figures: dict[Series, dict[Month, int]] = field(default_factory=dict)
    rows: dict[Month, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_table(name: str, sheet: Sheet, series_of: SeriesOf) -> ParsedSheet:
    """Read a sheet with the columns Fiscal Year, Month, and one for each series.

    `series_of` gives the series of a column by the heading of its group, in the row above, and by
    its own.
    """
    table = ParsedSheet(name)
    header = find_header(sheet, _YEAR, _MONTH)
    if header is None:
        expected = "a header row with the columns Fiscal Year and Month"
        table.faults.append(
            Fault(f"sheet {name}", describe_row(sheet[0]) if sheet else None, expected)
        )
        return table
    columns = _columns(table, sheet, header, series_of)
    if not table.faults:
        _Years(table, columns, [folded(cell) for cell in sheet[header]]).add_rows(sheet, header)
    return table


def _columns(
    table: ParsedSheet, sheet: Sheet, header: int, series_of: SeriesOf
) -> dict[int, Series]:
    """The series of each column that is read."""
    above = sheet[header - 1] if header else [""] * len(sheet[header])
    columns: dict[int, Series] = {}
    group = ""
    for at, cell in enumerate(sheet[header]):
        group = _heading(above[at]) or group
        if folded(cell) in ("", _YEAR, _MONTH):
            continue
        try:
            series = series_of(group, _heading(cell))
        except ValueError:
            location = f"sheet {table.name}, row {header + 1}, column {at + 1}"
            table.faults.append(
                Fault(location, shown(cell), "a heading as in OHSS's monthly tables")
            )
            continue
        if series in columns.values():
            location = f"sheet {table.name}, row {header + 1}, column {at + 1}"
            table.faults.append(Fault(location, shown(cell), "one column for each heading"))
        elif series is not None:
            columns[at] = series
    if not columns and not table.faults:
        given = describe_row(sheet[header])
        table.faults.append(
            Fault(f"sheet {table.name}, row {header + 1}", given, "the column Total")
        )
    return columns


class _Years:
    """Adds rows to a table, and compares each fiscal year's months with its total."""

    def __init__(
        self, table: ParsedSheet, columns: dict[int, Series], headings: Sequence[str]
    ) -> None:
        self._table = table
        self._columns = columns
        self._year_at, self._month_at = headings.index(_YEAR), headings.index(_MONTH)
        self._year: int | None = None
        self._total_row = 0
        self._totals: dict[Series, int] = {}

    def add_rows(self, sheet: Sheet, header: int) -> None:
        for number, cells in enumerate(sheet[header + 1 :], header + 2):
            self._table.faults += self._add(number, cells)
            if len(self._table.faults) >= MOST_FAULTS:
                return
        self._table.faults += self._against_total()
        if not self._table.rows and not self._table.faults:
            fault = Fault(
                f"sheet {self._table.name}", "no month below the header", "a row for each month"
            )
            self._table.faults.append(fault)

    def _add(self, number: int, cells: Sequence[Cell]) -> Iterator[Fault]:
        location = f"sheet {self._table.name}, row {number}"
        if folded(cells[self._month_at]) == "":
            return  # a note below the table
        if cells[self._year_at] != "":
            yield from self._against_total()
            try:
                self._year = _year_of(cells[self._year_at])
            except ValueError:
                yield Fault(
                    f"{location}, Fiscal Year",
                    shown(cells[self._year_at]),
                    "a year such as 2024 or 2024 YTD",
                )
        if folded(cells[self._month_at]) == _YEAR_TOTAL:
            self._total_row = number
            self._totals = dict(self._counts(location, cells, []))
            return
        number_of_month = vocabulary.MONTHS.get(folded(cells[self._month_at]))
        if number_of_month is None or self._year is None:
            yield Fault(
                f"{location}, Month",
                shown(cells[self._month_at]),
                "a month such as October, below its fiscal year",
            )
            return
        month = Month.of(self._year - (number_of_month >= 10), number_of_month)
        newest = next(reversed(self._table.rows), None)
        if newest is not None and month != newest + 1:
            yield Fault(
                f"{location}, Month", str(month), f"{newest + 1}, because months are consecutive"
            )
            return
        self._table.rows[month] = number
        faults: list[Fault] = []
        for series, people in self._counts(location, cells, faults):
            self._table.figures.setdefault(series, {})[month] = people
        yield from faults

    def _counts(
        self, location: str, cells: Sequence[Cell], faults: list[Fault]
    ) -> Iterator[tuple[Series, int]]:
        """The figures of a row; cells that are none become faults."""
        for at, series in self._columns.items():
            if folded(cells[at]) in _WITHOUT_FIGURE:
                continue
            try:
                yield series, quantity(cells[at])
            except ValueError:
                expected = "a whole number from 0, X, or NA"
                faults.append(Fault(f"{location}, {series.title}", shown(cells[at]), expected))

    def _against_total(self) -> Iterator[Fault]:
        """Series whose months do not sum to the year's total by more than rounding explains."""
        for series, total in self._totals.items():
            months = [
                people
                for month, people in self._table.figures.get(series, {}).items()
                if month.fiscal_year == self._year
            ]
            tolerance = _WORST_ROUNDING * (len(months) + 1)
            if abs(sum(months) - total) > tolerance:
                location = f"sheet {self._table.name}, row {self._total_row}, {series.title}"
                yield Fault(
                    location,
                    total,
                    f"{sum(months)} within {tolerance}, the sum of the months below",
                )
        self._totals = {}


def _heading(cell: Cell) -> str:
    """A heading without the number of its footnote."""
    return _FOOTNOTE.sub("", " ".join(cell.split())) if isinstance(cell, str) else ""


def _year_of(cell: Cell) -> int:
    """A year as a number, or as text such as `2024 YTD`."""
    return fiscal_year(_TO_DATE.sub("", cell) if isinstance(cell, str) else str(quantity(cell)))
