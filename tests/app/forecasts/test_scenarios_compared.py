"""POST /scenario: several scenarios, their difference from the forecast, and past events."""

import io
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

SERIES: dict[str, Any] = {"series": "usbp.southwest", "model": "log-random-walk", "horizon": 6}
SURGE = {"name": "Surge", "events": [{"period": "2026-10", "percent": 50}]}
LIKE = {"period": "2026-10", "like": "2023-05-11"}


def ask(client: TestClient, **asked: Any) -> dict[str, Any]:
    response = client.post("/scenario", json=SERIES | asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def refusal(client: TestClient, **asked: Any) -> dict[str, Any]:
    response = client.post("/scenario", json=SERIES | asked)
    assert response.status_code == 422, response.text
    return dict(response.json()["errors"][0])


def test_a_percentage_is_a_factor_in_other_words(sqlite_client: TestClient) -> None:
    factor = ask(sqlite_client, events=[{"period": "2026-10", "factor": 1.5}])
    percent = ask(sqlite_client, events=[{"period": "2026-10", "percent": 50}])
    assert percent["scenario"] == factor["scenario"]


def test_an_effect_that_is_phased_in_grows_in_equal_steps(sqlite_client: TestClient) -> None:
    event = {"period": "2026-10", "factor": 8.0, "phase_in": 3}
    answer = ask(sqlite_client, events=[event])
    ratios = [
        month["median"] / plain["median"]
        for month, plain in zip(answer["scenario"], answer["plain_forecast"], strict=True)
    ]
    assert ratios == pytest.approx([1, 2, 4, 8, 8, 8], rel=0.001)
    assert answer["assumptions"]["events"] == [event | {"uncertainty": 1.0}]


def test_the_difference_is_against_the_forecast(sqlite_client: TestClient) -> None:
    answer = ask(sqlite_client, events=SURGE["events"])
    served = sqlite_client.get("/forecast", params=SERIES).json()["forecast"]
    assert answer["plain_forecast"] == served
    for change, month, plain in zip(answer["difference"], answer["scenario"], served, strict=True):
        assert change["median"] == month["median"] - plain["median"]
        assert change["mean"] == month["mean"] - plain["mean"]
    assert answer["difference"][0]["percent"] == 0
    assert answer["difference"][1]["percent"] == 50
    total = answer["total"]
    assert total["scenario"]["mean"] == pytest.approx(
        sum(month["mean"] for month in answer["scenario"]), abs=6
    )
    assert total["mean"] == total["scenario"]["mean"] - total["plain_forecast"]["mean"]


def test_several_scenarios_stand_beside_each_other(sqlite_client: TestClient) -> None:
    known = {"name": "Known", "figures": [{"period": "2026-09", "value": 9000}]}
    answer = ask(sqlite_client, scenarios=[SURGE, known], level=[80])
    surge, figures = answer["scenarios"]
    assert (surge["name"], figures["name"]) == ("Surge", "Known")
    assert surge["scenario"] == ask(sqlite_client, events=SURGE["events"], level=[80])["scenario"]
    table = pd.read_csv(
        io.StringIO(
            sqlite_client.post(
                "/scenario.csv", json=SERIES | {"scenarios": [SURGE, known], "level": [80]}
            ).text
        )
    )
    assert list(table.scenario.unique()) == ["forecast", "Surge", "Known"]
    assert len(table) == 18


@pytest.mark.parametrize(
    ("lang", "label", "said"),
    [("en", "not a forecast", "instead of"), ("es", "No es un pronóstico", "en lugar de")],
)
def test_a_scenario_says_what_it_is_and_what_differs(
    sqlite_client: TestClient, lang: str, label: str, said: str
) -> None:
    answer = ask(sqlite_client, events=SURGE["events"], lang=lang)
    assert label in answer["label"]
    assert said in answer["sentences"][0]
    assert "50" in answer["sentences"][1]


def test_a_vague_figure_makes_what_follows_less_certain(sqlite_client: TestClient) -> None:
    def width(**figure: Any) -> int:
        assumed = [{"period": "2026-09", "value": 9000} | figure]
        month = ask(sqlite_client, figures=assumed, level=[80])["scenario"][1]
        return int(month["intervals"][0]["upper"] - month["intervals"][0]["lower"])

    assert width(qualifier="about") > width()


def test_as_after_a_past_event_is_its_estimated_effect(sqlite_client: TestClient) -> None:
    asked = {"series": SERIES["series"], "day": LIKE["like"]}
    effect = sqlite_client.get("/events/effect", params=asked).json()
    assert effect["lower_percent"] < effect["percent"] < effect["upper_percent"]
    assert (effect["period"], effect["last_period"]) == ("2023-05", "2023-10")
    assert len(effect["placebos"]) > 20
    assert all(one["period"] < "2023-05" for one in effect["placebos"])
    answer = ask(sqlite_client, events=[LIKE])
    assert answer["effects"] == [
        {name: value for name, value in effect.items() if name in answer["effects"][0]}
    ]
    assert answer["difference"][1]["percent"] == pytest.approx(effect["percent"], abs=1.5)
    assert effect["sentence"] in answer["sentences"]


def test_events_are_listed_in_either_language(sqlite_client: TestClient) -> None:
    english, spanish = (
        sqlite_client.get("/events", params={"lang": lang}).json()["events"]
        for lang in ("en", "es")
    )
    assert LIKE["like"] in {event["day"] for event in english}
    assert [one["day"] for one in english] == [one["day"] for one in spanish]
    assert english != spanish


@pytest.mark.parametrize(
    ("asked", "parameter", "expected"),
    [
        (
            {"events": [{"period": "2026-10"}]},
            "events.0",
            "exactly one of factor, percent, and like",
        ),
        ({"events": [LIKE | {"uncertainty": 2}]}, "events.0", "no uncertainty with like"),
        ({"events": [LIKE | {"like": "2023-05-12"}]}, "events.0.like", "GET /events"),
        ({"events": [LIKE | {"like": "2001-09-11"}]}, "events.0.like", "months before"),
        ({"scenarios": [SURGE, SURGE]}, "scenarios.1.name", "a name of its own"),
        ({"scenarios": [{"name": "x"}]}, "scenarios.0.figures", "an assumed figure or event"),
        ({"scenarios": [SURGE], "events": SURGE["events"]}, "scenarios", "no figures or events"),
    ],
)
def test_what_cannot_be_assumed_is_named(
    sqlite_client: TestClient, asked: dict[str, Any], parameter: str, expected: str
) -> None:
    found = refusal(sqlite_client, **asked)
    assert found["parameter"] == parameter
    assert expected in found["expected"]
