"""Columns of Frontex's workbook: where the header is, and what is wrong with it."""

import re
from datetime import date
from typing import NamedTuple

from app.errors import LONGEST_ECHO, Fault
from app.observations.readers import vocabulary
from app.observations.readers.cbp_cells import FIRST_YEAR, LAST_YEAR
from app.observations.readers.sheet_cells import describe_row, find_header, folded
from app.observations.readers.workbook import Cell, Sheet
from forecasting import Month

NAMES = {"route": "Route", "border": "Border type or inland", "nationality": "Nationality"}
_COLUMNS = {
    "route": "route",
    "border type or inland": "border",
    "border type": "border",
    "bordertype": "border",
    "border location": "border",
    "borderlocation": "border",
    "nationality": "nationality",
    "nationalitylong": "nationality",
    "nationality long": "nationality",
}
_MONTH = re.compile(r"([a-z]{3})[ -]?(\d{4})")
_EXPECTED = f"a header row with {', '.join(NAMES.values())} and months such as JAN2009"


class Layout(NamedTuple):
    """Where a sheet has its header, its columns by name, and its months, in their order.

    Columns in `blank` have no heading and must have no figures.
    """

    header: int
    columns: dict[str, int]
    months: dict[int, Month]
    blank: list[int]


def find_layout(name: str, sheet: Sheet) -> Layout | list[Fault]:
    """Where the columns are, or every way in which the header is not Frontex's."""
    header = find_header(sheet, "route")
    if header is None:
        return [Fault(f"sheet {name}", describe_row(sheet[0]) if sheet else None, _EXPECTED)]
    layout = Layout(header, {}, {}, [])
    location = f"sheet {name}, row {header + 1}"
    faults = []
    for at, cell in enumerate(sheet[header]):
        column, month = _COLUMNS.get(folded(cell)), _month(cell)
        if cell == "":
            layout.blank.append(at)
        elif month is not None and month not in layout.months.values():
            layout.months[at] = month
        elif column is not None and column not in layout.columns:
            layout.columns[column] = at
        else:
            given = f"the column {str(cell)[:LONGEST_ECHO]!r}"
            faults.append(Fault(location, given, f"{_EXPECTED}, each once"))
    for column, heading in NAMES.items():
        if column not in layout.columns:
            expected = f"the column {heading}, as in Frontex's workbook"
            faults.append(Fault(f"{location}, {heading}", None, expected))
    return faults or _in_order(location, layout)


def _in_order(location: str, layout: Layout) -> Layout | list[Fault]:
    """The layout, if its months follow one another."""
    months = list(layout.months.values())
    if not months:
        return [Fault(location, "no month", "a column for each month, such as JAN2009")]
    for later, month in enumerate(months):
        if month != months[0] + later:
            expected = f"{months[0] + later}, because months are consecutive"
            return [Fault(location, str(month), expected)]
    return layout


def _month(cell: Cell) -> Month | None:
    """The month of a heading: `JAN2009`, or a date in it."""
    if isinstance(cell, date):
        month = Month.containing(cell)
    else:
        match = _MONTH.fullmatch(folded(cell))
        number = vocabulary.MONTHS.get(match[1]) if match else None
        if match is None or number is None:
            return None
        month = Month.of(int(match[2]), number)
    return month if FIRST_YEAR <= month.year <= LAST_YEAR else None
