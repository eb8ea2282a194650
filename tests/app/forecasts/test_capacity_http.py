"""GET /forecast/capacity: beds by a risk or by costs, as anyone can compute from the forecast."""

import io
from calendar import monthrange
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.forecasts.capacity import Demand, plan_capacity
from forecasting import Month
from forecasting.distribution import SamplePaths

pytestmark = pytest.mark.slow

SOUTHWEST: dict[str, Any] = {"series": "usbp.southwest", "from": "today", "horizon": 3}


def ask(client: TestClient, **asked: Any) -> dict[str, Any]:
    response = client.get("/forecast/capacity", params=SOUTHWEST | asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


@pytest.mark.parametrize("asked", [{}, {"risk": 10}, {"cost_missing": 540, "cost_empty": 60}])
def test_beds_follow_from_the_upper_end_of_the_80_percent_range(
    sqlite_client: TestClient, asked: dict[str, Any]
) -> None:
    answer = ask(sqlite_client, share=5, stay=3, **asked)
    forecast = sqlite_client.get("/forecast", params=SOUTHWEST | {"level": 80}).json()["forecast"]
    assert answer["enough"] == 0.9
    for month, ahead in zip(answer["months"], forecast, strict=True):
        days = monthrange(*map(int, month["period"].split("-")))[1]
        upper = ahead["intervals"][0]["upper"]
        assert (month["period"], month["people"]) == (ahead["period"], upper)
        assert month["beds"] == ceil(round(upper / days * 0.05 * 3, 9))
        assert month["median_beds"] == ceil(round(ahead["median"] / days * 0.05 * 3, 9))
    assert answer["all_months"] >= max(month["beds"] for month in answer["months"])


def test_beds_for_all_months_are_enough_in_as_many_futures_as_asked() -> None:
    paths = np.random.default_rng(1).lognormal(6, 0.5, (2000, 4)).round()
    months = [Month.of(2027, 1) + step for step in range(4)]
    demand = Demand(share=50, stay=2)
    people, median = np.quantile(paths, [0.8, 0.5], axis=0)
    plan = plan_capacity(SamplePaths(paths), months, demand, 0.8, people=people, median=median)
    needed = paths / [31, 28, 31, 30] * 0.5 * 2
    assert (needed <= plan.all_months).all(axis=1).mean() == pytest.approx(0.8, abs=0.02)
    assert (needed <= plan.beds).mean(axis=0) == pytest.approx([0.8] * 4, abs=0.03)


def test_the_table_has_a_row_a_month(sqlite_client: TestClient) -> None:
    response = sqlite_client.get("/forecast/capacity.csv", params=SOUTHWEST)
    table = pd.read_csv(io.StringIO(response.text))
    assert list(table.columns) == ["period", "people", "beds", "median_beds"]
    assert len(table) == 3


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"share": "0"}, "share"),
        ({"stay": "long"}, "stay"),
        ({"risk": "100"}, "risk"),
        ({"cost_missing": "5"}, "cost_empty"),
        ({"cost_missing": "5", "cost_empty": "1", "risk": "5"}, "risk"),
        ({"cost_missing": "200", "cost_empty": "1"}, "cost_missing"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name(
    sqlite_client: TestClient, wrong: dict[str, str], parameter: str
) -> None:
    response = sqlite_client.get("/forecast/capacity", params=SOUTHWEST | wrong)
    assert response.status_code == 422
    assert [one["parameter"] for one in response.json()["errors"]] == [parameter]


def test_a_year_is_compared_with_the_one_before_and_the_largest(sqlite_client: TestClient) -> None:
    asked: dict[str, Any] = {"series": "usbp.southwest", "year": 2026}
    answer = sqlite_client.get("/forecast/fiscal-year", params=asked).json()
    history = sqlite_client.get("/history", params={"series": "usbp.southwest"}).json()
    totals: dict[int, int] = {}
    for one in history["observations"]:
        year, month = map(int, one["period"].split("-"))
        totals[year + (month >= 10)] = totals.get(year + (month >= 10), 0) + one["value"]
    last, record = answer["comparisons"]
    assert (last["earlier"], last["year"], last["total"]) == ("last_year", 2025, totals[2025])
    assert (record["earlier"], record["total"]) == ("record", max(totals.values()))
    assert 0 < record["probability"] <= last["probability"] < 1
    assert answer["counted_share"] == round(answer["counted"]["total"] / answer["median"], 4)
