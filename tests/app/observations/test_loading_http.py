"""POST /observations and retraction: what is recorded and reported, and what is refused whole."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from tests.app.office import BEARER, Office, said

A_KEY = "the key of a known series, or create=true for a new one"
A_COUNT = "a whole number from 0, or null where there is no figure"
A_CELL = "a whole number from 0, of at most 12 digits; empty where there is no figure"
A_MONTH = "a month written YYYY-MM, such as 2024-04"
A_CELL_MONTH = "a month written YYYY-MM such as 2024-04"
DAY = "2024-05-15"
HEADER = "series,period,value"


def faults(response: Response, status: int = 422, kind: str = "bad-figures") -> list[tuple[Any, ...]]:
    """Place, given and expected of everything wrong, after a look at the document that says so."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["type"] == f"/problems/{kind}"
    return [(one["parameter"], one["given"], one["expected"]) for one in document.get("errors", [])]


def test_a_figure_is_recorded_and_reported(office: Office, series: str) -> None:
    answer = office.load("press", DAY, said(series, "2024-04", 129_000, status="U", qualifier="about"))
    assert answer.status_code == 201
    assert answer.json() == {
        "release": answer.json()["release"],
        "received": 1,
        "recorded": 1,
        "unchanged": 0,
        "revised": [],
        "created": [],
        "left_out": [],
        "due": [series],
    }
    assert office.history(series) == {"2024-04": 129_000}


def test_a_release_tells_who_published_what_when_and_who_loaded_it(office: Office, series: str) -> None:
    document = {
        "release": {
            "source": "press",
            "title": "Expected count for April",
            "published_on": "2024-05-07",
            "url": "https://example.org/april",
            "note": "said on the telephone",
        },
        "observations": [said(series, "2024-04", 129_000)],
    }
    number = office.submit(document).json()["release"]
    release = office.releases()[number]
    assert {name: release[name] for name in document["release"]} == document["release"]
    assert release["recorded_by"] == BEARER
    assert release["recorded_at"] == "2026-11-24T12:00:00Z"
    assert release["retracted"] is False


def test_csv_is_recorded_like_json(office: Office, series: str) -> None:
    lines = f"{series},2024-03,137480,,about\n{series},2024-04,129000,U,about\n"
    text = f"{HEADER},status,qualifier\n{lines}"
    answer = office.load_csv(text, "press", title="By file", url="https://example.org/")
    assert answer.status_code == 201
    report = answer.json()
    assert (report["received"], report["recorded"], report["due"]) == (2, 2, [series])
    release = office.releases()[report["release"]]
    assert (release["title"], release["url"]) == ("By file", "https://example.org/")
    (march,), (april,) = (office.versions(series, month) for month in ("2024-03", "2024-04"))
    assert (march["value"], march["status"], march["qualifier"], march["rounding_unit"]) == (
        137_480,
        "P",
        "about",
        10,
    )
    assert (april["value"], april["status"], april["qualifier"], april["rounding_unit"]) == (
        129_000,
        "U",
        "about",
        1000,
    )


def test_a_load_tells_new_unchanged_and_revised_figures_apart(office: Office, series: str) -> None:
    office.load("cbp", "2024-04-15", said(series, "2024-02", 100), said(series, "2024-03", 200))
    answer = office.load(
        "cbp",
        DAY,
        said(series, "2024-02", 100),
        said(series, "2024-03", 210),
        said(series, "2024-04", 300),
    ).json()
    assert (answer["received"], answer["recorded"], answer["unchanged"]) == (3, 2, 1)
    assert answer["revised"] == [{"series": series, "period": "2024-03", "from": 200, "to": 210}]
    assert answer["due"] == [series]


def test_a_load_that_repeats_what_is_known_makes_no_forecast_due(office: Office, series: str) -> None:
    office.load("cbp", "2024-04-15", said(series, "2024-03", 200))
    answer = office.load("cbp", DAY, said(series, "2024-03", 200))
    assert answer.status_code == 201
    assert (answer.json()["unchanged"], answer.json()["revised"], answer.json()["due"]) == (1, [], [])
    assert [version["published_on"] for version in office.versions(series, "2024-03")] == [DAY, "2024-04-15"]


