"""CBP's exports: recognized, summed, completed with zeros, and refused if inconsistent."""

from datetime import date
from pathlib import Path

import pytest

from app.observations.readers import FileKind, KnownSeries
from tests.app.observations.readers.files import (
    AOR_COLUMNS,
    AOR_ROWS,
    OFO,
    SOUTHWEST,
    SOUTHWEST_COLUMNS,
    SOUTHWEST_ROWS,
    STATE_ROWS,
    USBP,
    Figures,
    aor,
    csv_file,
    faults,
    figures,
    located,
    of,
    reading,
    southwest,
    state,
)


def changed(rows: list[list[str]], row: int, column: int, text: str) -> list[list[str]]:
    copy = [list(cells) for cells in rows]
    copy[row][column] = text
    return copy


def without_zeros(found: Figures) -> Figures:
    return {cell: value for cell, value in found.items() if value}


def test_southwest_rows_are_summed_to_components_family_statuses_titles_and_citizenships() -> None:
    found = figures(southwest())
    assert of(found, "usbp.southwest") == {"2024-08": 120, "2024-09": 90, "2024-10": 5}
    assert of(found, "ofo.southwest") == {"2024-08": 3, "2024-09": 7, "2024-10": 6}
    assert of(found, "cbp.southwest") == {"2024-08": 123, "2024-09": 97, "2024-10": 11}
    assert of(found, "usbp.southwest.family-units") == {"2024-08": 20, "2024-09": 0, "2024-10": 0}
    assert of(found, "usbp.southwest.unaccompanied-children") == {
        "2024-08": 0,
        "2024-09": 0,
        "2024-10": 5,
    }
    assert of(found, "cbp.southwest.citizenship.mexico") == {
        "2024-08": 100,
        "2024-09": 97,
        "2024-10": 11,
    }
    assert of(found, "usbp.southwest.title-8") == of(found, "usbp.southwest")
    assert {key for key, _ in found if key.endswith("other")} == set()
    assert {key for key, _ in found if "southwest" not in key} == set()


def test_areas_are_summed_to_sectors_offices_regions_and_the_nation() -> None:
    found = without_zeros(figures(aor()))
    assert of(found, "cbp") == {"2023-10": 86, "2023-11": 58}
    assert of(found, "usbp") == {"2023-10": 51, "2023-11": 50}
    assert of(found, "usbp.southwest.tucson") == {"2023-10": 40, "2023-11": 50}
    assert of(found, "usbp.northern.swanton") == of(found, "usbp.northern") == {"2023-10": 9}
    assert of(found, "usbp.coastal.miami") == of(found, "usbp.coastal") == {"2023-10": 2}
    assert of(found, "ofo.southwest.laredo") == {"2023-10": 30, "2023-11": 8}
    assert of(found, "ofo.other.laredo") == {"2023-10": 4}
    assert of(found, "cbp.other") == {"2023-10": 6}
    assert of(found, "cbp.citizenship.mexico") == {"2023-10": 34, "2023-11": 50}
    assert of(found, "ofo.northern.citizenship.china") == {"2023-10": 1}
    assert of(found, "usbp.southwest.family-units") == {"2023-10": 40}


def test_states_are_summed_for_both_components_together() -> None:
    found = without_zeros(figures(state()))
    assert of(found, "cbp") == {"2023-10": 79, "2023-11": 60}
    assert of(found, "cbp.southwest") == {"2023-10": 70, "2023-11": 60}
    assert of(found, "cbp.state.texas") == {"2023-10": 4, "2023-11": 60}
    assert of(found, "cbp.southwest.state.new-mexico") == {"2023-10": 70}
    assert of(found, "cbp.northern.citizenship.burma") == {"2023-10": 5}
    assert {key.partition(".")[0] for key, _ in found} == {"cbp"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (southwest(), FileKind.CBP_SOUTHWEST),
        (aor(), FileKind.CBP_AOR),
        (state(), FileKind.CBP_STATE),
    ],
)
def test_the_columns_tell_the_kind(content: bytes, kind: FileKind) -> None:
    assert reading(content).kind is kind


