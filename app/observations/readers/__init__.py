"""Source files to statements: tidy CSV, CBP's CSV exports and OHSS's monthly workbook."""

from app.observations.readers.detection import read_file
from app.observations.readers.parsed_file import (
    FileKind,
    KnownSeries,
    LocatedObservation,
    ParsedFile,
)

__all__ = ["FileKind", "KnownSeries", "LocatedObservation", "ParsedFile", "read_file"]
