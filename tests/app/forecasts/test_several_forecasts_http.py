"""GET /forecast and GET /evaluation for several series, and in other units."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.forecasts.encoding import decode_paths
from tests.app.client import ServiceClient, open_client, said
from tests.app.forecasts.archived import archived_paths
from tests.stores import Stores

MODEL = "log-random-walk"  # takes milliseconds
FAST: dict[str, Any] = {"model": MODEL}


@pytest.fixture(scope="module")
def service(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    """Two series with three years of months, and one with a single month."""
    url = stores.copy(migrated_url)
    with open_client(url) as service:
        months = pd.period_range("2023-01", "2026-08", freq="M").astype(str)
        for key, size in (("made.north", 100), ("made.south", 1000)):
            figures = [said(key, month, size + 7 * (i % 5)) for i, month in enumerate(months)]
            service.load("cbp", "2026-09-18", *figures, create="true")
        service.load("cbp", "2026-09-18", said("made.new", "2026-08", 5), create="true")
        yield service
    stores.drop(url)


def get(service: ServiceClient, path: str, **asked: Any) -> dict[str, Any]:
    response = service.client.get(path, params=asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_several_series_have_a_forecast_each(service: ServiceClient) -> None:
    keys = ["made.south", "made.north"]
    several = get(service, "/forecast", series=keys, **FAST)
    assert [one["series"] for one in several["forecasts"]] == keys
    assert several["forecasts"][1] == get(service, "/forecast", series="made.north", **FAST)


def test_a_series_that_cannot_be_forecast_is_left_out_of_a_pattern_and_told(
    service: ServiceClient,
) -> None:
    several = get(service, "/forecast", series="made.*", **FAST)
    assert [one["series"] for one in several["forecasts"]] == ["made.north", "made.south"]
    (left_out,) = several["left_out"]
    assert left_out["series"] == "made.new"
    assert "a forecast needs at least 3" in left_out["reason"]


def test_a_series_that_cannot_be_forecast_is_refused_if_it_is_named(
    service: ServiceClient,
) -> None:
    asked: dict[str, Any] = {"series": ["made.north", "made.new"]} | FAST
    answer = service.client.get("/forecast", params=asked)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/too-short-history")


def test_the_table_of_several_forecasts_begins_with_their_series(service: ServiceClient) -> None:
    asked: dict[str, Any] = {"series": "made.*", "horizon": 2, "level": 80, "format": "csv"} | FAST
    table = pd.read_csv(io.StringIO(service.client.get("/forecast", params=asked).text))
    columns = ["series", "period", "mean", "median", "lower_80", "upper_80"]
    assert table.columns.tolist() == columns
    assert table["series"].tolist() == ["made.north"] * 2 + ["made.south"] * 2


def test_a_quarter_is_forecast_along_the_archived_paths(service: ServiceClient) -> None:
    asked = {"series": "made.north", "aggregate": "quarter", "horizon": 4, "level": 80}
    answer = get(service, "/forecast", **asked, **FAST)
    stored = archived_paths(service.client, "made.north", answer["data_version"], MODEL)
    totals = decode_paths(stored)[:, 1:4].sum(axis=1)  # October to December 2026
    (third, fourth) = answer["forecast"]
    assert (third["period"], third["counted_months"], third["when"]) == (
        "2026-Q3",
        2,
        "past_unpublished",
    )
    assert (fourth["period"], fourth["start"], fourth["when"]) == ("2026-Q4", "2026-10", "current")
    assert fourth["mean"] == round(float(totals.mean()))
    assert fourth["intervals"][0]["upper"] == round(float(np.quantile(totals, 0.9, method="hazen")))


def test_percentages_come_with_their_unit(service: ServiceClient) -> None:
    asked = {"series": "made.*", "units": "percent_year", "horizon": 3} | FAST
    one, _ = get(service, "/forecast", **asked)["forecasts"]
    assert one["unit"] == "percent change"
    assert all(-100 < month["median"] < 100 for month in one["forecast"])


def test_a_longer_period_than_the_months_shown_is_refused(service: ServiceClient) -> None:
    asked: dict[str, Any] = {"series": "made.north", "aggregate": "year", "horizon": 3} | FAST
    fault = service.client.get("/forecast", params=asked).json()["errors"][0]
    assert fault["parameter"] == "horizon"
    assert fault["expected"].startswith("4 or more")


def test_several_series_have_scores_each(client: TestClient) -> None:
    keys = ["usbp.southwest", "usbp.northern"]
    answer = client.get("/evaluation", params={"series": keys}).json()
    assert [one["series"] for one in answer["evaluations"]] == keys
    response = client.get("/evaluation", params={"series": keys, "format": "csv"})
    assert response.text.split(",")[:4] == ["series", "model", "by", "group"]
