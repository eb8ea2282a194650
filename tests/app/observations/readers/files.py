"""Small files with made-up figures, in the shape of publishers' exports and workbooks."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from string import ascii_uppercase
from typing import Any
from xml.sax.saxutils import escape

from app.errors import Fault
from app.observations.readers import KnownSeries, LocatedObservation, ParsedFile, read_file

SOUTHWEST_COLUMNS = [
    "Fiscal Year",
    "Month Grouping",
    "Month (abbv)",
    "Component",
    "Demographic",
    "Citizenship Grouping",
    "Title of Authority",
    "Encounter Type",
    "Encounter Count",
]
AOR_COLUMNS = [
    "Fiscal Year",
    "Month Grouping",
    "Month (abbv)",
    "Component",
    "Land Border Region",
    "Area of Responsibility",
    "AOR (Abbv)",
    "Demographic",
    "Citizenship",
    "Title of Authority",
    "Encounter Type",
    "Encounter Count",
]
STATE_COLUMNS = [
    "Fiscal Year",
    "Month Grouping",
    "Month (abbv)",
    "Land Border Region",
    "State",
    "Demographic",
    "Citizenship",
    "Title of Authority",
    "Encounter Count",
]
USBP, OFO = "U.S. Border Patrol", "Office of Field Operations"
SOUTHWEST, NORTHERN, OTHER = "Southwest Land Border", "Northern Land Border", "Other"

SOUTHWEST_ROWS: list[list[str]] = [
    ["2024", "Remaining", "AUG", USBP, "Single Adults", "Mexico",
     "Title 8", "Apprehensions", "100"],
    ["2024", "Remaining", "AUG", USBP, "FMUA", "Guatemala", "Title 8", "Apprehensions", "20"],
    ["2024", "Remaining", "AUG", OFO, "Accompanied Minors", "Other",
     "Title 8", "Inadmissibles", "3"],
    ["2024", "Remaining", "SEP", USBP, "Single Adults", "Mexico", "Title 8", "Apprehensions", "90"],
    ["2024", "Remaining", "SEP", OFO, "Single Adults", "Mexico", "Title 8", "Inadmissibles", "7"],
    ["2025 (FYTD)", "FYTD", "OCT", USBP, "UAC", "Mexico", "Title 8", "Apprehensions", "5"],
    ["2025 (FYTD)", "FYTD", "OCT", OFO, "Single Adults", "Mexico", "Title 8", "Inadmissibles", "6"],
]  # fmt: skip
_OFFICE = ["Laredo Field Office", "Laredo", "Single Adults"]
AOR_ROWS: list[list[str]] = [
    ["2024", "FYTD", "OCT", USBP, SOUTHWEST, "Tucson Sector", "TCA", "FMUA", "EL SALVADOR",
     "Title 8", "Apprehensions", "40"],
    ["2024", "FYTD", "OCT", USBP, NORTHERN, "Swanton Sector", "SWB", "Single Adults", "INDIA",
     "Title 8", "Apprehensions", "9"],
    ["2024", "FYTD", "OCT", USBP, OTHER, "Miami Sector", "MIP", "Single Adults", "CUBA",
     "Title 8", "Apprehensions", "2"],
    ["2024", "FYTD", "OCT", OFO, SOUTHWEST, *_OFFICE, "MEXICO", "Title 8", "Inadmissibles", "30"],
    ["2024", "FYTD", "OCT", OFO, OTHER, *_OFFICE, "MEXICO", "Title 8", "Inadmissibles", "4"],
    ["2024", "FYTD", "OCT", OFO, NORTHERN, "Buffalo Field Office", "Buffalo", "Single Adults",
     "CHINA, PEOPLES REPUBLIC OF", "Title 8", "Inadmissibles", "1"],
    ["2024", "FYTD", "NOV", USBP, SOUTHWEST, "Tucson Sector", "TCA", "Single Adults", "MEXICO",
     "Title 8", "Apprehensions", "50"],
    ["2024", "FYTD", "NOV", OFO, SOUTHWEST, *_OFFICE, "OTHER", "Title 8", "Inadmissibles", "8"],
]  # fmt: skip
STATE_ROWS: list[list[str]] = [
    ["2024", "FYTD", "OCT", SOUTHWEST, "NM", "Single Adults", "MEXICO", "Title 8", "70"],
    ["2024", "FYTD", "OCT", NORTHERN, "NY", "FMUA", "MYANMAR (BURMA)", "Title 8", "5"],
    ["2024", "FYTD", "OCT", OTHER, "TX", "Single Adults", "OTHER", "Title 8", "4"],
    ["2024", "FYTD", "NOV", SOUTHWEST, "TX", "Single Adults", "MEXICO", "Title 8", "60"],
]

Figures = dict[tuple[str, str], int | None]
Change = Callable[[list[list[Any]]], object]
"""What is done to the rows of a sheet."""


def csv_file(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()


def southwest(
    rows: Sequence[Sequence[str]] = SOUTHWEST_ROWS, columns: Sequence[str] = SOUTHWEST_COLUMNS
) -> bytes:
    return csv_file(columns, rows)


def aor(rows: Sequence[Sequence[str]] = AOR_ROWS) -> bytes:
    return csv_file(AOR_COLUMNS, rows)


def state(rows: Sequence[Sequence[str]] = STATE_ROWS) -> bytes:
    return csv_file(STATE_COLUMNS, rows)


def reading(
    content: bytes,
    *,
    source: str = "cbp",
    published_on: date = date(2025, 9, 19),
    known: Sequence[str | KnownSeries] = (),
) -> ParsedFile:
    series = [key if isinstance(key, KnownSeries) else KnownSeries(key) for key in known]
    return read_file(
        io.BytesIO(content),
        source=source,
        published_on=published_on,
        known={one.key: one for one in series},
    )


def figures(content: bytes, **options: Any) -> Figures:
    """Values by series and month of a file without faults."""
    return {
        (item.observation.series, str(item.observation.period)): item.observation.value
        for item in located(content, **options)
    }


def faults(content: bytes, **options: Any) -> list[Fault]:
    return [item for item in reading(content, **options) if isinstance(item, Fault)]


def located(content: bytes, **options: Any) -> list[LocatedObservation]:
    """What a file without faults says, with where it says it."""
    items = list(reading(content, **options))
    assert [str(item) for item in items if isinstance(item, Fault)] == []
    return [item for item in items if isinstance(item, LocatedObservation)]


def of(found: Figures, key: str) -> dict[str, int | None]:
    """The values of one series by month."""
    return {period: value for (series, period), value in found.items() if series == key}


def cell(row: int, column: int, content: object) -> Change:
    """A change that puts something into a cell."""

    def change(rows: list[list[Any]]) -> None:
        rows[row][column] = content

    return change


SHEETS: dict[str, list[list[str | int]]] = {
    "Monthly Count": [
        ["Fiscal\nYear", "Month", "Quantity"],
        [2012, "01 October", 1000],
        [2012, "02 November", 900],
    ],
    "Monthly Region": [
        ["Fiscal\nYear", "Month", "Region", "Quantity"],
        [2012, "01 October", "Northern Land Border", 40],
        [2012, "01 October", "Southwest Land Border", 960],
        [2012, "02 November", "Coastal Border", 20],
        [2012, "02 November", "Southwest Land Border", 880],
    ],
    "Monthly Family Status": [
        ["Fiscal\nYear", "Month", "Family Status", "Quantity"],
        [2012, "01 October", "Single Adults", 1000],
        [2012, "02 November", "Single Adults", 700],
        [2012, "02 November", "Family Unit Individuals", 200],
    ],
    "Monthly Citizenship": [
        ["Fiscal\nYear", "Month", "Citizenship", "Quantity"],
        [2012, "01 October", "Mexico", 1000],
        [2012, "02 November", "Mexico", 890],
        [2012, "02 November", "China, People's Republic", 10],
    ],
    "Monthly Sector": [
        ["Fiscal\nYear", "Month", "Sector", "Quantity"],
        [2012, "01 October", "Swanton, VT", 40],
        [2012, "01 October", "Rio Grande Valley, TX", 960],
        [2012, "02 November", "Ramey, PR", 20],
        [2012, "02 November", "Rio Grande Valley, TX", 880],
    ],
    "Monthly Rgn and Fam Status": [
        ["Fiscal\nYear", "Month", "Region", "Family Status", "Quantity"],
        [2012, "01 October", "Northern Land Border", "Single Adults", 40],
        [2012, "01 October", "Southwest Land Border", "Single Adults", 960],
        [2012, "02 November", "Coastal Border", "Single Adults", 20],
        [2012, "02 November", "Southwest Land Border", "Single Adults", 680],
        [2012, "02 November", "Southwest Land Border", "Family Unit Individuals", 200],
    ],
    "Monthly Rgn and Citp": [
        ["Fiscal\nYear", "Month", "Region", "Citizenship", "Quantity"],
        [2012, "01 October", "Northern Land Border", "Mexico", 40],
        [2012, "01 October", "Southwest Land Border", "Mexico", 960],
        [2012, "02 November", "Coastal Border", "Mexico", 20],
        [2012, "02 November", "Southwest Land Border", "Mexico", 870],
        [2012, "02 November", "Southwest Land Border", "China, People's Republic", 10],
    ],
    "Monthly Rgn and Sector": [
        ["Fiscal\nYear", "Month", "Region", "Sector", "Quantity"],
        [2012, "01 October", "Northern Land Border", "Swanton, VT", 40],
        [2012, "01 October", "Southwest Land Border", "Rio Grande Valley, TX", 960],
        [2012, "02 November", "Coastal Border", "Ramey, PR", 20],
        [2012, "02 November", "Southwest Land Border", "Rio Grande Valley, TX", 880],
    ],
}


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]] = SHEETS, **parts: bytes) -> bytes:
    """A minimal .xlsx with these sheets; `parts` are added to the archive as they are, by name."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{relationships}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relationships}">'
            f"<sheets>{listed}</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        )
        for number, rows in enumerate(sheets.values(), 1):
            lines = "".join(_row(at, row) for at, row in enumerate(rows, 1))
            archive.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>',
            )
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def _row(at: int, row: Sequence[str | float]) -> str:
    cells = "".join(
        f'<c r="{ascii_uppercase[column]}{at}"><v>{cell}</v></c>'
        if isinstance(cell, int | float)
        else f'<c r="{ascii_uppercase[column]}{at}" t="inlineStr">'
        f"<is><t>{escape(cell)}</t></is></c>"
        for column, cell in enumerate(row)
        if cell != ""
    )
    return f'<row r="{at}">{cells}</row>'


ODS = "application/vnd.oasis.opendocument.spreadsheet"


def ods(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """A minimal .ods with these sheets."""
    return ods_with(
        "".join(
            f'<table:table table:name="{escape(name)}">'
            + "".join(
                f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows
            )
            + "</table:table>"
            for name, rows in sheets.items()
        )
    )


def ods_with(tables: str) -> bytes:
    """A minimal .ods with this markup for its tables."""
    namespaces = "urn:oasis:names:tc:opendocument:xmlns"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{namespaces}:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{namespaces}:office:1.0" '
            f'xmlns:table="{namespaces}:table:1.0" xmlns:text="{namespaces}:text:1.0"><office:body>'
            f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return content.getvalue()


def _cell(cell: str | float | date) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str):
        content = f"<text:p>{escape(cell)}</text:p>"
        return f'<table:table-cell office:value-type="string">{content}</table:table-cell>'
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell}T00:00:00"/>'
    return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
