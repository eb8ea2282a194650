"""POST /observations with wrong figures: every bad place is named, and nothing is recorded."""

import json
from typing import Any

import pytest

from tests.app.client import ServiceClient, said
from tests.app.observations.refusing import DAY, HEADER, faults

A_KEY = "the key of a known series, or create=true for a new one"
A_COUNT = "a whole number from 0, or null if there is no figure"
A_CELL = "a whole number from 0, of at most 12 digits; empty if there is no figure"
A_MONTH = "a month written YYYY-MM, such as 2024-04"
A_CELL_MONTH = "a month written YYYY-MM such as 2024-04"

WRONG_FIGURES: dict[str, tuple[dict[str, Any], str, Any, str]] = {
    "an unknown series": ({"series": "usbp.mars"}, "series", "usbp.mars", A_KEY),
    "a negative count": ({"value": -1}, "value", -1, A_COUNT),
    "a fractional count": ({"value": 1.5}, "value", "1.5", A_COUNT),
    "a count in words": ({"value": "many"}, "value", "many", A_COUNT),
    "a count as text": ({"value": "129000"}, "value", "129000", A_COUNT),
    "a count that is a truth": ({"value": True}, "value", True, A_COUNT),
    "a count beyond all people": ({"value": 10**13}, "value", 10**13, "at most 1000000000000"),
    "an impossible month": ({"period": "2024-13"}, "period", "2024-13", A_MONTH),
    "a month in words": ({"period": "April"}, "period", "April", A_MONTH),
    "a month that is none": ({"period": 5}, "period", 5, A_MONTH),
    "a month after the publication": (
        {"period": "2024-06"},
        "period",
        "2024-06",
        "a month from 1800-01 to 2024-05, because the release is dated 2024-05-15",
    ),
    "a month of old": (
        {"period": "1799-12"},
        "period",
        "1799-12",
        "a month from 1800-01 to 2024-05, because the release is dated 2024-05-15",
    ),
    "a figure that is missing": (
        {"status": "O"},
        "status",
        "O",
        "no value, or a status for a value, such as P",
    ),
    "nothing that is provisional": (
        {"value": None, "status": "P"},
        "status",
        "P",
        "a status that says why there is no value, such as O",
    ),
    "about nothing": (
        {"value": None, "qualifier": "about"},
        "qualifier",
        "about",
        "exact if there is no value",
    ),
    "a step of none": ({"rounding_unit": 0}, "rounding_unit", 0, "greater than or equal to 1"),
    "a step beyond all counts": (
        {"rounding_unit": 10**10},
        "rounding_unit",
        10**10,
        "less than or equal to 1000000000",
    ),
    "an unknown field": (
        {"color": "red"},
        "color",
        "red",
        "no parameter with this name; /docs lists the valid ones",
    ),
    "an empty key": ({"series": ""}, "series", "", "String should have at least 1 character"),
    "a remark with a NUL": (
        {"note": "a\0b"},
        "note",
        "a\0b",
        "printable text of at most 2000 characters",
    ),
    "a remark without end": (
        {"note": "x" * 2001},
        "note",
        "x" * 200 + "…",
        "printable text of at most 2000 characters",
    ),
}


@pytest.mark.parametrize("what", WRONG_FIGURES)
def test_nothing_is_recorded_where_one_figure_is(
    loader: ServiceClient, series: str, what: str
) -> None:
    changed, field, given, expected = WRONG_FIGURES[what]
    before = loader.kept()
    response = loader.load(
        "press", DAY, said(series, "2024-03", 200), said(series, "2024-04", 300) | changed
    )
    (found,) = faults(response)
    place, *rest = found
    assert place.replace(", ", ".") == f"observations[1].{field}"
    assert rest == [given, expected]
    assert "nothing was recorded" in response.json()["detail"]
    assert loader.kept() == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_what_is_no_number_in_json_is_refused(
    loader: ServiceClient, series: str, number: str
) -> None:
    document = {
        "release": {"source": "press", "title": "t", "published_on": DAY},
        "observations": [said(series, "2024-04", 12345)],
    }
    response = loader.send(json.dumps(document).replace("12345", number), "application/json")
    (found,) = faults(response)
    assert (found[0], found[2]) == ("observations[0].value", A_COUNT)


def test_a_figure_that_is_missing_half_tells_each_half(loader: ServiceClient) -> None:
    before = loader.kept()
    response = loader.load("press", DAY, {"series": "usbp"})
    assert faults(response) == [
        ("observations[0].period", None, "a value, because it is required"),
        ("observations[0].value", None, "a value, because it is required"),
    ]
    assert loader.kept() == before


