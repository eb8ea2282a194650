"""Requests that nobody sends by mistake: refused quickly, and without saying much."""

import tracemalloc
from io import BytesIO
from typing import BinaryIO

import pytest
from fastapi.testclient import TestClient

from app.errors import BadParameter
from app.http.csv_cells import neutralize_formulas
from app.http.json_limits import require_limited_json
from tests.app.client import open_client
from tests.stores import SQLiteStores, Stores

POLICY = "content-security-policy"


@pytest.mark.parametrize(
    "path",
    [
        "/revisions?series=usbp.southwest&series=usbp.southwest",
        "/forecast?series=usbp.southwest&horizon=1&horizon=2",
        "/evaluation?model=auto&format=csv&model=ets",
        "/feed.atom?series=a&series=b",
    ],
)
def test_a_repeated_parameter_with_one_value_is_422(sqlite_client: TestClient, path: str) -> None:
    response = sqlite_client.get(path)
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["parameter"] in ("series", "horizon", "model")
    assert error["given"].startswith("2 values: ")
    assert error["expected"] == "one value"


def test_a_page_with_a_repeated_parameter_is_a_problem_page(sqlite_client: TestClient) -> None:
    response = sqlite_client.get("/?series=usbp.southwest&series=ofo.southwest")
    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/html")


def test_levels_may_be_repeated(sqlite_client: TestClient) -> None:
    response = sqlite_client.get("/forecast?series=nothing&level=50&level=80")
    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/history", "/forecast", "/evaluation", "/revisions"])
def test_a_key_over_200_characters_is_compared_with_no_other(
    sqlite_client: TestClient, path: str
) -> None:
    near = "usbp.southwest" * 15
    response = sqlite_client.get(path, params={"series": near})
    assert response.status_code == 404
    assert response.json()["did_you_mean"] == []
    assert len(response.text) < 2000


def test_an_answer_lists_100_faults_at_most(sqlite_client: TestClient) -> None:
    wrong = {f"p{number}": "x" for number in range(400)}
    document = sqlite_client.get("/series", params=wrong).json()
    assert len(document["errors"]) == 100
    assert document["detail"].endswith("; and 300 more.")


@pytest.mark.parametrize(
    "path", ["/series", "/docs", "/redoc", "/openapi.json", "/nothing", "/docs-assets/favicon.png"]
)
def test_every_answer_carries_nosniff_and_a_policy(sqlite_client: TestClient, path: str) -> None:
    headers = sqlite_client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers[POLICY].startswith("default-src 'none'")
    assert "'unsafe-inline'" not in headers[POLICY].partition("style-src")[0]


def test_a_csv_file_has_the_policy_too(sqlite_client: TestClient) -> None:
    assert "sandbox" in sqlite_client.get("/series?format=csv").headers[POLICY]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_an_unknown_host_enters_no_link(sqlite_client: TestClient, host: str) -> None:
    # an ended series needs no forecast
    for path in (
        "/?series=ofo.southwest.title-42",
        "/feed.atom",
        "/llms.txt",
        "/?series=nothing",
    ):
        assert "evil" not in sqlite_client.get(path, headers={"Host": host}).text


def test_a_configured_host_is_used_in_links_and_no_other(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with open_client(
        migrated(tmp_path_factory), hosts="forecasts.example.org, other.example:8000"
    ) as service:
        for host, known in {
            "forecasts.example.org": True,
            "Forecasts.Example.org:8443": True,
            "other.example:8000": True,
            "other.example": False,
            "localhost": False,
        }.items():
            feed = service.client.get("/feed.atom", headers={"Host": host}).text
            assert (f"http://{host.lower()}/" in feed) is known


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+A1", "'+A1"),
        ("-A1", "'-A1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-5.2", "-5.2"),
        ("+3", "+3"),
        (-5, -5),
        ("usbp.southwest", "usbp.southwest"),
        (None, None),
        ("", ""),
    ],
)
def test_texts_that_a_spreadsheet_would_calculate_are_quoted(cell: object, shown: object) -> None:
    assert neutralize_formulas([cell]) == [shown]


def test_a_title_that_is_a_formula_is_exported_as_text(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with open_client(migrated(tmp_path_factory)) as service:
        series = service.new_series()
        document = {
            "release": {
                "source": "press",
                "title": '=HYPERLINK("http://evil.example")',
                "published_on": "2024-05-07",
            },
            "observations": [{"series": series, "period": "2024-04", "value": 1}],
        }
        assert service.submit(document).status_code == 201
        exported = service.client.get("/releases?format=csv").text
        assert "\"'=HYPERLINK(" in exported
        assert service.client.get("/releases").json()["releases"][0]["title"].startswith("=")


def migrated(folders: pytest.TempPathFactory) -> str:
    from app.storage.database import Database  # noqa: PLC0415

    url = SQLiteStores(folders.mktemp("hostile")).create()
    database = Database(url)
    database.upgrade()
    database.close()
    return url


def json_file(*parts: bytes) -> BinaryIO:
    return BytesIO(b"".join(parts))


@pytest.mark.parametrize(
    ("beginning", "repeated"),
    [
        (b'{"observations":[{}', b",{}"),
        (b"[{}", b",{}"),
        (b"", b"["),
        (b'{"a":"', b"a"),
        (b'{"observations":[', b'"a",'),
        (b'{"release":{"a":1', b',"a":1'),
    ],
)
def test_json_is_counted_before_it_is_kept(beginning: bytes, repeated: bytes) -> None:
    file = json_file(beginning, repeated * (4_000_000 // len(repeated)))
    tracemalloc.start()
    with pytest.raises(BadParameter):
        require_limited_json(file, most_values=100_000, longest_array=10_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000


def test_many_wrong_figures_are_refused_with_the_first_hundred(
    stores: Stores, migrated_url: str
) -> None:
    url = stores.copy(migrated_url)
    with open_client(url) as service:
        document = {
            "release": {"source": "press", "title": "t", "published_on": "2024-05-07"},
            "observations": [{}] * 50_000,
        }
        response = service.submit(document)
        assert response.status_code == 422
        assert len(response.json()["errors"]) == 100
        assert response.json()["errors"][0]["parameter"] == "observations[0].series"
        figures = [{"series": "a", "period": "2024-04", "value": 1}] * 2500
        response = service.submit(document | {"observations": [*figures, {"series": "a"}]})
        assert response.json()["errors"][0]["parameter"] == "observations[2500].period"
    stores.drop(url)