def test_a_change_of_status_alone_makes_due_and_revises_nothing(office: Office, series: str) -> None:
    office.load("cbp", "2024-04-15", said(series, "2024-03", 200))
    answer = office.load("cbp", "2024-10-22", said(series, "2024-03", 200)).json()
    assert (answer["recorded"], answer["revised"], answer["due"]) == (1, [], [series])
    assert [version["status"] for version in office.versions(series, "2024-03")] == ["A", "P"]


def test_new_series_are_made_where_that_is_asked_for(office: Office, series: str) -> None:
    answer = office.load("cbp", DAY, said(f"{series}.families", "2024-04", 7), create="true").json()
    assert answer["created"] == answer["due"] == [f"{series}.families"]
    entries = {entry["key"]: entry for entry in office.client.get("/series").json()["series"]}
    made = entries[f"{series}.families"]
    assert (made["parent"], made["unit"], made["last_period"]) == (series, "encounters", "2024-04")


def test_the_same_content_again_is_recognised_and_changes_nothing(office: Office, series: str) -> None:
    figures = said(series, "2024-03", 200), said(series, "2024-04", 300)
    first = office.load("cbp", DAY, *figures)
    before = office.kept()
    again = office.load("cbp", DAY, *figures)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"recorded": 0, "unchanged": 2, "due": []}
    assert office.kept() == before


def test_the_same_content_in_another_order_is_recognised(office: Office, series: str) -> None:
    figures = said(series, "2024-03", 200), said(series, "2024-04", 300)
    first = office.load("cbp", DAY, *figures)
    again = office.load("cbp", DAY, *figures[::-1])
    assert (again.status_code, again.json()["release"]) == (200, first.json()["release"])


def test_the_same_content_as_csv_instead_of_json_is_recognised(office: Office, series: str) -> None:
    first = office.load("cbp", DAY, said(series, "2024-03", 200), said(series, "2024-04", 300))
    again = office.load_csv(f"{HEADER}\n{series},2024-04,300\n{series},2024-03,200\n")
    assert (again.status_code, again.json()["release"]) == (200, first.json()["release"])


def test_the_same_content_with_a_new_series_makes_it_once(office: Office, series: str) -> None:
    figure = said(f"{series}.adults", "2024-04", 5)
    first = office.load("cbp", DAY, figure, create="true")
    again = office.load("cbp", DAY, figure, create="true")
    assert (again.status_code, again.json()["created"]) == (200, [])
    assert first.json()["created"] == [f"{series}.adults"]


@pytest.mark.parametrize(
    ("source", "day"), [("cbp", "2024-05-16"), ("press", DAY)], ids=["another day", "another source"]
)
def test_the_same_figures_in_another_release_are_another_version(
    office: Office, series: str, source: str, day: str
) -> None:
    office.load("cbp", DAY, said(series, "2024-04", 300, status="P"))
    assert office.load(source, day, said(series, "2024-04", 300, status="P")).status_code == 201
    assert len(office.versions(series, "2024-04")) == 2


def test_releases_may_come_in_any_order(office: Office, series: str) -> None:
    office.load("cbp", "2024-06-15", said(series, "2024-04", 320))
    late = office.load("cbp", DAY, said(series, "2024-04", 300)).json()
    assert (late["recorded"], late["revised"], late["due"]) == (1, [], [])
    assert office.history(series) == {"2024-04": 320}
    assert office.history(series, as_of="2024-06-01") == {"2024-04": 300}
    assert office.history(series, first_release="true") == {"2024-04": 300}


def test_a_figure_is_withdrawn_by_a_later_one_without_value(office: Office, series: str) -> None:
    office.load("cbp", DAY, said(series, "2024-03", 200), said(series, "2024-04", 300))
    answer = office.load("cbp", "2024-05-20", said(series, "2024-04", None)).json()
    assert answer["revised"] == [{"series": series, "period": "2024-04", "from": 300, "to": None}]
    assert office.history(series) == {"2024-03": 200, "2024-04": None}
    assert office.history(series, as_of="2024-05-19") == {"2024-03": 200, "2024-04": 300}
    assert office.versions(series, "2024-04")[0]["status"] == "O"