def test_columns_are_recognized_in_any_order_case_and_spacing() -> None:
    order = [8, 3, 0, 2, 5, 4, 6, 7]  # without Month Grouping
    columns = [SOUTHWEST_COLUMNS[location] for location in order]
    rows = [[cells[location] for location in order] for cells in SOUTHWEST_ROWS]
    for header in (
        columns,
        [f"  {name.upper()} " for name in columns],
        [name.lower().replace(" ", "_").replace("(", "").replace(")", "") for name in columns],
        [name.replace(" Grouping", "") for name in columns],
    ):
        assert figures(csv_file(header, rows)) == figures(southwest())


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (8, "100.0"),
        (8, " 100 "),
        (2, "aug"),
        (2, "August"),
        (0, "2024 (FYTD)"),
        (0, "FY2024"),
        (3, "U.S. BORDER PATROL"),
    ],
)
def test_spellings_that_vary_between_years_mean_the_same(column: int, text: str) -> None:
    assert figures(southwest(changed(SOUTHWEST_ROWS, 0, column, text))) == figures(southwest())


def test_thousands_may_be_marked() -> None:
    found = figures(southwest(changed(SOUTHWEST_ROWS, 0, 8, "1,234")))
    assert found["usbp.southwest", "2024-08"] == 1254


def test_what_a_file_covers_but_does_not_list_is_zero_for_known_series_of_its_kind() -> None:
    known = [
        "cbp.southwest",
        "usbp.southwest",
        "usbp.southwest.citizenship.guatemala",
        "ofo.southwest.citizenship.guatemala",
        "ofo.southwest.citizenship.peru",
        "usbp.southwest.tucson",
        "usbp.northern",
        "usbp.family-units",
        "ofo.southwest.unaccompanied-children",
        KnownSeries("ofo.southwest.title-42", ended=True),
    ]
    found = figures(southwest(), known=known)
    zero = {"2024-08": 0, "2024-09": 0, "2024-10": 0}
    assert of(found, "usbp.southwest.citizenship.guatemala") == {**zero, "2024-08": 20}
    assert of(found, "ofo.southwest.unaccompanied-children") == zero
    assert of(found, "ofo.southwest.citizenship.guatemala") == zero
    for key in (
        # no row of the file names Peru, so Peru is among the others
        "ofo.southwest.citizenship.peru",
        "usbp.southwest.tucson",
        "usbp.northern",
        "usbp.family-units",
        "ofo.southwest.title-42",
    ):
        assert of(found, key) == {}


def test_a_known_sector_without_rows_is_zero() -> None:
    found = figures(
        aor(), known=["usbp.northern.havre", KnownSeries("usbp.northern.livermore", ended=True)]
    )
    assert of(found, "usbp.northern.havre") == {"2023-10": 0, "2023-11": 0}
    assert of(found, "usbp.northern.livermore") == {}


def test_a_series_that_has_ended_is_zero_between_its_rows_only() -> None:
    rows = [list(cells) for cells in SOUTHWEST_ROWS]
    rows += [["2024", "Remaining", "JUL", *cells[3:]] for cells in SOUTHWEST_ROWS[3:5]]
    rows += [["2024", "Remaining", "JUN", *cells[3:]] for cells in SOUTHWEST_ROWS[3:5]]
    expelled = ["Single Adults", "Mexico", "Title 42", "Expulsions"]
    rows += [
        ["2024", "Remaining", month, SOUTHWEST_ROWS[0][3], *expelled, "4"]
        for month in ("JUN", "AUG")
    ]
    for known in ([], [KnownSeries("usbp.southwest.title-42", ended=True)]):
        found = figures(southwest(rows), known=known)
        assert of(found, "usbp.southwest.title-42") == {"2024-06": 4, "2024-07": 0, "2024-08": 4}


def test_unknown_series_are_offered_with_parents_first() -> None:
    found = reading(southwest(), known=["cbp.southwest", "usbp.southwest"])
    assert "usbp.southwest" not in found.new_series
    new = found.new_series["usbp.southwest.citizenship.guatemala"]
    assert (new.parent, new.dimension, new.unit) == ("usbp.southwest", "citizenship", "encounters")
    assert new.title == "Border Patrol encounters, southwest border, citizens of Guatemala"
    keys = list(found.new_series)
    for key, series in found.new_series.items():
        if series.parent and series.parent not in ("cbp.southwest", "usbp.southwest"):
            assert keys.index(series.parent) < keys.index(key)


