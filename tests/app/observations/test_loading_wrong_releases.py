"""POST /observations of an impossible release, or with unusable parameters: refused whole."""

from typing import Any

import pytest

from tests.app.client import ServiceClient, said
from tests.app.observations.refusing import DAY, HEADER, faults

WRONG_RELEASES: dict[str, tuple[dict[str, Any], str, Any]] = {
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
def test_nothing_is_recorded_of_an_impossible_release(
    loader: ServiceClient, series: str, what: str
) -> None:
    changed, field, given = WRONG_RELEASES[what]
    before = loader.kept()
    release = {"source": "press", "title": "t", "published_on": DAY} | changed
    response = loader.submit({"release": release, "observations": [said(series, "2024-04", 1)]})
    kind = "bad-figures" if field.startswith("release.") else "bad-parameter"
    (found,) = faults(response, 422, kind)
    assert found[:2] == (field, given)
    assert loader.kept() == before


def test_a_release_may_be_dated_tomorrow_as_it_is_tomorrow_already_somewhere(
    loader: ServiceClient, series: str
) -> None:
    assert loader.load("press", "2026-11-25", said(series, "2026-10", 1)).status_code == 201


@pytest.mark.parametrize("missing", ["source", "published_on"])
def test_a_file_needs_to_be_told_who_published_it_when(
    loader: ServiceClient, series: str, missing: str
) -> None:
    told = {"source": "cbp", "published_on": DAY}
    del told[missing]
    found = faults(loader.send(f"{HEADER}\n{series},2024-04,1\n", **told), 422, "bad-parameter")
    assert found == [(missing, None, "a value, because files do not state it")]


def test_json_says_itself_who_published_it(loader: ServiceClient, series: str) -> None:
    release = {"source": "press", "title": "t", "published_on": DAY}
    document = {"release": release, "observations": [said(series, "2024-04", 1)]}
    found = faults(loader.submit(document, source="cbp"), 422, "bad-parameter")
    assert found == [("source", "cbp", "no value, because JSON states it in `release`")]


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
def test_a_parameter_that_cannot_be_used_is_named(
    loader: ServiceClient, series: str, name: str, given: str
) -> None:
    told = {"source": "cbp", "published_on": DAY} | {name: given}
    before = loader.kept()
    (found,) = faults(loader.send(f"{HEADER}\n{series},2024-04,1\n", **told), 422, "bad-parameter")
    assert found[0] == name
    assert loader.kept() == before
