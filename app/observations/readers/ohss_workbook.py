"""OHSS's monthly workbook: encounters by region, sector, family status, and citizenship.

Figures are rounded to ten. All eight monthly sheets are read; the one by sector repeats the one by
region and sector. Months that a table leaves out are counts that round to zero (0 to 4 people),
over all months of the workbook; but a family status is counted from its first row on.
"""

from collections.abc import Callable, Mapping
from datetime import date

from app.errors import Fault
from app.observations.observation import Qualifier
from app.observations.readers.file_assembly import Coverage, build_parsed_file
from app.observations.readers.keys import Cut, KeyParts
from app.observations.readers.ohss_workbook_sheet import Table, read_table
from app.observations.readers.parsed_file import FileKind, KnownSeries, ParsedFile
from app.observations.readers.tidy import infer_rounding_unit
from app.observations.readers.workbook import Workbook
from forecasting import Month, months_between

SOURCE = "ohss"
SHEETS = {
    "Monthly Count": (),
    "Monthly Region": ("region",),
    "Monthly Family Status": ("family status",),
    "Monthly Citizenship": ("citizenship",),
    "Monthly Sector": ("sector",),
    "Monthly Rgn and Fam Status": ("region", "family status"),
    "Monthly Rgn and Citp": ("region", "citizenship"),
    "Monthly Rgn and Sector": ("region", "sector"),
}
_WORST_ROUNDING = 5


def is_ohss_workbook(workbook: Workbook) -> bool:
    return any(name in SHEETS for name in workbook.names)


def read(workbook: Workbook, *, published_on: date, known: Mapping[str, KnownSeries]) -> ParsedFile:
    """Read a workbook that has one of the sheets."""
    missing = [name for name in SHEETS if name not in workbook.names]
    if missing:
        expected = f"OHSS's monthly workbook, with the sheets {', '.join(SHEETS)}"
        return ParsedFile(
            FileKind.OHSS_WORKBOOK, [Fault(f"sheet {name}", None, expected) for name in missing]
        )
    found = workbook.read_sheets(SHEETS)
    if isinstance(found, Fault):
        return ParsedFile(FileKind.OHSS_WORKBOOK, [found])
    tables = {name: read_table(name, found[name], columns) for name, columns in SHEETS.items()}
    faults = [fault for table in tables.values() for fault in table.faults] or _contradictions(
        tables
    )
    if faults:
        return ParsedFile(FileKind.OHSS_WORKBOOK, faults)
    sums = {
        cut: figures
        for name, table in tables.items()
        if name != "Monthly Sector"  # whose sectors lack their regions
        for cut, figures in table.figures.items()
    }
    total = sums[Cut("usbp")]
    return build_parsed_file(
        FileKind.OHSS_WORKBOOK,
        sums,
        Coverage({"usbp": sorted(total)}, _feeds, since_listed=("family-status",)),
        known,
        published_on=published_on,
        location=_places(tables),
        rounding_unit=lambda value: infer_rounding_unit(value, Qualifier.EXACT, "ohss"),
    )


def _contradictions(tables: Mapping[str, Table]) -> list[Fault]:
    """Where tables that speak of the same people disagree by more than rounding explains."""
    total = tables["Monthly Count"].figures.get(Cut("usbp"), {})
    if not total:
        return [Fault("sheet Monthly Count", "no figures", "a figure for each month")]
    missing = [month for month in months_between(min(total), max(total)) if month not in total]
    faults = [
        Fault("sheet Monthly Count", f"no row for {month}", "a row for each month")
        for month in missing
    ]
    for name, columns in SHEETS.items():
        if columns:
            faults += _against_total(tables[name], total)
    by_region = {
        (cut.part, month): people
        for cut, figures in tables["Monthly Rgn and Sector"].figures.items()
        for month, people in figures.items()
    }
    by_sector = {
        (cut.part, month): people
        for cut, figures in tables["Monthly Sector"].figures.items()
        for month, people in figures.items()
    }
    return faults + [
        Fault(
            f"sheet Monthly Sector, {part.title if part else ''}, {month}",
            by_sector.get((part, month)),
            f"{by_region.get((part, month))}, as in the sheet Monthly Rgn and Sector",
        )
        for part, month in sorted(by_region.keys() | by_sector.keys())
        if by_region.get((part, month)) != by_sector.get((part, month))
    ]


def _against_total(table: Table, total: Mapping[Month, int]) -> list[Fault]:
    """Months in which a table does not sum to the total, even if all was rounded the same way."""
    sums = dict.fromkeys(total, 0)
    faults = []
    for figures in table.figures.values():
        for month, people in figures.items():
            if month in sums:
                sums[month] += people
    tolerance = _WORST_ROUNDING * (len(table.figures) + 1)
    for month, people in sums.items():
        if abs(people - total[month]) > tolerance:
            expected = f"{total[month]} within {tolerance}, as in the sheet Monthly Count"
            faults.append(Fault(f"sheet {table.name}, {month}", f"{people} in all", expected))
    for month in sorted(table.first_rows.keys() - total.keys()):
        row = table.first_rows[month]
        faults.append(
            Fault(f"sheet {table.name}, row {row}, month", str(month), "a month of Monthly Count")
        )
    return faults


def _places(tables: Mapping[str, Table]) -> Callable[[Cut | None, Month], str]:
    """Where a month first occurs in the sheet that has a series."""
    sheet_of = {cut: table for table in tables.values() for cut in table.figures}
    places = {
        table.name: {
            month: f"sheet {table.name}, row {row}" for month, row in table.first_rows.items()
        }
        for table in tables.values()
    }

    def location(cut: Cut | None, month: Month) -> str:
        table = sheet_of[cut] if cut is not None else tables["Monthly Count"]
        return places[table.name].get(month) or f"sheet {table.name}"

    return location


def _feeds(names: KeyParts) -> bool:
    """A part that no row names may be one that OHSS does not tell apart, so nothing is zero without
    a row."""
    return False
