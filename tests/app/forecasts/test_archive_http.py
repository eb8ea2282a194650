"""GET /forecasts and GET /forecasts/{id}: what was issued, and as a hub's model output."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.forecasts.specification import METHOD
from app.main import create_app
from app.storage.database import Database
from tests.app.forecasts.archived import archived_paths
from tests.app.observations.publishing import figure, publish
from tests.conftest import NOW
from tests.stores import Stores

pytestmark = pytest.mark.slow

SOUTHWEST, TUCSON = "usbp.southwest", "usbp.southwest.tucson"
MODEL = "log-random-walk"
COLUMNS = [
    "reference_date",
    "target",
    "horizon",
    "target_end_date",
    "location",
    "output_type",
    "output_type_id",
    "value",
]
LEVELS = ["0.01", "0.025", *(f"{level / 100:g}" for level in range(5, 100, 5)), "0.975", "0.99"]


@pytest.fixture(scope="module")
def archive(stores: Stores, loaded_url: str) -> Iterator[TestClient]:
    """A service that has issued forecasts of two series, one of them also as of May 2024."""
    url = stores.copy(loaded_url)
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        for asked in ({"series": TUCSON}, {"series": SOUTHWEST}):
            client.get("/forecast", params=asked | {"model": MODEL}).raise_for_status()
        past = {"series": SOUTHWEST, "model": MODEL, "as_of": "2024-05-16"}
        client.get("/forecast", params=past).raise_for_status()
        yield client
    stores.drop(url)


def listed(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    response = client.get("/forecasts", params=asked)
    assert response.status_code == 200, response.text
    return list(response.json()["forecasts"])


def hub_file(client: TestClient, path: str = "/forecasts", **asked: Any) -> pd.DataFrame:
    response = client.get(path, params=asked | {"format": "hubverse"})
    assert response.status_code == 200, response.text
    return pd.read_csv(io.StringIO(response.text), dtype={"output_type_id": str})


def test_every_forecast_that_was_issued_is_listed_newest_first(archive: TestClient) -> None:
    found = listed(archive)
    assert [(one["series"], one["origin"], one["live"]) for one in found] == [
        (SOUTHWEST, "2024-04", False),
        (SOUTHWEST, "2026-08", True),
        (TUCSON, "2026-08", True),
    ]
    assert found[0]["model"] == MODEL
    assert found[0]["issued_at"] == "2026-11-24T12:00:00Z"
    assert found[0]["specification"] == f"{MODEL} method={METHOD} horizon=36 draws=2000 seed=0"
    assert found[0]["versions"].keys() >= {"python", "bordercast", "numpy", "scipy", "statsmodels"}


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"series": SOUTHWEST}, 2),
        ({"series": TUCSON}, 1),
        ({"model": MODEL}, 3),
        ({"model": "auto"}, 0),
        ({"origin": "2026-08"}, 2),
        ({"series": SOUTHWEST, "origin": "2024-04"}, 1),
    ],
)
def test_the_archive_can_be_asked_for_a_part(
    archive: TestClient, asked: dict[str, str], number: int
) -> None:
    assert len(listed(archive, **asked)) == number


def test_pages_together_are_the_whole(archive: TestClient) -> None:
    pages: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        answer = archive.get("/forecasts", params={"limit": "2"} | cursor).json()
        pages.append(answer["forecasts"])
        if answer["next_cursor"] is None:
            break
        cursor = {"cursor": answer["next_cursor"]}
    assert [len(page) for page in pages] == [2, 1]
    assert [one for page in pages for one in page] == listed(archive)


def test_a_table_of_forecasts_leads_to_the_next_page_and_says_how_many_there_are(
    archive: TestClient,
) -> None:
    first = archive.get("/forecasts.csv?limit=2")
    assert first.headers["x-total-count"] == "3"
    second = archive.get(first.links["next"]["url"])
    assert "next" not in second.links
    whole = archive.get("/forecasts.csv").text.splitlines()
    assert [*first.text.splitlines(), *second.text.splitlines()[1:]] == whole
    assert archive.get(f"/forecasts?series={TUCSON}&limit=1").headers["x-total-count"] == "1"


def test_one_forecast_is_given_whole(archive: TestClient) -> None:
    entry = listed(archive, series=SOUTHWEST)[1]
    whole = archive.get(f"/forecasts/{entry['id']}").json()
    assert whole.items() >= entry.items()
    assert [f"{level:g}" for level in whole["levels"]] == LEVELS
    assert len(whole["months"]) == 36
    assert whole["parameters"]["deviation"][0] > 0
    answered = archive.get(
        "/forecast", params={"series": SOUTHWEST, "model": MODEL, "horizon": 36, "level": [50, 95]}
    ).json()
    for archived, given in zip(whole["months"], answered["forecast"], strict=True):
        by_level = dict(zip(LEVELS, archived["quantiles"], strict=True))
        assert archived["period"] == given["period"]
        assert by_level["0.5"] == given["median"]
        assert [by_level["0.25"], by_level["0.75"]] == list(given["intervals"][0].values())[1:]
        assert [by_level["0.025"], by_level["0.975"]] == list(given["intervals"][1].values())[1:]


@pytest.mark.parametrize("number", ["999999", "2147483647"])
def test_a_number_that_no_forecast_has_is_a_problem(archive: TestClient, number: str) -> None:
    response = archive.get(f"/forecasts/{number}")
    assert response.status_code == 404
    assert response.json()["type"] == "/problems/unknown-forecast"


@pytest.mark.parametrize("path", ["/forecasts/0", "/forecasts/latest", "/forecasts?cursor=x"])
def test_what_is_no_number_is_refused(archive: TestClient, path: str) -> None:
    response = archive.get(path)
    assert response.status_code == 422
    assert "a whole number from 1" in response.json()["errors"][0]["expected"]


def test_an_unknown_series_is_a_problem_here_too(archive: TestClient) -> None:
    assert archive.get("/forecasts?series=usbp.southwst").status_code == 404


def test_the_hub_file_has_the_hub_s_columns_and_no_others(archive: TestClient) -> None:
    table = hub_file(archive, model=MODEL)
    assert list(table.columns) == COLUMNS
    assert set(table.reference_date) == {"2026-08-31"}
    assert set(table.target) == {"monthly encounters"}
    assert set(table.location) == {SOUTHWEST, TUCSON}
    assert set(table.horizon) == set(range(1, 37))
    assert set(table.output_type) == {"quantile", "sample"}
    assert table.value.dtype == "int64"
    assert (table.value >= 0).all()
    ends = {date.fromisoformat(day) for day in table[table.horizon == 6].target_end_date}
    assert ends == {date(2027, 2, 28)}


def test_the_hub_file_is_named_as_hubs_name_files(archive: TestClient) -> None:
    for path in ("/forecasts", f"/forecasts/{listed(archive, series=TUCSON)[0]['id']}"):
        asked = {"format": "hubverse"} | ({"model": MODEL} if path == "/forecasts" else {})
        said = archive.get(path, params=asked).headers["content-disposition"]
        assert said == f'attachment; filename="2026-08-31-bordercast-{MODEL}.csv"'


def test_every_task_of_the_hub_has_23_quantiles_that_never_fall(archive: TestClient) -> None:
    table = hub_file(archive, model=MODEL, horizon=3)
    quantiles = table[table.output_type == "quantile"]
    tasks = list(quantiles.groupby(["location", "horizon"]))
    assert len(tasks) == 6
    for _, task in tasks:
        assert list(task.output_type_id) == LEVELS
        assert task.value.is_monotonic_increasing


def test_samples_are_100_whole_paths_of_the_archive_and_of_no_two_series_alike(
    archive: TestClient,
) -> None:
    table = hub_file(archive, model=MODEL)
    samples = table[table.output_type == "sample"].astype({"output_type_id": int})
    by_series = samples.pivot_table(
        index=["location", "output_type_id"], columns="horizon", values="value"
    )
    assert by_series.shape == (200, 36)
    assert samples.output_type_id.nunique() == 200
    entry = listed(archive, series=TUCSON)[0]
    kept = {tuple(path) for path in _paths(archive, TUCSON, entry["data_version"])}
    assert {tuple(path) for path in by_series.loc[TUCSON].to_numpy().astype(int)} <= kept


def _paths(client: TestClient, key: str, data_version: str) -> np.ndarray:
    with np.load(io.BytesIO(archived_paths(client, key, data_version, MODEL))) as stored:
        return np.asarray(stored["paths"])


def test_no_task_is_in_the_hub_file_twice_though_a_series_was_forecast_twice(
    stores: Stores, loaded_url: str
) -> None:
    """A later release restates a past month: a new forecast from the same origin replaces it."""
    url = stores.copy(loaded_url)
    database = Database(url)
    settings = Settings(database_url=url, workers=1, refresh=False)
    asked = {"series": SOUTHWEST, "model": MODEL, "fresh": "true"}
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        client.get("/forecast", params=asked).raise_for_status()
        with database.writing() as session:
            publish(session, "cbp", "2026-11-20", figure(SOUTHWEST, "2026-08", 6_500))
        client.get("/forecast", params=asked).raise_for_status()
        assert [one["origin"] for one in listed(client)] == ["2026-08", "2026-08"]
        table = hub_file(client, model=MODEL, horizon=1)
        newest = hub_file(client, f"/forecasts/{listed(client)[0]['id']}", horizon=1)
    database.close()
    stores.drop(url)
    assert not table.duplicated(["location", "horizon", "output_type", "output_type_id"]).any()
    pd.testing.assert_frame_equal(table, newest)


def test_a_past_origin_can_be_exported(archive: TestClient) -> None:
    table = hub_file(archive, model=MODEL, origin="2024-04")
    assert set(table.reference_date) == {"2024-04-30"}
    assert set(table.location) == {SOUTHWEST}


def test_without_a_forecast_the_hub_file_has_columns_only(archive: TestClient) -> None:
    table = hub_file(archive)
    assert table.empty
    assert list(table.columns) == COLUMNS


def test_a_copy_that_is_still_good_is_not_sent_again(archive: TestClient) -> None:
    for path in ("/forecasts", f"/forecasts?format=hubverse&model={MODEL}", "/forecasts/1"):
        first = archive.get(path)
        again = archive.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/forecasts", "/forecasts/{forecast}"])
def test_tables_are_described_with_the_columns_that_they_have(
    archive: TestClient, path: str
) -> None:
    document = archive.get("/openapi.json").json()
    example = document["paths"][path]["get"]["responses"]["200"]["content"]["text/csv"]["example"]
    table = archive.get(path.format(forecast=1), params={"format": "csv"}).text
    assert example.splitlines()[0] == table.splitlines()[0]
    pd.read_csv(io.StringIO(example))
    assert len(pd.read_csv(io.StringIO(table))) == (3 if path == "/forecasts" else 36)
