"""Columns of CBP's exports: which kind of file has them, and what is wrong with a header."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from app.errors import LONGEST_ECHO, Fault
from app.observations.readers.parsed_file import FileKind
from app.observations.readers.vocabulary import fold

_FIELDS = {
    "fiscal year": "year",
    "month abbv": "month",
    "month": "month",
    "component": "component",
    "land border region": "region",
    "area of responsibility": "area",
    "state": "state",
    "demographic": "demographic",
    "citizenship": "citizenship",
    "citizenship grouping": "citizenship",
    "title of authority": "title",
    "encounter type": "type",
    "encounter count": "count",
    "month grouping": "grouping",
    "aor abbv": "abbreviation",
}
NAMES = {
    "year": "Fiscal Year",
    "month": "Month (abbv)",
    "component": "Component",
    "region": "Land Border Region",
    "area": "Area of Responsibility",
    "state": "State",
    "demographic": "Demographic",
    "citizenship": "Citizenship",
    "title": "Title of Authority",
    "type": "Encounter Type",
    "count": "Encounter Count",
    "grouping": "Month Grouping",
    "abbreviation": "AOR (Abbv)",
}
_ALWAYS = ("year", "month", "demographic", "citizenship", "title", "count")
_REQUIRED = {
    FileKind.CBP_SOUTHWEST: (*_ALWAYS, "component"),
    FileKind.CBP_AOR: (*_ALWAYS, "component", "region", "area"),
    FileKind.CBP_STATE: (*_ALWAYS, "region", "state"),
}
_TELLING = 3  # CBP's names that a header must have to be taken for one of CBP's


class Layout(NamedTuple):
    """Where a file has its columns, by field; `width` is their number."""

    kind: FileKind
    places: dict[str, int]
    width: int


def is_cbp(header: Sequence[str]) -> bool:
    return sum(fold(cell) in _FIELDS for cell in header) >= _TELLING


def layout(header: Sequence[str]) -> Layout | list[Fault]:
    """The layout of a file with this header, or every way in which it has none."""
    fields = [_FIELDS.get(fold(cell)) for cell in header]
    count = Counter(field for field in fields if field is not None)
    kind = _kind(count)
    faults = [
        Fault(
            "line 1",
            f"the column {cell[:LONGEST_ECHO]!r}",
            f"only the columns {', '.join(NAMES.values())}",
        )
        for cell, field in zip(header, fields, strict=True)
        if field is None
    ]
    faults += [
        Fault(f"line 1, {NAMES[field]}", f"{times} columns of this name", "each column once")
        for field, times in count.items()
        if times > 1
    ]
    faults += [
        Fault(f"line 1, {NAMES[field]}", None, f"the column {NAMES[field]}, as in CBP's exports")
        for field in _REQUIRED[kind]
        if field not in count
    ]
    if "area" in count and "state" in count:
        faults.append(Fault("line 1", "Area of Responsibility and State", "one of the two"))
    places = {field: location for location, field in enumerate(fields) if field is not None}
    return faults or Layout(kind, places, len(header))


def _kind(fields: Counter[str]) -> FileKind:
    if "state" in fields and "area" not in fields:
        return FileKind.CBP_STATE
    if "area" in fields or "region" in fields or "abbreviation" in fields:
        return FileKind.CBP_AOR
    return FileKind.CBP_SOUTHWEST
