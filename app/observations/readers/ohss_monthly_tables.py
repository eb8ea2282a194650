"""OHSS's monthly tables of immigration enforcement and legal processes.

They have a row for each month and the series side by side, rounded to ten. Read are the sheets of
encounters that count as other sources do (so not the enforcement encounters of the Office of Field
Operations), the total of CBP One appointments, and that of CHNV paroles. Which sheets there are
differs by edition; the one by sector and field office is in all of them.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from app.errors import Fault
from app.observations.new_release import NewObservation
from app.observations.observation import NewSeries, Qualifier, official_status
from app.observations.readers.keys import Cut
from app.observations.readers.ohss_columns import SHEETS, Series
from app.observations.readers.ohss_monthly_sheet import ParsedSheet, read_table
from app.observations.readers.parsed_file import (
    FileKind,
    KnownSeries,
    LocatedObservation,
    ParsedFile,
)
from app.observations.readers.tidy import infer_rounding_unit
from app.observations.readers.workbook import Workbook
from forecasting import Month

SOURCE = "ohss"
ALWAYS = "SWB Enc by Sector+Field Ofc"

Figures = dict[str, dict[Month, tuple[int, str]]]  # by series and month, the value and its place


def is_monthly_tables(workbook: Workbook) -> bool:
    return any(name in SHEETS for name in workbook.names)


def read(workbook: Workbook, *, published_on: date, known: Mapping[str, KnownSeries]) -> ParsedFile:
    """Read a workbook that has one of the sheets."""
    if ALWAYS not in workbook.names:
        expected = "the sheet by sector and field office, as in OHSS's monthly tables"
        return ParsedFile(FileKind.OHSS_TABLES, [Fault(f"sheet {ALWAYS}", None, expected)])
    found = workbook.read_sheets(SHEETS)
    if isinstance(found, Fault):
        return ParsedFile(FileKind.OHSS_TABLES, [found])
    tables = [read_table(name, sheet, SHEETS[name]) for name, sheet in found.items()]
    figures: Figures = {}
    faults = [fault for table in tables for fault in table.faults]
    faults = faults or [fault for table in tables for fault in _merge(table, figures)]
    if faults:
        return ParsedFile(FileKind.OHSS_TABLES, faults)
    series = {one.key: one for table in tables for one in table.figures}
    new = _new_series(series, known)
    return ParsedFile(FileKind.OHSS_TABLES, _new_observations(figures, published_on), new)


def _merge(table: ParsedSheet, figures: Figures) -> Iterator[Fault]:
    """Add a table to the figures; sheets that have the same series must agree."""
    for series, by_month in table.figures.items():
        merged = figures.setdefault(series.key, {})
        for month, value in by_month.items():
            location = f"sheet {table.name}, row {table.rows[month]}"
            before, where = merged.setdefault(month, (value, location))
            if before != value:
                yield Fault(f"{location}, {series.title}", value, f"{before}, as in {where}")


def _new_series(
    series: Mapping[str, Series], known: Mapping[str, KnownSeries]
) -> dict[str, NewSeries]:
    """Those that the store does not have, parents before children."""
    present = series.keys() | known.keys()
    made = {
        key: one.series(present) if isinstance(one, Cut) else one
        for key, one in series.items()
        if key not in known
    }
    return dict(sorted(made.items(), key=lambda item: (item[0].count("."), item[0])))


def _new_observations(figures: Figures, published_on: date) -> Iterator[LocatedObservation]:
    for key, by_month in figures.items():
        for month, (value, location) in by_month.items():
            yield LocatedObservation(
                location,
                NewObservation(
                    key,
                    month,
                    value,
                    official_status(month, published_on, source=SOURCE),
                    rounding_unit=infer_rounding_unit(value, Qualifier.EXACT, SOURCE),
                ),
            )
