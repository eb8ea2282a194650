"""OHSS's monthly tables: groups of columns, footnotes, and what is wrong with damaged ones."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.observations.readers import FileKind
from tests.app.observations.readers import files
from tests.app.observations.readers.files import Change, Figures, cell, of, workbook

EXCERPT = Path(__file__).parent / "excerpts" / "ohss_tables.xlsx"
AREA = "SWB Enc by Sector+Field Ofc"
FAMILY = "SWB Encounters by Family Status"
CITIZENSHIP = "SWB Encounters by Citizenship"
SHEETS: dict[str, list[list[str | float]]] = {
    "TOC": [["Table of Contents"]],
    AREA: [
        ["Return to Table of Contents."],
        ["CBP SW Border Encounters by Agency and Sector or Field Office"],
        ["", "", "", "USBP", "", "OFO"],
        [
            "Fiscal Year",
            "Month",
            "Total CBP",
            "Total USBP",
            "Tucson, AZ",
            "Total OFO",
            "Tucson, AZ",
        ],
        [2023, "Total", 570, 430, 210, 140, 50],
        ["", "September", 570, 430, 210, 140, 50],
        ["2024 YTD", "Total", 1100, 800, 400, 300, 110],
        ["", "October", 600, 450, 220, 150, 60],
        ["", "November", 500, 350, 180, 150, 50],
        ["Notes: To protect privacy, table cells are rounded to the nearest ten."],
    ],
    FAMILY: [
        ["CBP SW Border Encounters by Agency and Family Status"],
        ["", "", "Total CBP", "", "OFO"],
        [
            "Fiscal Year",
            "Month",
            "Total",
            "Unaccompanied Children/Single Minors3",
            "Accompanied Minors (OFO)4",
        ],
        [2023, "Total", 570, 20, "NA"],
        ["", "September", 570, 20, "NA"],
        ["2024 YTD", "Total", 1100, 70, 30],
        ["", "October", 600, 40, 20],
        ["", "November", 500, 30, 10],
        ["NA Not available."],
        ["3Unaccompanied Children (UC) are individuals younger than 18."],
    ],
    "CBP One Appointments": [
        ["CBP One Appointments: Fiscal Years 2023 to 2024 YTD"],
        ["Fiscal Year", "Month", "Total", "Cuba"],
        ["2024 YTD", "Total", 120, 20],
        ["", "October", "X", "X"],
        ["", "November", 120, 20],
    ],
}


def figures(content: bytes, **options: Any) -> Figures:
    return files.figures(content, source="ohss", **options)


def with_sheet(name: str, change: Change) -> bytes:
    sheets = copy.deepcopy(SHEETS)
    change(sheets[name])
    return workbook(sheets)


@pytest.mark.parametrize(
    ("series", "period", "value"),
    [
        ("cbp.southwest", "2019-05", 144110),
        ("usbp.southwest", "2019-05", 132860),
        ("ofo.southwest", "2024-08", 49460),
        ("usbp.southwest.tucson", "2024-08", 11920),
        ("ofo.southwest.tucson", "2024-08", 3740),
        ("ofo.southwest.laredo", "2019-05", 4730),
        ("cbp-one.appointments", "2024-07", 45220),
        ("chnv.paroles", "2024-08", 9170),
    ],
)
def test_an_excerpt_as_published_has_the_figures_that_others_read(
    series: str, period: str, value: int
) -> None:
    found = figures(EXCERPT.read_bytes(), published_on=date(2024, 12, 6))
    assert found[series, period] == value


def test_groups_of_columns_are_components_and_parts() -> None:
    found = figures(workbook(SHEETS))
    assert files.reading(workbook(SHEETS), source="ohss").kind is FileKind.OHSS_TABLES
    months = ("2023-09", "2023-10", "2023-11")
    assert of(found, "cbp.southwest") == dict(zip(months, (570, 600, 500), strict=True))
    assert of(found, "usbp.southwest.tucson") == dict(zip(months, (210, 220, 180), strict=True))
    assert of(found, "ofo.southwest.tucson") == dict(zip(months, (50, 60, 50), strict=True))
    assert of(found, "cbp.southwest.unaccompanied-children")["2023-10"] == 40


def test_what_is_not_available_or_does_not_apply_is_no_figure() -> None:
    found = figures(workbook(SHEETS))
    assert of(found, "ofo.southwest.accompanied-minors") == {"2023-10": 20, "2023-11": 10}
    assert of(found, "cbp-one.appointments") == {"2023-11": 120}


def test_figures_are_rounded_to_ten_and_placed_by_sheet_and_row() -> None:
    items = files.located(workbook(SHEETS), source="ohss", published_on=date(2023, 12, 20))
    assert {item.observation.rounding_unit for item in items} == {10}
    assert {str(item.observation.period): item.observation.status for item in items} == {
        "2023-09": "A",
        "2023-10": "P",
        "2023-11": "P",
    }
    location = next(
        item.location for item in items if item.observation.series == "usbp.southwest.tucson"
    )
    assert location == f"sheet {AREA}, row 6"


def test_citizens_of_other_countries_are_left_out() -> None:
    rows: list[list[str | float]] = [
        ["", "", "Total CBP", "", "", ""],
        ["Fiscal Year", "Month", "Total", "China, People's Republic", "Other"],
        [2024, "October", 600, 500, 100],
    ]
    found = figures(workbook(SHEETS | {CITIZENSHIP: rows}))
    assert of(found, "cbp.southwest.citizenship.china") == {"2023-10": 500}
    assert not [key for key, _ in found if key.endswith(".other")]


def test_enforcement_encounters_are_another_count_and_left_out() -> None:
    rows: list[list[str | float]] = [
        ["", "", "Total CBP", "", "Enforcement Encounters1", ""],
        ["Fiscal Year", "Month", "Total", "Northern Land Border", "Total", "Northern Land Border"],
        [2024, "October", 900, 80, 700, 60],
    ]
    found = figures(workbook(SHEETS | {"CBP Encounter by Type + Region": rows}))
    assert of(found, "cbp") == {"2023-10": 900}
    assert of(found, "cbp.northern") == {"2023-10": 80}


def test_new_series_come_with_titles_units_and_parents() -> None:
    new = files.reading(workbook(SHEETS), source="ohss", known=["cbp.southwest"]).new_series
    assert list(new)[:2] == ["cbp-one.appointments", "ofo.southwest"]
    assert new["cbp-one.appointments"].unit == "appointments"
    assert new["ofo.southwest.tucson"].parent == "ofo.southwest"
    assert new["ofo.southwest.tucson"].title.endswith("Tucson field office")


@pytest.mark.parametrize(
    ("sheet", "change", "parameter"),
    [
        (AREA, cell(7, 2, "many"), f"sheet {AREA}, row 8, CBP encounters, southwest border"),
        (AREA, cell(7, 2, -10), f"sheet {AREA}, row 8, CBP encounters, southwest border"),
        (AREA, cell(7, 2, ""), f"sheet {AREA}, row 8, CBP encounters, southwest border"),
        (AREA, cell(6, 0, "FY"), f"sheet {AREA}, row 7, Fiscal Year"),
        (AREA, cell(8, 1, "Novembre"), f"sheet {AREA}, row 9, Month"),
        (AREA, cell(8, 1, "December"), f"sheet {AREA}, row 9, Month"),
        (AREA, lambda rows: rows.insert(8, rows[8]), f"sheet {AREA}, row 10, Month"),
        (AREA, cell(2, 5, "USBP"), f"sheet {AREA}, row 4, column 7"),
        (AREA, cell(2, 5, "ICE"), f"sheet {AREA}, row 4, column 7"),
        (AREA, cell(3, 1, "Time"), f"sheet {AREA}"),
        (AREA, lambda rows: rows.__delitem__(slice(4, 9)), f"sheet {AREA}"),
        (
            AREA,
            cell(7, 2, 700),
            f"sheet {AREA}, row 7, CBP encounters, southwest border",
        ),
        (FAMILY, cell(2, 3, "Uncles"), f"sheet {FAMILY}, row 3, column 4"),
        (FAMILY, cell(4, 2, 560), f"sheet {AREA}, row 6, CBP encounters, southwest border"),
        ("CBP One Appointments", cell(1, 2, "Sum"), "sheet CBP One Appointments, row 2"),
    ],
)
def test_what_is_wrong_is_named(sheet: str, change: Change, parameter: str) -> None:
    faults = files.faults(with_sheet(sheet, change), source="ohss")
    assert parameter in [fault.parameter for fault in faults]


def test_a_workbook_without_the_sheet_of_sectors_is_refused() -> None:
    sheets = {name: rows for name, rows in SHEETS.items() if name != AREA}
    (fault,) = files.faults(workbook(sheets), source="ohss")
    assert (fault.parameter, fault.given) == (f"sheet {AREA}", None)
