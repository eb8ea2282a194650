"""Which kind of file this is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import BinaryIO, NamedTuple, Protocol

from app.errors import LONGEST_ECHO, Fault
from app.observations.readers import (
    cbp,
    frontex,
    home_office,
    ohss_monthly_tables,
    ohss_workbook,
    tidy,
)
from app.observations.readers.cbp_columns import is_cbp
from app.observations.readers.csv_text import header, not_csv, start_of
from app.observations.readers.parsed_file import FileKind, KnownSeries, ParsedFile
from app.observations.readers.workbook import Workbook, open_workbook

_ZIP = b"PK"
_WORKBOOKS = (
    "a workbook of OHSS, with the sheet Monthly Count or SWB Enc by Sector+Field Ofc; of Frontex, "
    "with the sheet Detections_of_IBC; or of the Home Office, with the sheet SB_01"
)
_HEADERS = (
    f"a header line, for tidy CSV {','.join(tidy.REQUIRED)}, or that of CBP's southwest, area of "
    "responsibility or state export; cells separated by commas"
)


class _WorkbookReader(Protocol):
    """Reads a workbook whose sheets are those of this reader's own kind."""

    def __call__(
        self, workbook: Workbook, *, published_on: date, known: Mapping[str, KnownSeries]
    ) -> ParsedFile: ...


class _Publisher(NamedTuple):
    """Whose workbooks there are, how they are told apart, and how they are read."""

    source: str
    matches: Callable[[Workbook], bool]
    read: _WorkbookReader


_PUBLISHERS = (
    _Publisher(frontex.SOURCE, frontex.is_frontex_workbook, frontex.read),
    _Publisher(home_office.SOURCE, home_office.is_home_office_workbook, home_office.read),
    _Publisher(
        ohss_monthly_tables.SOURCE, ohss_monthly_tables.is_monthly_tables, ohss_monthly_tables.read
    ),
    _Publisher(ohss_workbook.SOURCE, ohss_workbook.is_ohss_workbook, ohss_workbook.read),
)


def read_file(
    file: BinaryIO, *, source: str, published_on: date, known: Mapping[str, KnownSeries]
) -> ParsedFile:
    """Read a seekable file of any kind; `known` are the series that the store has.

    Whatever is wrong with the file is a fault among what the reading gives, never an exception. A
    publisher's own files are read as figures of that publisher only.
    """
    start = start_of(file)
    if start.startswith(_ZIP):
        return _workbook(file, source=source, published_on=published_on, known=known)
    fault = not_csv(start)
    if fault is not None:
        return ParsedFile(FileKind.UNKNOWN, [fault])
    names = header(file)
    if is_cbp(names):
        return _of("cbp", source, cbp.read(file, published_on=published_on, known=known))
    if names and not _is_tidy(names):
        return ParsedFile(
            FileKind.UNKNOWN, [Fault("line 1", ",".join(names)[:LONGEST_ECHO], _HEADERS)]
        )
    return ParsedFile(
        FileKind.TIDY, tidy.read_observations(file, source=source, published_on=published_on)
    )


def _workbook(
    file: BinaryIO, *, source: str, published_on: date, known: Mapping[str, KnownSeries]
) -> ParsedFile:
    """Read a workbook of any publisher, told apart by the names of its sheets."""
    workbook = open_workbook(file)
    if isinstance(workbook, Fault):
        return ParsedFile(FileKind.UNKNOWN, [workbook])
    for publisher in _PUBLISHERS:
        if publisher.matches(workbook):
            found = publisher.read(workbook, published_on=published_on, known=known)
            return _of(publisher.source, source, found)
    given = f"the sheets {', '.join(workbook.names)}"[:LONGEST_ECHO]
    return ParsedFile(FileKind.UNKNOWN, [Fault("file", given, _WORKBOOKS)])


def _of(publisher: str, source: str, found: ParsedFile) -> ParsedFile:
    """What was read, unless somebody else is said to have published it."""
    if source == publisher or found.kind is FileKind.UNKNOWN:
        return found
    return ParsedFile(found.kind, [Fault("source", source, f"{publisher}, whose file this is")])


def _is_tidy(names: Sequence[str]) -> bool:
    return any(name.strip().lower() in (*tidy.REQUIRED, *tidy.OPTIONAL) for name in names)
