"""Which kind of file this is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import BinaryIO

from app.errors import LONGEST_ECHO, Fault
from app.observations.readers import cbp, ohss, tidy
from app.observations.readers.cbp_columns import is_cbp
from app.observations.readers.csv_text import header, not_csv, start_of
from app.observations.readers.parsed_file import FileKind, KnownSeries, ParsedFile

_ZIP = b"PK"
_HEADERS = (
    f"a header line, for tidy CSV {','.join(tidy.REQUIRED)}, or that of CBP's southwest, area of "
    "responsibility or state export; cells separated by commas"
)


def read_file(
    file: BinaryIO, *, source: str, published_on: date, known: Mapping[str, KnownSeries]
) -> ParsedFile:
    """Read a seekable file of any kind; `known` are the series that the store has.

    Whatever is wrong with the file is a fault among what the reading gives, never an exception.
    CBP's exports and OHSS's workbook are read as figures of `cbp` and `ohss` only.
    """
    start = start_of(file)
    if start.startswith(_ZIP):
        found = ohss.read(file, published_on=published_on, known=known)
        return _of("ohss", source, found)
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


def _of(publisher: str, source: str, found: ParsedFile) -> ParsedFile:
    """What was read, unless somebody else is said to have published it."""
    if source == publisher or found.kind is FileKind.UNKNOWN:
        return found
    return ParsedFile(found.kind, [Fault("source", source, f"{publisher}, whose file this is")])


def _is_tidy(names: Sequence[str]) -> bool:
    return any(name.strip().lower() in (*tidy.REQUIRED, *tidy.OPTIONAL) for name in names)
