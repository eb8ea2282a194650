"""Errors are problem documents (RFC 9457) that say what was wrong, given, and expected."""

import inspect
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import errors
from app.errors import Problem

SOUTHWEST = "series=usbp.southwest"
A_MONTH = "a month written YYYY-MM, such as 2024-04"
A_DAY = "a date such as 2024-05-16 or an instant such as 2024-05-16T09:30:00Z"
MODELS = "one of auto, log-random-walk, seasonal-naive, structural, sarima, ets, theta, combination"


def problem(client: TestClient, address: str, status: int) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = dict(response.json())
    assert {"type", "title", "status", "detail"} <= document.keys()
    assert document["status"] == status
    return document


BAD = [
    (f"/forecast?{SOUTHWEST}&horizon=0", "horizon", "0", "a whole number from 1 to 36"),
    (f"/forecast?{SOUTHWEST}&horizon=37", "horizon", "37", "a whole number from 1 to 36"),
    (f"/forecast?{SOUTHWEST}&horizon=twelve", "horizon", "twelve", "a whole number from 1 to 36"),
    (f"/forecast?{SOUTHWEST}&horizon=1.5", "horizon", "1.5", "a whole number from 1 to 36"),
    (
        f"/forecast?{SOUTHWEST}&horizon={'9' * 30}",
        "horizon",
        "9" * 30,
        "a whole number from 1 to 36",
    ),
    (f"/forecast?{SOUTHWEST}&level=0", "level", "0", "a whole number from 1 to 99"),
    (f"/forecast?{SOUTHWEST}&level=100", "level", "100", "a whole number from 1 to 99"),
    (f"/forecast?{SOUTHWEST}&level=80&level=0.8", "level", "0.8", "a whole number from 1 to 99"),
    (f"/forecast?{SOUTHWEST}&level=", "level", "", "a whole number from 1 to 99"),
    (f"/forecast?{SOUTHWEST}&as_of=yesterday", "as_of", "yesterday", A_DAY),
    (f"/forecast?{SOUTHWEST}&as_of=2024-02-30", "as_of", "2024-02-30", A_DAY),
    (
        f"/history?{SOUTHWEST}&as_of=9999-12-31T23:59:59-14:00",
        "as_of",
        "9999-12-31T23:59:59-14:00",
        A_DAY,
    ),
    (
        f"/history?{SOUTHWEST}&as_of=0001-01-01T00:00:00%2B14:00",
        "as_of",
        "0001-01-01T00:00:00+14:00",
        A_DAY,
    ),
    (
        f"/forecast?{SOUTHWEST}&as_of=2030-01-01",
        "as_of",
        "2030-01-01",
        "2026-11-24 (today) or earlier",
    ),
    (
        f"/history?{SOUTHWEST}&as_of=2030-01-01",
        "as_of",
        "2030-01-01",
        "2026-11-24 (today) or earlier",
    ),
    (f"/forecast?{SOUTHWEST}&model=prophet", "model", "prophet", MODELS),
    (f"/forecast?{SOUTHWEST}&format=xml", "format", "xml", "'json' or 'csv'"),
    (f"/history?{SOUTHWEST}&start=2024-13", "start", "2024-13", A_MONTH),
    (f"/history?{SOUTHWEST}&end=April", "end", "April", A_MONTH),
    (
        f"/history?{SOUTHWEST}&start=2020-01&end=2019-12",
        "end",
        "2019-12",
        "2020-01 (the start) or later",
    ),
    ("/releases?source=%00", "source", "\0", "a text without the character NUL"),
    (
        f"/releases?cursor=2024-01-01.{'9' * 30}",
        "cursor",
        f"2024-01-01.{'9' * 30}",
        "the next_cursor of a previous answer",
    ),
    ("/forecast", "series", None, "a value, because it is required"),
    ("/history", "series", None, "a value, because it is required"),
    (
        f"/forecast?{SOUTHWEST}&horizont=12",
        "horizont",
        "12",
        "no parameter with this name; /docs lists the valid ones",
    ),
]


@pytest.mark.parametrize(("address", "parameter", "given", "expected"), BAD)
def test_a_bad_parameter_is_named_with_what_was_given_and_what_is_expected(
    sqlite_client: TestClient, address: str, parameter: str, given: str | None, expected: str
) -> None:
    document = problem(sqlite_client, address, 422)
    assert document["type"] == "/problems/bad-parameter"
    assert document["errors"] == [{"parameter": parameter, "given": given, "expected": expected}]
    assert expected in document["detail"]


def test_every_bad_parameter_of_a_request_is_named(sqlite_client: TestClient) -> None:
    document = problem(sqlite_client, "/forecast?horizon=0&level=0&as_of=x", 422)
    assert {fault["parameter"] for fault in document["errors"]} == {
        "series",
        "horizon",
        "level",
        "as_of",
    }