def test_known_and_new_series_get_the_same_figures() -> None:
    everything = figures(aor())
    assert figures(aor(), known=sorted({key for key, _ in everything})) == everything


def test_both_components_are_added_only_where_both_have_rows() -> None:
    rows = [
        cells
        for cells in SOUTHWEST_ROWS
        if not (cells[3].startswith("Office") and cells[2] == "OCT")
    ]
    found = figures(southwest(rows))
    assert of(found, "usbp.southwest")["2024-10"] == 5
    assert sorted(of(found, "cbp.southwest")) == ["2024-08", "2024-09"]
    assert sorted(of(found, "ofo.southwest")) == ["2024-08", "2024-09"]


def test_a_nation_is_not_summed_from_some_of_its_regions() -> None:
    rows = [cells for cells in AOR_ROWS if cells[4] != "Northern Land Border"]
    keys = {key for key, _ in figures(aor(rows))}
    assert "cbp.southwest" in keys
    assert not keys & {"cbp", "usbp", "ofo", "cbp.citizenship.mexico"}


@pytest.mark.parametrize("day", ["2024-10-22", "2024-09-30"])
def test_figures_are_final_with_the_first_release_after_the_fiscal_year(day: str) -> None:
    rows = [cells for cells in SOUTHWEST_ROWS if cells[2] != "OCT"]
    found = located(southwest(rows), published_on=date.fromisoformat(day))
    assert {item.observation.status for item in found} == {"A" if day == "2024-10-22" else "P"}