def test_a_withdrawn_figure_is_withdrawn_by_an_empty_cell_too(office: Office, series: str) -> None:
    office.load("cbp", DAY, said(series, "2024-04", 300))
    office.load_csv(f"{HEADER}\n{series},2024-04,\n", day="2024-05-20")
    assert office.history(series) == {"2024-04": None}


def test_a_retracted_release_is_shown_as_such_and_used_by_nothing(office: Office, series: str) -> None:
    office.load("cbp", DAY, said(series, "2024-03", 200))
    mistake = office.load("cbp", "2024-05-20", said(series, "2024-03", 2000), said(series, "2024-04", 3))
    number = mistake.json()["release"]
    answer = office.retract(number)
    assert answer.status_code == 200
    assert answer.json()["revised"] == [
        {"series": series, "period": "2024-03", "from": 2000, "to": 200},
        {"series": series, "period": "2024-04", "from": 3, "to": None},
    ]
    assert answer.json()["due"] == [series]
    assert answer.json()["release"]["retracted_at"] == "2026-11-24T12:00:00Z"
    assert office.releases()[number]["retracted"] is True
    assert office.history(series) == {"2024-03": 200}
    assert office.history(series, first_release="true") == {"2024-03": 200}
    assert [version["value"] for version in office.versions(series, "2024-03")] == [200]
    assert office.versions(series, "2024-04") == []


def test_a_retraction_twice_is_as_good_as_once(office: Office, series: str) -> None:
    number = office.load("cbp", DAY, said(series, "2024-04", 300)).json()["release"]
    first, again = office.retract(number), office.retract(number)
    assert again.status_code == 200
    assert again.json() == first.json() | {"revised": [], "due": []}


def test_a_retracted_release_comes_back_by_being_loaded_again(office: Office, series: str) -> None:
    number = office.load("cbp", DAY, said(series, "2024-04", 300)).json()["release"]
    office.retract(number)
    again = office.load("cbp", DAY, said(series, "2024-04", 300))
    assert again.status_code == 201
    assert again.json()["due"] == [series]
    assert office.releases()[number]["retracted"] is True
    assert office.releases()[again.json()["release"]]["retracted"] is False
    assert office.history(series) == {"2024-04": 300}


def test_an_unknown_release_cannot_be_retracted(office: Office) -> None:
    faults(office.retract(2**31 - 1), 404, "unknown-release")


@pytest.mark.parametrize("number", ["0", "first", str(2**31)])
def test_what_is_no_number_of_a_release_cannot_be_retracted(office: Office, number: str) -> None:
    (found,) = faults(office.retract(number), 422, "bad-parameter")  # type: ignore[arg-type]
    assert found[1:] == (number, "a whole number from 1 to 2147483647")


def test_a_retraction_is_seen_by_those_who_ask_for_news_only(office: Office, series: str) -> None:
    number = office.load("cbp", DAY, said(series, "2024-04", 300)).json()["release"]
    address = f"/history?series={series}"
    had = office.client.get(address).headers
    office.retract(number)
    assert office.client.get(address, headers={"If-None-Match": had["etag"]}).status_code == 200


WRONG_FIGURES = {
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
        "a month from 1800-01 to 2024-05, as the release is of 2024-05-15",
    ),
    "a month of old": (
        {"period": "1799-12"},
        "period",
        "1799-12",
        "a month from 1800-01 to 2024-05, as the release is of 2024-05-15",
    ),
    "a figure that is missing": (
        {"status": "O"},
        "status",
        "O",
        "no value, or a status that goes with one, such as P",
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
        "exact where there is no value",
    ),
    "a step of none": ({"rounding_unit": 0}, "rounding_unit", 0, "greater than or equal to 1"),
    "a step beyond all counts": (
        {"rounding_unit": 10**10},
        "rounding_unit",
        10**10,
        "less than or equal to 1000000000",
    ),
    "an unknown field": (
        {"colour": "red"},
        "colour",
        "red",
        "no parameter of this name; /docs lists those that there are",
    ),
    "an empty key": ({"series": ""}, "series", "", "String should have at least 1 character"),
    "a remark with a NUL": ({"note": "a\0b"}, "note", "a\0b", "printable text of at most 2000 characters"),
    "a remark without end": (
        {"note": "x" * 2001},
        "note",
        "x" * 200 + "…",
        "printable text of at most 2000 characters",
    ),
}


