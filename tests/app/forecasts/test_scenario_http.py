"""POST /scenario: what would follow under stated assumptions."""

import io
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.forecasts.tables import ForecastRow
from tests.app.forecasts.archived import database_of

SOUTHWEST = {"series": "usbp.southwest", "model": "log-random-walk"}
SEPTEMBER = {"period": "2026-09", "value": 12_000}
NOVEMBER = {"period": "2026-11", "factor": 1.5}


def ask(client: TestClient, asked: dict[str, Any]) -> dict[str, Any]:
    response = client.post("/scenario", json=SOUTHWEST | asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def months(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {month["period"]: month for month in answer["scenario"]}


def test_a_scenario_needs_no_key_and_leaves_nothing_behind(client: TestClient) -> None:
    def count_archived() -> int:
        with database_of(client).reading() as session:
            return session.scalar(select(func.count(ForecastRow.id))) or 0

    before = count_archived()
    ask(client, {"figures": [SEPTEMBER]})
    assert count_archived() == before


def test_the_assumptions_come_back_and_nothing_is_called_a_forecast(client: TestClient) -> None:
    answer = ask(client, {"figures": [SEPTEMBER], "events": [NOVEMBER]})
    assert answer["assumptions"] == {
        "figures": [SEPTEMBER],
        "events": [NOVEMBER | {"uncertainty": 1.0}],
    }
    assert "forecast" not in answer
    assert (answer["origin"], answer["as_of"]) == ("2026-08", "2026-11-24")


def test_months_after_an_assumed_figure_start_from_it(client: TestClient) -> None:
    answer = months(ask(client, {"figures": [SEPTEMBER], "horizon": 3}))
    assert answer["2026-09"] == {
        "period": "2026-09",
        "when": "past_unpublished",
        "basis": "assumed",
        "mean": 12_000,
        "median": 12_000,
        "intervals": [],
    }
    assert answer["2026-10"]["basis"] == "conditional"
    assert answer["2026-10"]["median"] == pytest.approx(12_000, rel=0.01)
    assert list(answer) == ["2026-09", "2026-10", "2026-11"]


def test_months_before_an_assumed_figure_that_are_not_said_stay_open(client: TestClient) -> None:
    answer = months(ask(client, {"figures": [{"period": "2026-11", "value": 9_000}]}))
    assert [answer[f"2026-{month}"]["basis"] for month in ("09", "10", "11", "12")] == [
        "open",
        "open",
        "assumed",
        "conditional",
    ]
    assert answer["2026-09"]["median"] is None


def test_an_effect_multiplies_the_forecast_from_its_month_on(client: TestClient) -> None:
    plain = client.get("/forecast", params=SOUTHWEST).json()["forecast"]
    changed = ask(client, {"events": [NOVEMBER]})["scenario"]
    for before, after in zip(plain[:2], changed[:2], strict=True):
        assert after["median"] == before["median"]
        assert after["intervals"] == before["intervals"]
    for before, after in zip(plain[2:], changed[2:], strict=True):
        assert after["median"] == pytest.approx(1.5 * before["median"], abs=1)
        assert after["intervals"][2]["upper"] == pytest.approx(
            1.5 * before["intervals"][2]["upper"], abs=2
        )


def test_an_uncertain_effect_widens_the_intervals(client: TestClient) -> None:
    sure, unsure = (
        ask(client, {"events": [NOVEMBER | {"uncertainty": by}], "level": [80]})["scenario"][2][
            "intervals"
        ]
        for by in (1, 2)
    )
    assert unsure[0]["lower"] < sure[0]["lower"]
    assert unsure[0]["upper"] > sure[0]["upper"]


def test_a_scenario_can_be_asked_as_of_a_past_day(client: TestClient) -> None:
    answer = ask(
        client, {"as_of": "2024-05-06", "figures": [{"period": "2024-04", "value": 129_000}]}
    )
    assert answer["origin"] == "2024-03"
    assert months(answer)["2024-05"]["median"] == pytest.approx(129_000, rel=0.02)


def test_the_same_scenario_is_the_same_answer(client: TestClient) -> None:
    asked = {"events": [NOVEMBER | {"uncertainty": 1.3}]}
    assert ask(client, asked) == ask(client, asked)


def test_a_scenario_opens_in_pandas_one_row_a_month(client: TestClient) -> None:
    response = client.post(
        "/scenario?format=csv", json=SOUTHWEST | {"figures": [SEPTEMBER], "level": [80]}
    )
    table = pd.read_csv(io.StringIO(response.text))
    assert list(table.columns) == ["period", "basis", "mean", "median", "lower_80", "upper_80"]
    assert list(table.basis[:2]) == ["assumed", "conditional"]
    assert table.lower_80.isna().tolist() == [True] + [False] * 11


@pytest.mark.parametrize(
    ("asked", "parameter", "expected"),
    [
        ({}, "figures", "an assumed figure or event; without one, use /forecast"),
        (
            {"figures": [{"period": "2026-08", "value": 1}]},
            "figures.0.period",
            "a month after 2026-08 and before 2027-08, the last month of the horizon",
        ),
        ({"figures": [SEPTEMBER, SEPTEMBER]}, "figures.1.period", "each month once"),
        (
            {"figures": [{"period": "2026-09", "value": -1}]},
            "figures.0.value",
            "a whole number from 0",
        ),
        (
            {"figures": [{"period": "soon", "value": 1}]},
            "figures.0.period",
            "a month written YYYY-MM",
        ),
        (
            {"figures": [SEPTEMBER], "events": [{"period": "2026-09", "factor": 2}]},
            "events.0.period",
            "a month after 2026-09 and up to 2027-08",
        ),
        (
            {"events": [NOVEMBER | {"factor": 0}]},
            "events.0.factor",
            "greater than or equal to 0.01",
        ),
        (
            {"events": [NOVEMBER | {"uncertainty": 0.9}]},
            "events.0.uncertainty",
            "greater than or equal to 1",
        ),
        ({"events": [NOVEMBER] * 13}, "events", "List should have at most 12 items"),
        ({"figures": [SEPTEMBER], "horizon": 37}, "horizon", "a whole number from 1 to 36"),
        ({"figures": [SEPTEMBER], "publish": True}, "publish", "no parameter with this name"),
    ],
)
def test_assumptions_that_do_not_fit_are_named(
    client: TestClient, asked: dict[str, Any], parameter: str, expected: str
) -> None:
    response = client.post("/scenario", json=SOUTHWEST | asked)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    (fault,) = response.json()["errors"]
    assert fault["parameter"] == parameter
    assert expected in fault["expected"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"series": "usbp.southwest", "figures": NaN}']
)
def test_a_body_that_is_no_scenario_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/scenario", content=body).status_code == 422


def test_a_body_of_more_than_a_megabyte_is_refused(client: TestClient) -> None:
    assert client.post("/scenario", content=b" " * (1 << 20) + b"{}").status_code == 413


@pytest.mark.parametrize(
    ("key", "status"), [("usbp.southwst", 404), ("usbp.southwest.title-42", 422)]
)
def test_what_cannot_be_forecast_has_no_scenario(client: TestClient, key: str, status: int) -> None:
    response = client.post("/scenario", json={"series": key, "figures": [SEPTEMBER]})
    assert response.status_code == status
    assert response.json()["errors"][0]["parameter"] == "series"
