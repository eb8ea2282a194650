"""Taking a release back over HTTP."""

import pytest

from tests.app.client import ServiceClient, said
from tests.app.observations.refusing import DAY, faults


def test_a_retracted_release_is_shown_as_such_and_used_by_nothing(
    loader: ServiceClient, series: str
) -> None:
    loader.load("cbp", DAY, said(series, "2024-03", 200))
    mistake = loader.load(
        "cbp", "2024-05-20", said(series, "2024-03", 2000), said(series, "2024-04", 3)
    )
    number = mistake.json()["release"]
    answer = loader.retract(number)
    assert answer.status_code == 200
    assert answer.json()["revised"] == [
        {"series": series, "period": "2024-03", "from": 2000, "to": 200},
        {"series": series, "period": "2024-04", "from": 3, "to": None},
    ]
    assert answer.json()["due"] == [series]
    assert answer.json()["release"]["retracted_at"] == "2026-11-24T12:00:00Z"
    assert loader.releases()[number]["retracted"] is True
    assert loader.history(series) == {"2024-03": 200}
    assert loader.history(series, first_release="true") == {"2024-03": 200}
    assert [version["value"] for version in loader.versions(series, "2024-03")] == [200]
    assert loader.versions(series, "2024-04") == []


def test_a_retraction_twice_is_as_good_as_once(loader: ServiceClient, series: str) -> None:
    number = loader.load("cbp", DAY, said(series, "2024-04", 300)).json()["release"]
    first, again = loader.retract(number), loader.retract(number)
    assert again.status_code == 200
    assert again.json() == first.json() | {"revised": [], "due": []}


def test_a_retracted_release_comes_back_by_being_loaded_again(
    loader: ServiceClient, series: str
) -> None:
    number = loader.load("cbp", DAY, said(series, "2024-04", 300)).json()["release"]
    loader.retract(number)
    again = loader.load("cbp", DAY, said(series, "2024-04", 300))
    assert again.status_code == 201
    assert again.json()["due"] == [series]
    assert loader.releases()[number]["retracted"] is True
    assert loader.releases()[again.json()["release"]]["retracted"] is False
    assert loader.history(series) == {"2024-04": 300}


def test_an_unknown_release_cannot_be_retracted(loader: ServiceClient) -> None:
    faults(loader.retract(2**31 - 1), 404, "unknown-release")


@pytest.mark.parametrize("number", ["0", "first", str(2**31)])
def test_what_is_no_number_of_a_release_cannot_be_retracted(
    loader: ServiceClient, number: str
) -> None:
    (found,) = faults(loader.retract(number), 422, "bad-parameter")
    assert found[1:] == (number, "a whole number from 1 to 2147483647")


def test_a_retraction_is_seen_by_those_who_ask_for_news_only(
    loader: ServiceClient, series: str
) -> None:
    number = loader.load("cbp", DAY, said(series, "2024-04", 300)).json()["release"]
    address = f"/history?series={series}"
    had = loader.client.get(address).headers
    loader.retract(number)
    assert loader.client.get(address, headers={"If-None-Match": had["etag"]}).status_code == 200