@pytest.mark.parametrize("what", WRONG_FIGURES)
def test_nothing_is_recorded_where_one_figure_is(office: Office, series: str, what: str) -> None:
    changed, field, given, expected = WRONG_FIGURES[what]
    before = office.kept()
    response = office.load("press", DAY, said(series, "2024-03", 200), said(series, "2024-04", 300) | changed)
    (found,) = faults(response)
    place, *rest = found
    assert place.replace(", ", ".") == f"observations[1].{field}"
    assert rest == [given, expected]
    assert "nothing was recorded" in response.json()["detail"]
    assert office.kept() == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_what_is_no_number_in_json_is_refused(office: Office, series: str, number: str) -> None:
    document = {
        "release": {"source": "press", "title": "t", "published_on": DAY},
        "observations": [said(series, "2024-04", 12345)],
    }
    response = office.send(json.dumps(document).replace("12345", number), "application/json")
    (found,) = faults(response)
    assert (found[0], found[2]) == ("observations[0].value", A_COUNT)


def test_a_figure_that_is_missing_half_tells_each_half(office: Office) -> None:
    before = office.kept()
    response = office.load("press", DAY, {"series": "usbp"})
    assert faults(response) == [
        ("observations[0].period", None, "a value, as it is required"),
        ("observations[0].value", None, "a value, as it is required"),
    ]
    assert office.kept() == before


WRONG_RELEASES = {
    "no source": ({"source": None}, "release.source", None),
    "a source in capitals": ({"source": "CBP!"}, "source", "CBP!"),
    "a source without end": ({"source": "x" * 51}, "source", "x" * 51),
    "no title": ({"title": " "}, "title", " "),
    "a title with a NUL": ({"title": "a\0"}, "title", "a\0"),
    "an address with a NUL": ({"url": "a\0"}, "release.url", "a\0"),
    "an address without end": ({"url": "x" * 2001}, "release.url", "x" * 200 + "…"),
    "a remark with a NUL": ({"note": "\0"}, "release.note", "\0"),
    "a day to come": ({"published_on": "2026-11-26"}, "published_on", "2026-11-26"),
    "a day that is none": ({"published_on": "2024-02-30"}, "release.published_on", "2024-02-30"),
    "a day as a number": ({"published_on": 1715731200}, "release.published_on", 1715731200),
    "another field": ({"author": "x"}, "release.author", "x"),
}


@pytest.mark.parametrize("what", WRONG_RELEASES)
def test_nothing_is_recorded_of_an_impossible_release(office: Office, series: str, what: str) -> None:
    changed, field, given = WRONG_RELEASES[what]
    before = office.kept()
    release = {"source": "press", "title": "t", "published_on": DAY} | changed
    response = office.submit({"release": release, "observations": [said(series, "2024-04", 1)]})
    kind = "bad-figures" if field.startswith("release.") else "bad-parameter"
    (found,) = faults(response, 422, kind)
    assert found[:2] == (field, given)
    assert office.kept() == before


def test_a_release_may_be_dated_tomorrow_as_it_is_tomorrow_already_somewhere(
    office: Office, series: str
) -> None:
    assert office.load("press", "2026-11-25", said(series, "2026-10", 1)).status_code == 201


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
        "a month from 1800-01 to 2024-05, as the release is of 2024-05-15",
    ),
    "an unknown series": ("usbp.mars,2024-04,1", "series", "usbp.mars", A_KEY),
    "no series": (",2024-04,1", "series", "", "the key of a series"),
    "two cells": ("{s},2024-04", None, "2 cells", "3 cells, as in the header"),
}


@pytest.mark.parametrize("what", WRONG_CELLS)
def test_nothing_is_recorded_of_a_file_with_one_wrong_line(office: Office, series: str, what: str) -> None:
    line, field, given, expected = WRONG_CELLS[what]
    before = office.kept()
    found = faults(office.load_csv(f"{HEADER}\n{series},2024-03,200\n{line.format(s=series)}\n"))
    assert found == [(f"line 3, {field}" if field else "line 3", given, expected)]
    assert office.kept() == before


