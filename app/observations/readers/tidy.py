"""Tidy CSV: one figure a line, read and given out line by line."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import BinaryIO, TypeVar

from app.errors import LONGEST_ECHO, Fault
from app.observations.new_release import NewObservation
from app.observations.observation import (
    OHSS_ROUNDING,
    Qualifier,
    Status,
    official_status,
)
from app.observations.publishers import OFFICIAL_SOURCES
from app.observations.readers.csv_text import rows
from app.observations.readers.parsed_file import LocatedObservation
from forecasting import Month

REQUIRED = ("series", "period", "value")
OPTIONAL = ("status", "qualifier", "rounding_unit", "note")
COARSEST = 1000
MOST_DIGITS = 12
LONGEST_NOTE = 2000

_EXPECTED = {
    "series": "the key of a series",
    "period": "a month written YYYY-MM such as 2024-04",
    "value": (
        f"a whole number from 0, of at most {MOST_DIGITS} digits; empty if there is no figure"
    ),
    "status": f"a code of SDMX CL_OBS_STATUS: {', '.join(Status)}; empty for the usual one",
    "qualifier": f"{', '.join(Qualifier)}; empty for exact",
    "rounding_unit": (
        "the unit to which the value was rounded, such as 1, 10, or 1000; empty if unknown"
    ),
    "note": f"a remark of at most {LONGEST_NOTE} printable characters",
}
T = TypeVar("T")


def infer_rounding_unit(value: int, qualifier: Qualifier, source: str) -> int:
    """The step to which a figure was rounded, where nobody says.

    A vague figure: the largest power of ten that divides it, at most 1000. "About 128,900" was
    rounded to hundreds and "around 129,000" to thousands; beyond that, zeros no longer tell
    ("around 140,000" may well have been 138,600 or 140,400), and speakers of such figures have
    thousands before them. An exact one: 1, and 10 where OHSS gives it and it is a multiple of ten.
    """
    if qualifier is not Qualifier.EXACT:
        unit = 1
        while unit < COARSEST and value and value % (unit * 10) == 0:
            unit *= 10
        return unit
    return OHSS_ROUNDING if source == "ohss" and value % OHSS_ROUNDING == 0 else 1


def columns(header: Sequence[str]) -> dict[str, int] | list[Fault]:
    """Place of each column by name, or what is wrong with the header."""
    names = [cell.strip().lower() for cell in header]
    expected = f"the columns {', '.join(REQUIRED)} and, if wanted, {', '.join(OPTIONAL)}"
    faults = [
        Fault("line 1", f"the column {cell[:80]!r}", expected)
        for cell, name in zip(header, names, strict=True)
        if name not in REQUIRED and name not in OPTIONAL
    ]
    faults += [
        Fault(f"line 1, {name}", "the same column twice", "each column once")
        for name in sorted({name for name in names if names.count(name) > 1})
        if name in REQUIRED or name in OPTIONAL
    ]
    faults += [
        Fault(f"line 1, {name}", None, f"the column {name}")
        for name in REQUIRED
        if name not in names
    ]
    return faults or {name: location for location, name in enumerate(names)}


def read_observations(
    file: BinaryIO, *, source: str, published_on: date
) -> Iterator[LocatedObservation | Fault]:
    """Every figure of a tidy CSV file, whose lines are read as they are asked for."""
    lines = rows(file)
    header = next(lines, None)
    if header is None or isinstance(header, Fault):
        yield header or Fault("file", "nothing", "a header line")
        return
    location = columns(header[1])
    if isinstance(location, list):
        yield from location
        return
    width = len(location)
    pick = itemgetter(*(location.get(name, width) for name in (*REQUIRED, *OPTIONAL)))
    usual = _usual_status(source, published_on)
    periods = _Texts(lambda text: (period := Month.parse(text), usual(period)))
    statuses = _Texts(_status)
    qualifiers = _Texts(_qualifier)
    units = _Texts(_unit)
    number = header[0]
    for row in lines:
        if isinstance(row, Fault):
            yield row
            return
        number, cells = row
        if len(cells) != width:
            yield Fault(f"line {number}", f"{len(cells)} cells", f"{width} cells, as in the header")
            continue
        cells.append("")  # what the columns that the file lacks hold
        series, period, value, status, qualifier, unit, note = pick(cells)
        try:
            month, usual_status = periods[period]
            count = _count(value)
            stated = qualifiers[qualifier]
            new_observation = NewObservation(
                _key(series),
                month,
                count,
                statuses[status] or (Status.MISSING if count is None else usual_status),
                stated,
                units[unit] or (1 if count is None else infer_rounding_unit(count, stated, source)),
                _note(note) if note else None,
            )
        except ValueError:
            yield from _faults(number, series, period, value, status, qualifier, unit, note)
        else:
            yield LocatedObservation(f"line {number}", new_observation)
    if number == header[0]:
        yield Fault("file", "a header and nothing below it", "a line for each figure")


class _Texts(dict[str, T]):
    """What the texts of a column mean, each worked out once.

    A text that means nothing raises ValueError.
    """

    def __init__(self, meaning: Callable[[str], T]) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, text: str) -> T:
        meaning = self[text] = self._meaning(text.strip())
        return meaning


def _usual_status(source: str, published_on: date) -> Callable[[Month], Status]:
    if source in OFFICIAL_SOURCES:
        return lambda period: official_status(period, published_on, source=source)
    return lambda _: Status.PROVISIONAL


def _key(text: str) -> str:
    key = text.strip()
    if not key:
        raise ValueError(text)
    return key


def _count(text: str) -> int | None:
    if not (text.isdecimal() and text.isascii()):
        text = text.strip()
        if not text:
            return None
        if not (text.isdecimal() and text.isascii()):
            raise ValueError(text)
    if len(text) > MOST_DIGITS:
        raise ValueError(text)
    return int(text)


def _status(text: str) -> Status | None:
    return Status(text.upper()) if text else None


def _qualifier(text: str) -> Qualifier:
    return Qualifier(text.lower()) if text else Qualifier.EXACT


def _unit(text: str) -> int | None:
    unit = _count(text)
    if unit == 0:
        raise ValueError(text)
    return unit


def _note(text: str) -> str | None:
    note = text.strip()
    if len(note) > LONGEST_NOTE or not note.replace("\n", " ").isprintable():
        raise ValueError(text)
    return note or None


_MEANING: dict[str, Callable[[str], object]] = {
    "series": _key,
    "period": lambda text: Month.parse(text.strip()),
    "value": _count,
    "status": lambda text: _status(text.strip()),
    "qualifier": lambda text: _qualifier(text.strip()),
    "rounding_unit": _unit,
    "note": _note,
}


def _faults(number: int, *texts: str) -> Iterator[Fault]:
    """Each cell of a line that means nothing."""
    for (name, meaning), text in zip(_MEANING.items(), texts, strict=True):
        try:
            meaning(text)
        except ValueError:
            yield Fault(f"line {number}, {name}", text[:LONGEST_ECHO], _EXPECTED[name])
