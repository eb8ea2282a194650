"""Which kind of file this is."""

from collections.abc import Mapping
from datetime import date
from typing import BinaryIO

from app.observations.readers import cbp, ohss, tidy
from app.observations.readers.cbp_columns import is_cbp
from app.observations.readers.reading import Kind, KnownSeries, Reading
from app.observations.readers.text import header, not_csv, start_of

_ZIP = b"PK"


def read(file: BinaryIO, *, source: str, published_on: date, known: Mapping[str, KnownSeries]) -> Reading:
    """Read a seekable file of any kind; `known` are the series that the store has.

    Whatever is wrong with the file is a fault among what the reading gives, never an exception.
    """
    start = start_of(file)
    if start.startswith(_ZIP):
        return ohss.read(file, published_on=published_on, known=known)
    fault = not_csv(start)
    if fault is not None:
        return Reading(Kind.UNKNOWN, [fault])
    if is_cbp(header(file)):
        return cbp.read(file, published_on=published_on, known=known)
    return Reading(Kind.TIDY, tidy.statements(file, source=source, published_on=published_on))