@pytest.mark.parametrize("operation", ["history", "forecast"])
def test_as_of_before_the_first_full_release_names_that_day(
    sqlite_client: TestClient, operation: str
) -> None:
    document = problem(sqlite_client, f"/{operation}?{SOUTHWEST}&as_of=2021-07-31", 422)
    assert document["type"] == "/problems/before-first-full-release"
    assert document["errors"] == [
        {"parameter": "as_of", "given": "2021-07-31", "expected": "2021-08-01 or later"}
    ]


@pytest.mark.parametrize("operation", ["history", "forecast"])
@pytest.mark.parametrize(
    ("misspelled", "meant"),
    [
        ("southwest", "usbp.southwest"),
        ("usbp.tucson", "usbp.southwest.tucson"),
        ("USBP.Southwest", "usbp.southwest"),
        ("usbp.southwest ", "usbp.southwest"),
        ("usbp-southwest", "usbp.southwest"),
        ("usbp.southwst", "usbp.southwest"),
        ("mexico", "usbp.citizenship.mexico"),
        ("Rio Grande Valley", "usbp.southwest.rio-grande-valley"),
        ("usbp.family_units", "usbp.family-units"),
    ],
)
def test_a_misspelled_key_is_answered_with_the_nearest_keys(
    sqlite_client: TestClient, operation: str, misspelled: str, meant: str
) -> None:
    response = sqlite_client.get(f"/{operation}", params={"series": misspelled})
    assert response.status_code == 404
    document = response.json()
    assert document["type"] == "/problems/unknown-series"
    assert meant in document["did_you_mean"]
    assert len(document["did_you_mean"]) <= 3
    assert meant in document["detail"]
    assert document["errors"] == [
        {"parameter": "series", "given": misspelled, "expected": "the key of a series"}
    ]


@pytest.mark.parametrize("key", ["", "zzzzzz", "\x00", "x" * 5_000, "%", "'; DROP TABLE series"])
def test_a_key_that_resembles_none_is_answered_without_guessing(
    client: TestClient, key: str
) -> None:
    response = client.get("/history", params={"series": key})
    assert response.status_code == 404
    assert response.json()["did_you_mean"] == []
    assert len(response.json()["detail"]) < 400


@pytest.mark.parametrize("kind", Problem.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_kind_of_problem_is_explained_at_its_address(
    sqlite_client: TestClient, kind: type[Problem]
) -> None:
    response = sqlite_client.get(f"/problems/{kind.slug()}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert response.text.startswith(kind.title)
    assert kind.__doc__
    assert inspect.cleandoc(kind.__doc__) in response.text


def test_the_kinds_that_callers_know_are_there(sqlite_client: TestClient) -> None:
    listed = sqlite_client.get("/problems/none-of-them")
    assert listed.status_code == 404
    for kind in (
        "bad-parameter",
        "before-first-full-release",
        "not-ready",
        "series-has-ended",
        "still-computing",
        "too-short-history",
        "unknown-series",
    ):
        assert kind in listed.text


def test_an_address_that_is_none_is_a_problem_too(sqlite_client: TestClient) -> None:
    assert problem(sqlite_client, "/forcast", 404)["title"] == "Not Found"


def test_a_method_that_an_address_does_not_take_is_a_problem_too(sqlite_client: TestClient) -> None:
    response = sqlite_client.delete("/history")
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"
    assert "GET" in response.headers["allow"]


def test_a_computation_that_takes_too_long_says_when_to_ask_again() -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/slow")
    def slow() -> None:
        raise errors.StillComputing(retry_after_seconds=10)

    response = TestClient(app).get("/slow")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "10"
    assert response.json()["type"] == "/problems/still-computing"


@pytest.mark.parametrize(
    "given", ["Tue, 24 Nov 99999999999999 12:00:00 GMT", "Tue, 24 Nov 2026 12:00:00 +999999999999"]
)
def test_a_moment_that_no_calendar_has_is_ignored(sqlite_client: TestClient, given: str) -> None:
    headers = {"If-Modified-Since": given}
    assert sqlite_client.get(f"/history?{SOUTHWEST}", headers=headers).status_code == 200


def test_the_last_month_of_the_calendar_can_be_asked_for(sqlite_client: TestClient) -> None:
    document = problem(sqlite_client, "/forecasts?format=hubverse&origin=9999-12", 404)
    assert "9999-12" in document["detail"]


def test_a_defect_of_ours_is_a_problem_that_tells_nothing_of_the_inside() -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a password")

    response = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "password" not in response.text


def test_errors_can_be_read_by_a_page_from_anywhere(sqlite_client: TestClient) -> None:
    response = sqlite_client.get("/history?series=x", headers={"Origin": "https://example.org"})
    assert response.headers["access-control-allow-origin"] == "*"
