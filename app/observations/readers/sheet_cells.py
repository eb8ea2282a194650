"""Cells of a sheet: finding the header row, and what cells mean.

Functions raise ValueError for a cell that means nothing.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime

from app.errors import LONGEST_ECHO
from app.observations.readers.cbp_cells import FIRST_YEAR, LAST_YEAR, count
from app.observations.readers.vocabulary import fold
from app.observations.readers.workbook import Cell, Sheet

HEADER_WITHIN = 20  # rows
MOST_FAULTS = 100  # reading of a sheet stops there


def find_header(sheet: Sheet, *columns: str) -> int | None:
    """Index of the first row near the top that has all these headings, given folded."""
    for at, cells in enumerate(sheet[:HEADER_WITHIN]):
        if set(columns) <= set(map(folded, cells)):
            return at
    return None


def describe_row(cells: Sequence[Cell]) -> str:
    """What a row has in its cells, to say what was found instead of a header."""
    return ", ".join(text for cell in cells if (text := str(cell).strip()))[:LONGEST_ECHO]


def folded(cell: Cell) -> str:
    """A text in lower case, its words separated by one space; empty for anything else."""
    return fold(cell) if isinstance(cell, str) else ""


def text_of(cell: Cell) -> str:
    if not isinstance(cell, str) or not cell.strip():
        raise ValueError(cell)
    return cell


def quantity(cell: Cell) -> int:
    """A whole number from 0, be the cell a number or a text such as `1,108`."""
    if isinstance(cell, str):
        return count(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ValueError(cell)
    return count(f"{cell:f}")


def shown(cell: Cell) -> str | float | None:
    """A cell as a fault gives it: None for an empty one, and no number that JSON does not have."""
    if cell == "":
        return None
    if isinstance(cell, int | float) and math.isfinite(cell):
        return cell
    return str(cell)[:LONGEST_ECHO]


def day_of(cell: Cell) -> date:
    """The day of a date, or of a text such as `2024-05-31`, in the years that files are of."""
    if isinstance(cell, datetime):
        return day_of(cell.date())
    day = date.fromisoformat(cell.strip()) if isinstance(cell, str) else cell
    if not isinstance(day, date) or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(cell)
    return day
