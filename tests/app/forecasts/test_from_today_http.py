"""`from=today`: answers that begin with the current month, whatever the newest figure is."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from forecasting import Month
from tests.conftest import NOW

SOUTHWEST = {"series": "usbp.southwest"}
CURRENT = Month.containing(NOW.date())


def ask(client: TestClient, path: str, **asked: Any) -> dict[str, Any]:
    response = client.get(path, params=SOUTHWEST | asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_the_current_month_comes_first_and_the_horizon_counts_the_months_shown(
    sqlite_client: TestClient,
) -> None:
    answer = ask(sqlite_client, "/forecast", horizon=6, **{"from": "today"})
    months = [month["period"] for month in answer["forecast"]]
    assert months == [str(CURRENT + step) for step in range(6)]
    assert [month["when"] for month in answer["forecast"]] == ["current", *["future"] * 5]


def test_it_is_the_same_forecast_cut_elsewhere(sqlite_client: TestClient) -> None:
    whole = ask(sqlite_client, "/forecast", horizon=36)
    shown = ask(sqlite_client, "/forecast", horizon=6, **{"from": "today"})
    by_month = {month["period"]: month for month in whole["forecast"]}
    assert [by_month[month["period"]] for month in shown["forecast"]] == shown["forecast"]


def test_months_between_the_newest_figure_and_now_are_over_but_unpublished(
    sqlite_client: TestClient,
) -> None:
    answer = ask(sqlite_client, "/forecast", horizon=36)
    when = {month["period"]: month["when"] for month in answer["forecast"]}
    over = [month for month, at in when.items() if at == "past_unpublished"]
    assert over[0] == str(Month.parse(answer["origin"]) + 1)
    assert over[-1] == str(CURRENT - 1)


def test_months_beyond_the_longest_forecast_are_left_out_with_a_warning(
    sqlite_client: TestClient,
) -> None:
    answer = ask(sqlite_client, "/forecast", horizon=36, **{"from": "today"})
    assert answer["forecast"][-1]["period"] == str(Month.parse(answer["origin"]) + 36)
    assert any("left out" in warning for warning in answer["warnings"])


def test_as_of_a_past_day_the_current_month_is_that_of_the_day(sqlite_client: TestClient) -> None:
    answer = ask(sqlite_client, "/forecast", as_of="2024-05-16", horizon=2, **{"from": "today"})
    assert [(month["period"], month["when"]) for month in answer["forecast"]] == [
        ("2024-05", "current"),
        ("2024-06", "future"),
    ]


def test_thresholds_count_from_the_current_month(sqlite_client: TestClient) -> None:
    asked: dict[str, Any] = {"above": 10_000, "horizon": 3}
    answer = ask(sqlite_client, "/forecast/threshold", **asked, **{"from": "today"})
    assert [month["period"] for month in answer["months"]] == [
        str(CURRENT + step) for step in range(3)
    ]
    assert answer["months"][0]["probability"] == answer["months"][0]["probability_by_then"]
    assert answer["any_month"] == answer["months"][-1]["probability_by_then"]


def test_the_chance_of_fewer_and_of_more_is_at_most_one(sqlite_client: TestClient) -> None:
    above = ask(sqlite_client, "/forecast/threshold", above=9_000)
    below = ask(sqlite_client, "/forecast/threshold", below=9_000)
    for more, fewer in zip(above["months"], below["months"], strict=True):
        assert more["probability"] + fewer["probability"] <= 1.001
    assert (below["above"], below["below"]) == (None, 9_000)


def test_a_run_of_three_months_takes_three_months(sqlite_client: TestClient) -> None:
    answer = ask(sqlite_client, "/forecast/threshold", above=1, horizon=4, **{"for": 3})
    assert [month["probability_by_then"] for month in answer["months"]] == [
        0.0005,
        0.0005,
        0.9995,
        0.9995,
    ]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"above": 1, "below": 2}, "above"),
        ({}, "above"),
        ({"above": 1, "for": 0}, "for"),
        ({"above": 1, "from": "yesterday"}, "from"),
    ],
)
def test_what_cannot_be_asked_is_named(
    sqlite_client: TestClient, asked: dict[str, Any], named: str
) -> None:
    response = sqlite_client.get("/forecast/threshold", params=SOUTHWEST | asked)
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == named


def test_a_scenario_begins_with_the_current_month(sqlite_client: TestClient) -> None:
    origin = Month.parse(ask(sqlite_client, "/forecast")["origin"])
    body = SOUTHWEST | {
        "from": "today",
        "horizon": 2,
        "figures": [{"period": str(origin + 1), "value": 9000}],
    }
    answer = sqlite_client.post("/scenario", json=body).json()
    assert [(month["period"], month["when"]) for month in answer["scenario"]] == [
        (str(CURRENT), "current"),
        (str(CURRENT + 1), "future"),
    ]


def test_a_chart_from_today_reaches_as_far_as_its_table(sqlite_client: TestClient) -> None:
    response = sqlite_client.get(
        "/charts/forecast.json", params=SOUTHWEST | {"horizon": 3, "from": "today"}
    )
    assert response.status_code == 200, response.text
    assert str(CURRENT + 2) in response.text
    assert str(CURRENT + 3) not in response.text
