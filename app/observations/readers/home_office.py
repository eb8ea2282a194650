"""The Home Office's workbook of small boats: days summed to calendar months.

Only months that the workbook holds whole are read: every day of them has a row with a number. The
sheet of weeks repeats the days, and a week can lie in two months, so it is not read. A sheet with a
row for each month is read if there is none of days.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, NamedTuple, TypeVar

from app.errors import Fault
from app.observations.new_release import NewObservation
from app.observations.observation import NewSeries, official_status
from app.observations.readers import vocabulary
from app.observations.readers.parsed_file import (
    FileKind,
    KnownSeries,
    LocatedObservation,
    ParsedFile,
)
from app.observations.readers.sheet_cells import (
    MOST_FAULTS,
    day_of,
    describe_row,
    find_header,
    folded,
    quantity,
    shown,
)
from app.observations.readers.workbook import Cell, Sheet, Workbook
from forecasting import Month

SOURCE = "home-office"
SERIES = NewSeries(
    "uk.small-boats", "People arriving in small boats, English Channel", "people", None, "total"
)
_SHEETS = re.compile(r"sb \d\d")
_ARRIVED = "migrants arrived"
_MISSING = "-"
_WRITTEN_MONTH = re.compile(r"([a-z]+) (\d{4})")


T = TypeVar("T", date, Month)


@dataclass(frozen=True, slots=True)
class _Column(Generic[T]):
    """The column of days or months: its heading, what a cell means, and what follows it."""

    heading: str
    meaning: Callable[[Cell], T]
    following: Callable[[T], T]
    expected: str


class _Row(NamedTuple):
    """A row's number, and how many people arrived; None if the workbook does not say."""

    number: int
    arrived: int | None


def is_home_office_workbook(workbook: Workbook) -> bool:
    return bool(_sheets_of(workbook))


def _sheets_of(workbook: Workbook) -> list[str]:
    """Names of the sheets that make a workbook the Home Office's."""
    return [name for name in workbook.names if _SHEETS.fullmatch(vocabulary.fold(name))]


def read(workbook: Workbook, *, published_on: date, known: Mapping[str, KnownSeries]) -> ParsedFile:
    """Read a workbook that has sheets named like `SB_01`."""
    found = workbook.read_sheets(_sheets_of(workbook))
    if isinstance(found, Fault):
        return ParsedFile(FileKind.HOME_OFFICE_WORKBOOK, [found])
    days = _first_with(found, _DAYS)
    months = _first_with(found, _MONTHS)
    if days is not None:
        name, totals = days, _months_of_days(days, found[days])
    elif months is not None:
        name, totals = months, _months(months, found[months])
    else:
        return ParsedFile(FileKind.HOME_OFFICE_WORKBOOK, list(_without_header(found)))
    if isinstance(totals, list):
        return ParsedFile(FileKind.HOME_OFFICE_WORKBOOK, totals)
    new = {} if SERIES.key in known else {SERIES.key: SERIES}
    return ParsedFile(
        FileKind.HOME_OFFICE_WORKBOOK, _new_observations(name, totals, published_on), new
    )


def _first_with(sheets: Mapping[str, Sheet], column: _Column[T]) -> str | None:
    """The first sheet that has this column and the one of arrivals."""
    headings = (column.heading, _ARRIVED)
    return next(
        (name for name, sheet in sheets.items() if find_header(sheet, *headings) is not None), None
    )


def _without_header(sheets: Mapping[str, Sheet]) -> Iterator[Fault]:
    for name, sheet in sheets.items():
        given = describe_row(sheet[0]) if sheet else None
        yield Fault(
            f"sheet {name}, row 1",
            given,
            "the columns Date and Migrants arrived, in the sheet of days",
        )


def _months_of_days(name: str, sheet: Sheet) -> dict[Month, _Row] | list[Fault]:
    """The whole months of a sheet with a row for each day."""
    days = _rows(name, sheet, _DAYS)
    if isinstance(days, list):
        return days
    by_month: dict[Month, list[_Row]] = {}
    for day, row in days.items():
        by_month.setdefault(Month.containing(day), []).append(row)
    return {
        month: _Row(rows[0].number, sum(counts))
        for month, rows in by_month.items()
        if len(counts := [row.arrived for row in rows if row.arrived is not None])
        == month.last_day.day
    }


def _months(name: str, sheet: Sheet) -> dict[Month, _Row] | list[Fault]:
    """The months of a sheet with a row for each, without those that it gives no number."""
    months = _rows(name, sheet, _MONTHS)
    if isinstance(months, list):
        return months
    return {month: row for month, row in months.items() if row.arrived is not None}


def _rows(name: str, sheet: Sheet, column: _Column[T]) -> dict[T, _Row] | list[Fault]:
    """Arrivals by day or month, in the order of the rows, or what is wrong with them.

    A row without arrivals whose first cell is neither day nor month is a note.
    """
    header = find_header(sheet, column.heading, _ARRIVED) or 0
    headings = [folded(cell) for cell in sheet[header]]
    at, arrived_at = headings.index(column.heading), headings.index(_ARRIVED)
    found: dict[T, _Row] = {}
    faults: list[Fault] = []
    for number, cells in enumerate(sheet[header + 1 :], header + 2):
        location = f"sheet {name}, row {number}"
        if len(faults) >= MOST_FAULTS:
            break
        try:
            when = column.meaning(cells[at])
        except ValueError:
            if cells[arrived_at] != "":
                faults.append(
                    Fault(f"{location}, {column.heading}", shown(cells[at]), column.expected)
                )
            continue
        try:
            row = _Row(number, _arrived(cells[arrived_at]))
        except ValueError:
            expected = "a whole number of people from 0, or -"
            faults.append(
                Fault(f"{location}, Migrants arrived", shown(cells[arrived_at]), expected)
            )
            continue
        follows = column.following(next(reversed(found))) if found else when
        if when != follows and not faults:
            expected = f"{follows}, because every {column.heading} has one row"
            faults.append(Fault(f"{location}, {column.heading}", str(when), expected))
        found[when] = row
    if not found and not faults:
        faults.append(
            Fault(
                f"sheet {name}", "a header and nothing below it", f"a row for each {column.heading}"
            )
        )
    return faults or found


def _new_observations(
    name: str, months: Mapping[Month, _Row], published_on: date
) -> Iterator[LocatedObservation | Fault]:
    if not months:
        yield Fault(
            f"sheet {name}", "no whole month", "a row with a number for every day of a month"
        )
    for month, row in months.items():
        status = official_status(month, published_on, source=SOURCE)
        yield LocatedObservation(
            f"sheet {name}, row {row.number}",
            NewObservation(SERIES.key, month, row.arrived, status),
        )


def _arrived(cell: Cell) -> int | None:
    if isinstance(cell, str) and cell.strip() == _MISSING:
        return None
    return quantity(cell)


def _month(cell: Cell) -> Month:
    """A month from a date in it, `May 2024` or `2024-05`."""
    match = _WRITTEN_MONTH.fullmatch(folded(cell))
    if match and match[1] in vocabulary.MONTHS:
        cell = date(int(match[2]), vocabulary.MONTHS[match[1]], 1)
    elif isinstance(cell, str):
        cell = f"{cell.strip()}-01"
    return Month.containing(day_of(cell))


_DAYS: _Column[date] = _Column(
    "date", day_of, lambda day: day + timedelta(1), "a day such as 2024-05-31"
)
_MONTHS: _Column[Month] = _Column(
    "month", _month, lambda month: month + 1, "a month such as May 2024"
)
