"""Cells of CBP's exports: what their texts mean.

Functions raise ValueError for a text without meaning.
"""

import re
from collections.abc import Callable

from app.observations.readers import vocabulary
from app.observations.readers.keys import Part

EXPECTED = {
    "year": "a fiscal year such as 2024 or 2025 (FYTD)",
    "month": "a month such as OCT",
    "component": "U.S. Border Patrol or Office of Field Operations",
    "region": "Southwest Land Border, Northern Land Border or Other",
    "area": (
        "a sector of the Border Patrol, in one region only, or a field office, as the component is"
    ),
    "state": "the postal code of a state or territory",
    "demographic": "Single Adults, FMUA, UC / Single Minors or Accompanied Minors",
    "citizenship": "a country or Other",
    "title": "Title 8 or Title 42",
    "type": "Apprehensions, Expulsions or Inadmissibles",
    "count": "a whole number of people from 0",
    "grouping": "FYTD or Remaining",
    "abbreviation": "one abbreviation for each area",
}
FIRST_YEAR, LAST_YEAR = 1990, 2100
_YEAR = re.compile(r"(?:FY\s*)?(\d{4})(?:\s*\(FYTD\))?", re.IGNORECASE | re.ASCII)
_COUNT = re.compile(r"(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.0*)?", re.ASCII)
TO_DATE = "fytd"
_GROUPINGS = (TO_DATE, "remaining")
_TYPES = ("apprehensions", "expulsions", "inadmissibles")


def fiscal_year(text: str) -> int:
    match = _YEAR.fullmatch(text.strip())
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise ValueError(text)
    return int(match[1])


def month(text: str) -> int:
    """Number of a month, 1 to 12, by its name or the first three letters of it."""
    number = vocabulary.MONTHS.get(text.strip().lower())
    if number is None:
        raise ValueError(text)
    return number


def count(text: str) -> int:
    """A count such as `1108`, `1108.0` or `1,108`."""
    match = _COUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return int(match[1].replace(",", ""))


def area(text: str, component: str) -> Part:
    """A sector where the component is usbp, a field office where it is ofo."""
    kind = vocabulary.fold(text)
    if component == "usbp" and kind.endswith(" sector"):
        return vocabulary.sector(text)
    if component == "ofo" and kind.endswith(" field office"):
        return vocabulary.field_office(text)
    raise ValueError(text)


def encounter_type(text: str) -> str:
    if vocabulary.fold(text) not in _TYPES:
        raise ValueError(text)
    return vocabulary.fold(text)


def month_grouping(text: str) -> str:
    """Whether the newest fiscal year has reached a month."""
    if vocabulary.fold(text) not in _GROUPINGS:
        raise ValueError(text)
    return vocabulary.fold(text)


MEANING: dict[str, Callable[[str], object]] = {
    "year": fiscal_year,
    "month": month,
    "component": vocabulary.component,
    "region": vocabulary.region,
    "state": vocabulary.state,
    "demographic": vocabulary.family_status,
    "citizenship": vocabulary.citizenship,
    "title": vocabulary.legal_authority,
    "type": encounter_type,
    "count": count,
    "grouping": month_grouping,
}
