"""Source files to statements: tidy CSV, CBP's CSV exports and OHSS's monthly workbook."""

from app.observations.readers.reading import Kind, KnownSeries, Placed, Reading
from app.observations.readers.recognising import read

__all__ = ["Kind", "KnownSeries", "Placed", "Reading", "read"]
