"""Frontex's workbook: its routes, border types, sums, and what is wrong with damaged ones."""

import copy
import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.errors import Fault
from app.observations.readers import FileKind
from tests.app.observations.readers import files
from tests.app.observations.readers.files import Change, Figures, cell, of, workbook

EXCERPTS = Path(__file__).parent / "excerpts"
SHEET = "Detections_of_IBC"
ROWS: list[list[str | float]] = [
    ["Route", "Border type or inland", "Nationality", "NOV2024", "DEC2024", "JAN2025"],
    ["Western Balkan Route", "Land", "Syria", 30, 20, 10],
    ["Western Balkan Route", "Land", "Turkey", 3, 2, 1],
    ["Western Balkan Route", "Sea", "Syria", 0, 0, 4],
    ["Circular Route from Albania to Greece", "Land", "Albania", 100, 200, 300],
    ["Other", "Sea", "Unknown", 5, 6, 7],
]


def figures(content: bytes, **options: Any) -> Figures:
    return files.figures(content, source="frontex", **options)


def faults(content: bytes, **options: Any) -> list[Fault]:
    return files.faults(content, source="frontex", **options)


def changed(change: Change) -> bytes:
    rows = copy.deepcopy(ROWS)
    change(rows)
    return workbook({SHEET: rows})


def test_an_excerpt_as_published_sums_to_what_others_summed() -> None:
    found = figures((EXCERPTS / "frontex.xlsx").read_bytes(), published_on=date(2025, 6, 3))
    with (EXCERPTS / "frontex.csv").open(encoding="utf-8", newline="") as lines:
        expected = {
            (line["series"], line["period"]): int(line["value"]) for line in csv.DictReader(lines)
        }
    assert len(expected) == 3 * 196
    assert {at: found[at] for at in expected} == expected


def test_rows_are_summed_over_nationalities_to_every_level() -> None:
    found = figures(changed(lambda rows: None))
    assert of(found, "frontex") == {"2024-11": 138, "2024-12": 228, "2025-01": 322}
    assert of(found, "frontex.western-balkan") == {"2024-11": 33, "2024-12": 22, "2025-01": 15}
    assert of(found, "frontex.western-balkan.land") == {"2024-11": 33, "2024-12": 22, "2025-01": 11}
    assert of(found, "frontex.western-balkan.sea") == {"2024-11": 0, "2024-12": 0, "2025-01": 4}
    assert of(found, "frontex.circular-from-albania-to-greece.land")["2025-01"] == 300
    assert of(found, "frontex.other.sea")["2024-12"] == 6


def test_new_series_come_with_titles_units_and_parents() -> None:
    found = files.reading(changed(lambda rows: None), source="frontex", known=["frontex"])
    assert found.kind is FileKind.FRONTEX_WORKBOOK
    assert list(found.new_series)[:3] == [
        "frontex.circular-from-albania-to-greece",
        "frontex.circular-from-albania-to-greece.land",
        "frontex.other",
    ]
    sea = found.new_series["frontex.western-balkan.sea"]
    assert sea.title == "Frontex detections, Western Balkan route, by sea"
    assert (sea.unit, sea.parent, sea.dimension) == (
        "detections",
        "frontex.western-balkan",
        "border-type",
    )


def test_figures_are_provisional_until_they_are_twelve_months_old() -> None:
    items = files.located(
        changed(lambda rows: None), source="frontex", published_on=date(2025, 12, 31)
    )
    status = {str(item.observation.period): item.observation.status for item in items}
    assert status == {"2024-11": "A", "2024-12": "P", "2025-01": "P"}


def test_a_figure_is_placed_where_its_series_begins() -> None:
    items = files.located(changed(lambda rows: None), source="frontex")
    places = {item.observation.series: item.location for item in items}
    assert places["frontex"] == f"sheet {SHEET}, row 2"
    assert places["frontex.western-balkan.sea"] == f"sheet {SHEET}, row 4"


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.insert(0, []),
        lambda rows: rows.insert(0, ["Detections"]),
        cell(0, 1, "BorderLocation"),
        cell(0, 2, "NationalityLong"),
        lambda rows: [row.append("") for row in rows],
        lambda rows: rows.insert(3, []),
        lambda rows: [row.append(row.pop(0)) for row in rows],
    ],
    ids=["blank-row", "title", "border", "nationality", "blank-column", "gap", "columns-moved"],
)
def test_layouts_of_other_years_read_the_same(change: Change) -> None:
    assert figures(changed(change)) == figures(changed(lambda rows: None))


def test_an_empty_cell_is_nothing_detected() -> None:
    found = figures(changed(cell(1, 5, "")))
    assert of(found, "frontex.western-balkan.land")["2025-01"] == 1


def test_a_newest_month_without_any_figure_is_left_out() -> None:
    def change(rows: list[list[Any]]) -> None:
        for row in rows[1:]:
            row[5] = ""

    assert set(of(figures(changed(change)), "frontex")) == {"2024-11", "2024-12"}


@pytest.mark.parametrize(
    ("change", "location", "given"),
    [
        (cell(2, 4, "many"), "row 3, 2024-12", "many"),
        (cell(2, 4, -1), "row 3, 2024-12", -1),
        (cell(2, 4, 1.5), "row 3, 2024-12", 1.5),
        (cell(3, 1, "Moon"), "row 4, Border type or inland", "Moon"),
        (cell(3, 0, ""), "row 4, Route", None),
        (cell(3, 2, ""), "row 4, Nationality", None),
        (
            lambda rows: rows.append(rows[1]),
            "row 7",
            "the same route, border type, and nationality as row 2",
        ),
        (cell(0, 2, "Citizenship"), "row 1, Nationality", None),
        (cell(0, 2, "Citizenship"), "row 1", "the column 'Citizenship'"),
        (cell(0, 4, "DEZ2024"), "row 1", "the column 'DEZ2024'"),
        (cell(0, 4, "OCT2024"), "row 1", "2024-10"),
        (cell(0, 5, "DEC2024"), "row 1", "the column 'DEC2024'"),
        (cell(0, 5, "DEC9999"), "row 1", "the column 'DEC9999'"),
        (cell(0, 5, ""), "row 2, column 6", 10),
        (lambda rows: rows[0].reverse(), "row 1", "2024-12"),
        (cell(0, 5, "FEB2025"), "row 1", "2025-02"),
        (lambda rows: rows.__delitem__(slice(1, None)), "", "a header and nothing below it"),
        (lambda rows: [row.__delitem__(slice(3, None)) for row in rows], "row 1", "no month"),
        (
            lambda rows: [row.__setitem__(4, "") for row in rows[1:]],
            "2024-12",
            "no figure in any row",
        ),
        (
            cell(0, 0, "Path"),
            "",
            "Path, Border type or inland, Nationality, NOV2024, DEC2024, JAN2025",
        ),
    ],
)
def test_what_is_wrong_is_named(change: Change, location: str, given: object) -> None:
    found = [(fault.parameter, fault.given) for fault in faults(changed(change))]
    assert (", ".join(filter(None, [f"sheet {SHEET}", location])), given) in found


def test_a_workbook_of_frontex_is_nobody_elses() -> None:
    (fault,) = files.faults(changed(lambda rows: None), source="cbp")
    assert (fault.parameter, fault.given) == ("source", "cbp")
    assert fault.expected == "frontex, whose file this is"