@pytest.mark.parametrize(
    ("column", "text", "field"),
    [
        (0, "24", "Fiscal Year"),
        (0, "1024", "Fiscal Year"),
        (2, "AGU", "Month (abbv)"),
        (2, "", "Month (abbv)"),
        (3, "Coast Guard", "Component"),
        (4, "Adults", "Demographic"),
        (5, "", "Citizenship"),
        (6, "Title 9", "Title of Authority"),
        (7, "Guesses", "Encounter Type"),
        (1, "Mexico", "Month Grouping"),
        (8, "-1", "Encounter Count"),
        (8, "1.5", "Encounter Count"),
        (8, "1O0", "Encounter Count"),
        (8, "1,23", "Encounter Count"),
        (8, "", "Encounter Count"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(column: int, text: str, field: str) -> None:
    (fault,) = faults(southwest(changed(SOUTHWEST_ROWS, 1, column, text)))
    assert (fault.parameter, fault.given) == (f"line 3, {field}", text)


@pytest.mark.parametrize(
    ("content", "parameter"),
    [
        (aor(changed(AOR_ROWS, 0, 5, "Laredo Field Office")), "line 2, Area of Responsibility"),
        (aor(changed(AOR_ROWS, 6, 4, "Other")), "line 8, Area of Responsibility"),
        (aor(changed(AOR_ROWS, 0, 4, "South")), "line 2, Land Border Region"),
        (aor(changed(AOR_ROWS, 6, 6, "MEXICO")), "line 8, AOR (Abbv)"),
        (state(changed(STATE_ROWS, 0, 4, "ZZ")), "line 2, State"),
        (southwest([*SOUTHWEST_ROWS, SOUTHWEST_ROWS[2]]), "line 9"),
        (southwest([*SOUTHWEST_ROWS, [*SOUTHWEST_ROWS[2][:8], "4"]]), "line 9"),
        (southwest([*SOUTHWEST_ROWS, SOUTHWEST_ROWS[2][:8]]), "line 9"),
        (southwest([]), "file"),
        (southwest(changed(SOUTHWEST_ROWS, 3, 1, "FYTD")), "line 5, Month Grouping"),
        (southwest([cells for cells in SOUTHWEST_ROWS if cells[2] != "SEP"]), "Month (abbv)"),
        (southwest().rstrip(), "last line"),
        (southwest(columns=[*SOUTHWEST_COLUMNS[:8], "Count"]), "line 1, Encounter Count"),
        (southwest(columns=[*SOUTHWEST_COLUMNS[:8], "Component"]), "line 1, Component"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(content: bytes, parameter: str) -> None:
    found = faults(content)
    assert parameter in [fault.parameter for fault in found]
    assert len(found) == len(list(reading(content)))


def test_reading_stops_after_a_hundred_faults() -> None:
    rows = [[*cells[:8], "x"] for cells in SOUTHWEST_ROWS] * 50
    assert len(faults(southwest(rows))) == 100


def test_the_first_rows_of_a_nationwide_file_of_cbp_are_read_and_summed() -> None:
    """Those of the file of fiscal years 2023 to 2026 through January, as published."""
    content = (Path(__file__).parent / "excerpts" / "cbp_nationwide.csv").read_bytes()
    found = figures(content, published_on=date(2026, 2, 18))
    assert {key: value for (key, period), value in found.items() if period == "2022-12"} == {
        "ofo.northern": 5,
        "ofo.northern.boston": 5,
        "ofo.northern.accompanied-minors": 5,
        "ofo.northern.citizenship.brazil": 3,
        "ofo.northern.citizenship.canada": 2,
        "ofo.northern.title-42": 4,
        "ofo.northern.title-8": 1,
    }


def test_a_file_of_fiscal_years_2023_to_2026_reads_closed_and_current_years() -> None:
    """Months of closed years that the newest year has not reached are grouped as Remaining."""
    area = ["Tucson Sector", "TCA"]
    closed = [["2025", "Remaining", month] for month in ("JUL", "AUG", "SEP")]
    reached = [["2026 (FYTD)", "FYTD", month] for month in ("OCT", "NOV", "DEC")]
    rows = [
        [*when, component, SOUTHWEST, *where, group, "MEXICO", "Title 8", kind, str(people)]
        for at, when in enumerate([*closed, *reached])
        for component, where, group, kind, people in (
            (USBP, area, "UC / Single Minors", "Apprehensions", 100 + at),
            (USBP, area, "UAC", "Apprehensions", 10),
            (OFO, ["Laredo Field Office", "Laredo"], "UC / Single Minors", "Inadmissibles", 5),
        )
    ]
    content = csv_file(AOR_COLUMNS, rows)
    found = figures(content, published_on=date(2026, 1, 14))
    months = ["2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12"]
    expected = dict(zip(months, (110, 111, 112, 113, 114, 115), strict=True))
    assert of(found, "usbp.southwest.tucson") == expected
    assert of(found, "usbp.southwest.unaccompanied-children") == expected
    assert of(found, "ofo.southwest.unaccompanied-children") == dict.fromkeys(months, 5)
    status = {
        str(item.observation.period): item.observation.status
        for item in located(content, published_on=date(2026, 1, 14))
    }
    assert status == {month: "A" if month < "2025-10" else "P" for month in months}


@pytest.mark.parametrize("count", ["0", ""])
def test_months_of_the_newest_year_that_are_still_to_come_are_no_figures(count: str) -> None:
    still_to_come = ["2025 (FYTD)", "Remaining", "NOV", *SOUTHWEST_ROWS[-1][3:-1], count]
    assert figures(southwest([*SOUTHWEST_ROWS, still_to_come])) == figures(southwest())


def test_a_month_of_a_closed_year_without_a_count_is_refused() -> None:
    closed = ["2024", "Remaining", "AUG", USBP, "UAC", "Mexico", "Title 8", "Apprehensions", ""]
    (fault,) = faults(southwest([*SOUTHWEST_ROWS, closed]))
    assert (fault.parameter, fault.given) == ("line 9, Encounter Count", "")


def test_the_abbreviation_of_an_area_may_be_left_out() -> None:
    at = AOR_COLUMNS.index("AOR (Abbv)")
    columns = [*AOR_COLUMNS[:at], *AOR_COLUMNS[at + 1 :]]
    rows = [[*row[:at], *row[at + 1 :]] for row in AOR_ROWS]
    assert figures(csv_file(columns, rows)) == figures(aor())


def test_a_file_of_cbp_is_nobody_elses() -> None:
    (fault,) = faults(southwest(), source="press")
    assert (fault.parameter, fault.given) == ("source", "press")