@pytest.mark.parametrize("step", ["0", "10000000000"])
def test_an_impossible_step_of_rounding_is_refused(office: Office, series: str, step: str) -> None:
    before = office.kept()
    (found,) = faults(office.load_csv(f"{HEADER},rounding_unit\n{series},2024-04,5,{step}\n"))
    assert found[0] == "line 2, rounding_unit"
    assert office.kept() == before


@pytest.mark.parametrize("column", ["colour", "", "Series Key"])
def test_an_unknown_column_is_refused(office: Office, series: str, column: str) -> None:
    before = office.kept()
    (found,) = faults(office.load_csv(f"{HEADER},{column}\n{series},2024-04,1,2\n"))
    assert found[:2] == ("line 1", f"the column {column!r}")
    assert "series, period, value" in found[2]
    assert office.kept() == before


def test_two_figures_for_one_cell_are_refused_even_where_they_agree(office: Office, series: str) -> None:
    before = office.kept()
    twice = said(series, "2024-04", 300)
    assert faults(office.load("press", DAY, twice, twice)) == [
        (
            "observations[1]",
            f"a second figure for {series} in 2024-04",
            "one figure for each series and month",
        )
    ]
    found = faults(office.load_csv(f"{HEADER}\n{series},2024-04,1\n{series},2024-04,2\n"))
    assert found[0][:2] == ("line 3", f"a second figure for {series} in 2024-04")
    assert office.kept() == before


def test_every_bad_place_is_listed(office: Office, series: str) -> None:
    text = f"{HEADER}\n{series},2024-13,-1\n{series},2024-04,1\nusbp.mars,2024-04,1\n{series},2024-04,x\n"
    places = [place for place, _, _ in faults(office.load_csv(text))]
    assert places == ["line 2, period", "line 2, value", "line 4, series", "line 5, value"]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_of_very_many_bad_places_the_first_100_are_listed(office: Office, series: str, form: str) -> None:
    before = office.kept()
    if form == "csv":
        lines = "".join(f"{series},{2000 + i // 12}-{1 + i % 12:02d},-1\n" for i in range(250))
        response = office.load_csv(f"{HEADER}\n{lines}")
    else:
        figures = [said(series, f"{2000 + i // 12}-{1 + i % 12:02d}", -1) for i in range(250)]
        response = office.load("press", DAY, *figures)
    found = faults(response)
    assert len(found) == 100
    assert "At least 100 places are wrong" in response.json()["detail"]
    assert found[99][0] in ("line 101, value", "observations[99].value")
    assert office.kept() == before


@pytest.mark.parametrize("body", [b"", b"\n \n", HEADER.encode(), f"{HEADER}\n".encode()])
def test_a_file_without_figures_is_refused(office: Office, body: bytes) -> None:
    before = office.kept()
    faults(office.load_csv(body))
    assert office.kept() == before


NOT_CSV = {
    "a zip": b"PK\x03\x04" + b"\0" * 100,
    "JSON": b'{"release": {}}',
    "a web page": b"<!doctype html><html></html>",
    "binary": b"series,period\0,value\n",
    "Latin-1": f"{HEADER}\nusbp.s\xe9,2024-04,1\n".encode("latin-1"),
    "an open quote": f'{HEADER}\n"usbp,2024-04,1\n'.encode(),
    "NULs": b"\0" * 100_000,
}


@pytest.mark.parametrize("what", NOT_CSV)
def test_a_file_that_is_not_what_it_claims_to_be_is_refused(office: Office, what: str) -> None:
    before = office.kept()
    assert faults(office.load_csv(NOT_CSV[what]))
    assert office.kept() == before


@pytest.mark.parametrize("body", [b"", b"{", b"release", b"\xff\xfe", b'{"release": {}} x', b"[" * 100_000])
def test_what_is_not_json_is_refused(office: Office, body: bytes) -> None:
    (found,) = faults(office.send(body, "application/json"), 422, "bad-parameter")
    assert (found[0], found[2]) == ("body", "JSON")


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'"text"'])
def test_json_that_is_no_submission_is_refused(office: Office, body: bytes) -> None:
    (found,) = faults(office.send(body, "application/json"))
    assert found[0] == "body"


