"""What reading a file gives: its kind, the series it would create, and its statements or faults."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from app.errors import Fault
from app.observations.new_release import NewObservation
from app.observations.observation import NewSeries


class FileKind(StrEnum):
    """What a file turned out to be."""

    TIDY = "tidy"
    CBP_SOUTHWEST = "cbp-southwest"
    CBP_AOR = "cbp-aor"
    CBP_STATE = "cbp-state"
    OHSS_WORKBOOK = "ohss-workbook"
    OHSS_TABLES = "ohss-tables"
    FRONTEX_WORKBOOK = "frontex-workbook"
    HOME_OFFICE_WORKBOOK = "home-office-workbook"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KnownSeries:
    """A series that the store has, as far as a reader needs to know it."""

    key: str
    ended: bool = False


class LocatedObservation(NamedTuple):
    """A statement and where the file makes it: `line 17`, or `sheet Monthly Region, row 9`.

    A figure summed over many rows, or a zero that the file implies, is placed where its month first
    occurs.
    """

    location: str
    observation: NewObservation


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """Statements and faults of one file, in its order.

    Iterate once: a tidy CSV is read as it is iterated.

    `new_series` holds the series that the file's rows make and the store does not have, parents
    before children; their statements are among the others. It is empty for tidy files, whose keys
    are given.
    """

    kind: FileKind
    items: Iterable[LocatedObservation | Fault]
    new_series: Mapping[str, NewSeries] = field(default_factory=dict)

    def __iter__(self) -> Iterator[LocatedObservation | Fault]:
        return iter(self.items)
