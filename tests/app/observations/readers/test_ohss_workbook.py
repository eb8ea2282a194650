"""OHSS's workbook: its sheets, its rounding, its zeros, and what is wrong with damaged ones."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.errors import Fault
from app.observations.readers import FileKind, KnownSeries
from tests.app.observations.readers import files
from tests.app.observations.readers.files import SHEETS, Figures, of, workbook

OCTOBER, NOVEMBER = "2011-10", "2011-11"


def figures(content: bytes, **options: Any) -> Figures:
    return files.figures(content, source="ohss", **options)


def faults(content: bytes, **options: Any) -> list[Fault]:
    return files.faults(content, source="ohss", **options)


def with_sheet(name: str, change: Callable[..., Any]) -> bytes:
    sheets = copy.deepcopy(SHEETS)
    change(sheets[name])
    return workbook(sheets)


def cell(row: int, column: int, content: int | str) -> Callable[..., Any]:
    return lambda rows: rows[row].__setitem__(column, content)


def test_every_sheet_feeds_its_series() -> None:
    found = figures(workbook())
    assert files.reading(workbook(), source="ohss").kind is FileKind.OHSS_WORKBOOK
    assert of(found, "usbp") == {OCTOBER: 1000, NOVEMBER: 900}
    assert of(found, "usbp.southwest") == {OCTOBER: 960, NOVEMBER: 880}
    assert of(found, "usbp.single-adults") == {OCTOBER: 1000, NOVEMBER: 700}
    assert of(found, "usbp.citizenship.mexico") == {OCTOBER: 1000, NOVEMBER: 890}
    assert of(found, "usbp.southwest.rio-grande-valley") == {OCTOBER: 960, NOVEMBER: 880}
    assert of(found, "usbp.southwest.single-adults") == {OCTOBER: 960, NOVEMBER: 680}
    assert of(found, "usbp.southwest.citizenship.china") == {OCTOBER: 0, NOVEMBER: 10}


def test_months_that_a_table_leaves_out_round_to_zero() -> None:
    found = figures(workbook())
    assert of(found, "usbp.coastal") == {OCTOBER: 0, NOVEMBER: 20}
    assert of(found, "usbp.coastal.ramey") == {OCTOBER: 0, NOVEMBER: 20}
    assert of(found, "usbp.northern") == {OCTOBER: 40, NOVEMBER: 0}


def test_a_family_status_is_counted_from_its_first_row_on() -> None:
    assert of(figures(workbook()), "usbp.family-units") == {NOVEMBER: 200}


def test_an_ended_series_has_no_zeros_after_its_rows() -> None:
    known = [KnownSeries("usbp.northern.swanton", ended=True)]
    assert of(figures(workbook(), known=known), "usbp.northern.swanton") == {OCTOBER: 40}


def test_figures_are_rounded_to_ten_and_placed_by_sheet_and_row() -> None:
    items = files.located(workbook(), source="ohss", published_on=date(2011, 12, 20))
    assert {item.observation.rounding_unit for item in items} == {10}
    assert {item.observation.qualifier for item in items} == {"exact"}
    assert {item.observation.status for item in items} == {"P"}
    assert items[0].location == "sheet Monthly Count, row 2"
    places = {
        item.location
        for item in items
        if item.observation.series == "usbp.southwest.rio-grande-valley"
    }
    assert places == {"sheet Monthly Rgn and Sector, row 2", "sheet Monthly Rgn and Sector, row 4"}


def test_titles_above_and_notes_below_a_table_are_passed_over() -> None:
    def change(rows: list[list[int | str] | list[str]]) -> None:
        rows[0:0] = [["Monthly encounters"], []]
        rows += [[], ["Source: Office of Homeland Security Statistics"]]

    assert figures(with_sheet("Monthly Count", change)) == figures(workbook())


@pytest.mark.parametrize(
    ("sheet", "change", "parameter"),
    [
        (
            "Monthly Count",
            cell(1, 2, "many"),
            "sheet Monthly Count, row 2, quantity",
        ),
        ("Monthly Count", cell(1, 2, -10), "sheet Monthly Count, row 2, quantity"),
        (
            "Monthly Count",
            cell(2, 1, "03 November"),
            "sheet Monthly Count, row 3, month",
        ),
        (
            "Monthly Count",
            cell(2, 0, "FY"),
            "sheet Monthly Count, row 3, fiscal year",
        ),
        ("Monthly Count", lambda rows: rows.append(rows[2]), "sheet Monthly Count, row 4"),
        ("Monthly Count", lambda rows: rows[0].pop(), "sheet Monthly Count"),
        ("Monthly Count", lambda rows: rows.clear(), "sheet Monthly Count"),
        ("Monthly Count", lambda rows: rows.append([2012, "04 January", 5]), "sheet Monthly Count"),
        (
            "Monthly Region",
            cell(1, 2, "North"),
            "sheet Monthly Region, row 2, region",
        ),
        ("Monthly Region", lambda rows: rows.pop(), f"sheet Monthly Region, {NOVEMBER}"),
        ("Monthly Region", cell(3, 0, 2013), "sheet Monthly Region, row 4, month"),
        (
            "Monthly Family Status",
            cell(1, 2, "Uncles"),
            "sheet Monthly Family Status, row 2, family status",
        ),
        (
            "Monthly Sector",
            cell(2, 3, 970),
            "sheet Monthly Sector, Rio Grande Valley sector, 2011-10",
        ),
    ],
)
def test_a_wrong_cell_or_table_is_named(
    sheet: str, change: Callable[..., Any], parameter: str
) -> None:
    assert parameter in [fault.parameter for fault in faults(with_sheet(sheet, change))]


def test_a_missing_sheet_is_named() -> None:
    sheets = {name: rows for name, rows in SHEETS.items() if name != "Monthly Region"}
    (fault,) = faults(workbook(sheets))
    assert (fault.parameter, fault.given) == ("sheet Monthly Region", None)
    assert "Monthly Rgn and Citp" in fault.expected


def test_another_workbook_is_not_taken_for_one() -> None:
    found = files.reading(workbook({"Sheet1": [["a", 1]]}), source="ohss")
    assert found.kind is FileKind.UNKNOWN
    (fault,) = found
    assert isinstance(fault, Fault)
    assert (fault.parameter, fault.given) == ("file", "the sheets Sheet1")
    assert all(name in fault.expected for name in ("Monthly Count", "Detections_of_IBC", "SB_01"))


@pytest.mark.parametrize(
    "content",
    [
        workbook()[:-1],
        workbook()[:2000],
        workbook()[:30],
        b"PK\x03\x04",
        b"PK\x03\x04" + bytes(1000),
    ],
    ids=["last-byte", "half", "start", "mark", "NULs"],
)
def test_a_damaged_archive_is_one_fault(content: bytes) -> None:
    (fault,) = faults(content)
    assert fault.parameter == "file"
    assert "workbook" in fault.expected


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("xl/media/zeros.bin", bytes(65 << 20)),
        ("xl/worksheets/sheet9.xml", b'<row r="100"><c r="XFD100"><v>1</v></c></row>'),
        ("xl/worksheets/sheet9.xml", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    ],
    ids=["zeros", "far-right", "far-down"],
)
def test_a_workbook_that_would_exhaust_memory_is_refused(name: str, part: bytes) -> None:
    (fault,) = faults(workbook(SHEETS, **{name: part}))
    assert (fault.parameter, fault.expected[:10]) == ("file", "a workbook")


def test_a_workbook_of_ohss_is_nobody_elses() -> None:
    (fault,) = files.faults(workbook(), source="cbp")
    assert (fault.parameter, fault.given) == ("source", "cbp")