def test_a_refusal_does_not_repeat_all_that_was_sent(office: Office) -> None:
    response = office.send(json.dumps([["x" * 1000] * 500]), "application/json")
    faults(response)
    assert len(response.content) < 2000


def test_a_submission_without_figures_is_refused(office: Office) -> None:
    (found,) = faults(office.load("press", DAY))
    assert found[0] == "observations"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "text/csvx"]
)
def test_another_media_type_is_refused_with_what_is_taken(office: Office, kind: str) -> None:
    before = office.kept()
    response = office.send(b"x", kind, source="cbp", published_on=DAY)
    faults(response, 415, "unsupported-media-type")
    assert "application/json, text/csv or" in response.json()["detail"]
    assert office.kept() == before


@pytest.mark.parametrize("kind", ["text/csv; charset=utf-8", "TEXT/CSV", "text/csv;header=present"])
def test_a_media_type_is_understood_however_it_is_written(office: Office, series: str, kind: str) -> None:
    text = f"{HEADER}\n{series},2024-04,1\n"
    assert office.send(text, kind, source="cbp", published_on=DAY).status_code == 201


def test_a_body_that_announces_to_be_too_large_is_refused(office: Office) -> None:
    before = office.kept()
    response = office.load_csv(b"x" * (1 << 20) + b"x")
    faults(response, 413, "too-large")
    assert "larger than 1 MB" in response.json()["detail"]
    assert office.kept() == before


def test_a_body_that_turns_out_to_be_too_large_is_refused(office: Office) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"usbp,2024-04,1\n" * 4000

    before = office.kept()
    faults(office.load_csv(endless()), 413, "too-large")  # type: ignore[arg-type]
    assert office.kept() == before


def test_a_body_in_pieces_is_read_whole(office: Office, series: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield f"{HEADER}\n{series},20".encode()
        yield b"24-04,12"
        yield b"345\n"

    assert office.load_csv(pieces()).status_code == 201  # type: ignore[arg-type]
    assert office.history(series) == {"2024-04": 12_345}


@pytest.mark.parametrize("missing", ["source", "published_on"])
def test_a_file_needs_to_be_told_who_published_it_when(office: Office, series: str, missing: str) -> None:
    told = {"source": "cbp", "published_on": DAY}
    del told[missing]
    found = faults(office.send(f"{HEADER}\n{series},2024-04,1\n", **told), 422, "bad-parameter")
    assert found == [(missing, None, "a value, as files do not say it")]


def test_json_says_itself_who_published_it(office: Office, series: str) -> None:
    release = {"source": "press", "title": "t", "published_on": DAY}
    document = {"release": release, "observations": [said(series, "2024-04", 1)]}
    found = faults(office.submit(document, source="cbp"), 422, "bad-parameter")
    assert found == [("source", "cbp", "nothing here: JSON has it in `release`")]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("published_on", "yesterday"),
        ("published_on", "0"),
        ("create", "perhaps"),
        ("key", "x"),
        ("url", "x" * 2001),
        ("url", "a\0"),
        ("title", "a\0"),
        ("title", "x" * 301),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(office: Office, series: str, name: str, given: str) -> None:
    told = {"source": "cbp", "published_on": DAY} | {name: given}
    before = office.kept()
    (found,) = faults(office.send(f"{HEADER}\n{series},2024-04,1\n", **told), 422, "bad-parameter")
    assert found[0] == name
    assert office.kept() == before


@pytest.mark.parametrize("key", ["Usbp", "usbp..x", "usbp x", "-x", "ü", "x" * 201, "a\0b"])
def test_a_series_with_an_impossible_key_is_not_made(office: Office, key: str) -> None:
    before = office.kept()
    (found,) = faults(office.load("press", DAY, said(key, "2024-04", 1), create="true"))
    assert found[0] == "observations[0], series"
    assert "lower-case words" in found[2]
    assert office.kept() == before


def test_no_series_is_made_by_a_load_that_is_refused(office: Office, series: str) -> None:
    before = office.kept()
    response = office.load(
        "press",
        DAY,
        said(f"{series}.new", "2024-04", 1),
        said(series, "2024-04", 1, status="O"),
        create="true",
    )
    assert len(faults(response)) == 1
    assert office.kept() == before
