"""Tables on paths of their own."""

import io
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

SOUTHWEST: dict[str, Any] = {"series": "usbp.southwest"}
CALLS: dict[str, dict[str, Any]] = {
    "/series": {},
    "/history": SOUTHWEST | {"start": "2026-01"},
    "/vintages": SOUTHWEST | {"start": "2026-01", "layout": "wide"},
    "/observations": SOUTHWEST | {"period": "2024-04"},
    "/releases": {"limit": 3},
    "/forecast": SOUTHWEST | {"model": "log-random-walk"},
    "/forecast/threshold": SOUTHWEST | {"model": "log-random-walk", "above": 10000},
    "/forecasts": {},
    "/evaluation": SOUTHWEST,
}


@pytest.fixture(scope="module")
def document(sqlite_client: TestClient) -> dict[str, Any]:
    return dict(sqlite_client.get("/openapi.json").json())


@pytest.mark.parametrize("path", CALLS)
def test_a_path_with_csv_answers_as_the_format_does(sqlite_client: TestClient, path: str) -> None:
    by_format = sqlite_client.get(path, params=CALLS[path] | {"format": "csv"})
    by_path = sqlite_client.get(f"{path}.csv", params=CALLS[path])
    assert by_path.status_code == 200
    assert by_path.text == by_format.text
    for header in ("content-type", "content-disposition", "etag"):
        assert by_path.headers[header] == by_format.headers[header]
    assert not pd.read_csv(io.StringIO(by_path.text)).columns.empty


def test_the_number_of_a_forecast_stands_before_the_ending(sqlite_client: TestClient) -> None:
    sqlite_client.get("/forecast", params=SOUTHWEST | {"model": "log-random-walk"})
    number = sqlite_client.get("/forecasts").json()["forecasts"][0]["id"]
    table = sqlite_client.get(f"/forecasts/{number}.csv")
    assert table.text.startswith("period,")


def test_another_format_is_refused_on_a_path_with_csv(sqlite_client: TestClient) -> None:
    for given in ("json", "sdmx-csv"):
        answer = sqlite_client.get("/history.csv", params=SOUTHWEST | {"format": given})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == "format"
    assert sqlite_client.get("/history.csv", params=SOUTHWEST | {"format": "csv"}).is_success


def test_every_table_has_a_path_with_one_kind_of_answer(document: dict[str, Any]) -> None:
    paths = document["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            answers = operation["responses"]
            content = (answers.get("200") or answers["201"]).get("content", {})
            if path.endswith(".csv"):
                assert list(content) == ["text/csv"], path
                assert "format" not in {one["name"] for one in operation["parameters"]}, path
            elif "text/csv" in content:
                assert method in paths[f"{path}.csv"], path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/forecast", "get_forecast"),
        ("/forecast.csv", "get_forecast_csv"),
        ("/forecast/fiscal-year", "get_forecast_fiscal_year"),
        ("/forecasts/{forecast}", "get_archived_forecast"),
        ("/charts/forecast.{form}", "get_charts_forecast"),
    ],
)
def test_operations_have_names_that_clients_can_use(
    document: dict[str, Any], path: str, name: str
) -> None:
    assert document["paths"][path]["get"]["operationId"] == name


def test_headers_and_servers_are_described_and_sent(
    document: dict[str, Any], sqlite_client: TestClient
) -> None:
    responses = document["paths"]["/history"]["get"]["responses"]
    sent = sqlite_client.get("/history", params=SOUTHWEST).headers
    assert {"ETag", "Last-Modified", "Cache-Control"} <= responses["200"]["headers"].keys()
    assert all(name in sent for name in ("ETag", "Last-Modified", "Cache-Control"))
    assert "Retry-After" in document["paths"]["/forecast"]["get"]["responses"]["503"]["headers"]
    assert (
        "WWW-Authenticate"
        in (document["paths"]["/observations"]["post"]["responses"]["401"]["headers"])
    )
    assert document["servers"][0]["url"] == "/"