WRONG_CELLS = {
    "a negative count": ("{s},2024-04,-1", "value", "-1", A_CELL),
    "a fractional count": ("{s},2024-04,1.5", "value", "1.5", A_CELL),
    "a count with a letter": ("{s},2024-04,12B", "value", "12B", A_CELL),
    "a count in Arabic digits": ("{s},2024-04,١٢", "value", "١٢", A_CELL),
    "a count beyond all people": ("{s},2024-04,9999999999999", "value", "9999999999999", A_CELL),
    "an impossible month": ("{s},2024-13,1", "period", "2024-13", A_CELL_MONTH),
    "a month after the publication": (
        "{s},2024-06,1",
        "period",
        "2024-06",
        "a month from 1800-01 to 2024-05, because the release is dated 2024-05-15",
    ),
    "an unknown series": ("usbp.mars,2024-04,1", "series", "usbp.mars", A_KEY),
    "no series": (",2024-04,1", "series", "", "the key of a series"),
    "two cells": ("{s},2024-04", None, "2 cells", "3 cells, as in the header"),
}


@pytest.mark.parametrize("what", WRONG_CELLS)
def test_nothing_is_recorded_of_a_file_with_one_wrong_line(
    loader: ServiceClient, series: str, what: str
) -> None:
    line, field, given, expected = WRONG_CELLS[what]
    before = loader.kept()
    found = faults(loader.load_csv(f"{HEADER}\n{series},2024-03,200\n{line.format(s=series)}\n"))
    assert found == [(f"line 3, {field}" if field else "line 3", given, expected)]
    assert loader.kept() == before


@pytest.mark.parametrize("step", ["0", "10000000000"])
def test_an_impossible_step_of_rounding_is_refused(
    loader: ServiceClient, series: str, step: str
) -> None:
    before = loader.kept()
    (found,) = faults(loader.load_csv(f"{HEADER},rounding_unit\n{series},2024-04,5,{step}\n"))
    assert found[0] == "line 2, rounding_unit"
    assert loader.kept() == before


@pytest.mark.parametrize("column", ["color", "", "Series Key"])
def test_an_unknown_column_is_refused(loader: ServiceClient, series: str, column: str) -> None:
    before = loader.kept()
    (found,) = faults(loader.load_csv(f"{HEADER},{column}\n{series},2024-04,1,2\n"))
    assert found[:2] == ("line 1", f"the column {column!r}")
    assert "series, period, value" in found[2]
    assert loader.kept() == before


def test_two_figures_for_one_cell_are_refused_even_where_they_agree(
    loader: ServiceClient, series: str
) -> None:
    before = loader.kept()
    twice = said(series, "2024-04", 300)
    assert faults(loader.load("press", DAY, twice, twice)) == [
        (
            "observations[1]",
            f"a second figure for {series} in 2024-04",
            "one figure for each series and month",
        )
    ]
    found = faults(loader.load_csv(f"{HEADER}\n{series},2024-04,1\n{series},2024-04,2\n"))
    assert found[0][:2] == ("line 3", f"a second figure for {series} in 2024-04")
    assert loader.kept() == before


def test_every_bad_place_is_listed(loader: ServiceClient, series: str) -> None:
    text = (
        f"{HEADER}\n{series},2024-13,-1\n{series},2024-04,1\n"
        f"usbp.mars,2024-04,1\n{series},2024-04,x\n"
    )
    places = [place for place, _, _ in faults(loader.load_csv(text))]
    assert places == ["line 2, period", "line 2, value", "line 4, series", "line 5, value"]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_of_very_many_bad_places_the_first_100_are_listed(
    loader: ServiceClient, series: str, form: str
) -> None:
    before = loader.kept()
    if form == "csv":
        lines = "".join(f"{series},{2000 + i // 12}-{1 + i % 12:02d},-1\n" for i in range(250))
        response = loader.load_csv(f"{HEADER}\n{lines}")
    else:
        figures = [said(series, f"{2000 + i // 12}-{1 + i % 12:02d}", -1) for i in range(250)]
        response = loader.load("press", DAY, *figures)
    found = faults(response)
    assert len(found) == 100
    assert "At least 100 places are wrong" in response.json()["detail"]
    assert found[99][0] in ("line 101, value", "observations[99].value")
    assert loader.kept() == before


@pytest.mark.parametrize("key", ["Usbp", "usbp..x", "usbp x", "-x", "ü", "x" * 201, "a\0b"])
def test_a_series_with_an_impossible_key_is_not_made(loader: ServiceClient, key: str) -> None:
    before = loader.kept()
    (found,) = faults(loader.load("press", DAY, said(key, "2024-04", 1), create="true"))
    assert found[0] == "observations[0], series"
    assert "lowercase words" in found[2]
    assert loader.kept() == before


def test_no_series_is_made_by_a_load_that_is_refused(loader: ServiceClient, series: str) -> None:
    before = loader.kept()
    response = loader.load(
        "press",
        DAY,
        said(f"{series}.new", "2024-04", 1),
        said(series, "2024-04", 1, status="O"),
        create="true",
    )
    assert len(faults(response)) == 1
    assert loader.kept() == before
