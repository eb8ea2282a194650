"""The Home Office's workbook: days summed to the months that it holds whole."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.errors import Fault
from app.observations.readers import FileKind
from tests.app.observations.readers import files
from tests.app.observations.readers.files import ods, of, workbook

EXCERPT = Path(__file__).parent / "excerpts" / "home_office.ods"
HEADER = ["Date", "Migrants arrived", "Boats arrived", "Notes"]
SERIES = "uk.small-boats"


def figures(content: bytes, **options: Any) -> dict[str, int | None]:
    found = files.figures(content, source="home-office", **options)
    assert {series for series, _ in found} == {SERIES}
    return of(found, SERIES)


def faults(content: bytes, **options: Any) -> list[Fault]:
    return files.faults(content, source="home-office", **options)


def days(first: str, last: str) -> list[list[Any]]:
    count = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    return [[date.fromisoformat(first) + timedelta(at), 2, 1, ""] for at in range(count)]


def daily(rows: list[list[Any]]) -> bytes:
    return ods({"Cover_sheet": [["Small boats"]], "SB_01": [HEADER, *rows]})


def test_an_excerpt_as_published_has_the_home_offices_months() -> None:
    found = figures(EXCERPT.read_bytes(), published_on=date(2026, 8, 21))
    assert found == {"2026-05": 2726, "2026-06": 2742, "2026-07": 2316}


def test_only_whole_months_are_read() -> None:
    assert figures(daily(days("2024-01-15", "2024-04-29"))) == {"2024-02": 58, "2024-03": 62}


def test_a_month_with_a_day_that_has_no_number_is_not_whole() -> None:
    rows = days("2024-01-01", "2024-03-31")
    rows[40][1] = "-"
    assert figures(daily(rows)) == {"2024-01": 62, "2024-03": 62}


def test_figures_are_provisional_until_the_calendar_year_has_ended() -> None:
    content = daily(days("2024-12-01", "2025-01-31"))
    items = files.located(content, source="home-office", published_on=date(2025, 2, 7))
    assert {str(item.observation.period): item.observation.status for item in items} == {
        "2024-12": "A",
        "2025-01": "P",
    }
    assert items[1].location == "sheet SB_01, row 33"


def test_the_new_series_counts_people() -> None:
    found = files.reading(daily(days("2024-01-01", "2024-01-31")), source="home-office")
    assert found.kind is FileKind.HOME_OFFICE_WORKBOOK
    assert {key: series.unit for key, series in found.new_series.items()} == {SERIES: "people"}


def test_notes_and_blank_rows_around_the_table_are_passed_over() -> None:
    rows = days("2024-01-01", "2024-01-31")
    content = ods({"SB_01": [["Table 1"], [], HEADER, *rows, [], ["Source: Home Office"]]})
    assert figures(content) == {"2024-01": 62}


def test_the_sheet_of_weeks_is_not_counted_again() -> None:
    weeks: list[list[Any]] = [["Week ending", "Migrants arrived"], [date(2024, 1, 7), 14]]
    content = ods({"SB_02": weeks, "SB_01": [HEADER, *days("2024-01-01", "2024-01-31")]})
    assert figures(content) == {"2024-01": 62}


def test_a_sheet_of_months_is_read_if_there_is_none_of_days() -> None:
    rows: list[list[Any]] = [
        ["Month", "Migrants arrived"],
        ["January 2024", 1335],
        ["February 2024", "-"],
    ]
    assert figures(ods({"SB_01": [*rows, [date(2024, 3, 1), 3100]]})) == {
        "2024-01": 1335,
        "2024-03": 3100,
    }


def test_the_same_sheets_as_xlsx_read_the_same() -> None:
    rows = [[str(day), *more] for day, *more in days("2024-01-01", "2024-01-31")]
    assert figures(workbook({"SB_01": [HEADER, *rows]})) == {"2024-01": 62}


@pytest.mark.parametrize(
    ("at", "row", "location", "given"),
    [
        (4, ["5 January", 2, 1, ""], "row 6, date", "5 January"),
        (4, [date(2024, 1, 6), 2, 1, ""], "row 6, date", "2024-01-06"),
        (4, [date(2024, 1, 4), 2, 1, ""], "row 6, date", "2024-01-04"),
        (4, [date(9999, 12, 31), 2, 1, ""], "row 6, date", "9999-12-31 00:00:00"),
        (4, [date(2024, 1, 5), float("nan"), 1, ""], "row 6, Migrants arrived", "nan"),
        (4, [date(2024, 1, 5), -2, 1, ""], "row 6, Migrants arrived", -2),
        (4, [date(2024, 1, 5), 2.5, 1, ""], "row 6, Migrants arrived", 2.5),
        (4, [date(2024, 1, 5), "", 1, ""], "row 6, Migrants arrived", None),
        (4, [date(2024, 1, 5), "two", 1, ""], "row 6, Migrants arrived", "two"),
        (4, ["", "", "", ""], "row 7, date", "2024-01-06"),
    ],
)
def test_a_wrong_row_is_named(at: int, row: list[Any], location: str, given: object) -> None:
    rows = days("2024-01-01", "2024-01-31")
    rows[at] = row
    found = [(fault.parameter, fault.given) for fault in faults(daily(rows))]
    assert (f"sheet SB_01, {location}", given) in found


def test_a_renamed_column_is_named() -> None:
    content = ods({"SB_01": [["Date", "People arrived"], *days("2024-01-01", "2024-01-31")]})
    (fault,) = faults(content)
    assert fault.parameter == "sheet SB_01, row 1"
    assert fault.given == "Date, People arrived"
    assert "Migrants arrived" in fault.expected


def test_a_workbook_without_a_whole_month_is_refused() -> None:
    (fault,) = faults(daily(days("2024-01-02", "2024-01-31")))
    assert (fault.parameter, fault.given) == ("sheet SB_01", "no whole month")
