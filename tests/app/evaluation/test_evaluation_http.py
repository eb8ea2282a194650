"""GET /evaluation and the track record in /forecast, scored as figures come out."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.evaluation import hindcast_file
from app.forecasts.encoding import decode_paths
from app.main import create_app
from app.storage.database import Database
from forecasting.backtest.report import BacktestReport
from tests.app.forecasts.archived import archived_paths, database_of
from tests.app.observations.publishing import figure, publish
from tests.conftest import NOW
from tests.stores import Stores

pytestmark = pytest.mark.slow

SOUTHWEST = "usbp.southwest"
MODEL = "seasonal-naive"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(stores: Stores, loaded_url: str, clock: Clock) -> Iterator[TestClient]:
    """A service of its own, without any score."""
    url = stores.copy(loaded_url)
    with TestClient(
        create_app(Settings(database_url=url, workers=1, refresh=False), clock=clock)
    ) as client:
        yield client
    stores.drop(url)


@pytest.fixture(scope="module")
def recorded(
    stores: Stores,
    loaded_url: str,
    report: BacktestReport,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TestClient]:
    """A service with a small hindcast."""
    file: Path = tmp_path_factory.mktemp("hindcast") / "hindcast.csv.gz"
    hindcast_file.write_hindcast(report, file)
    url = stores.copy(loaded_url)
    database = Database(url)
    with database.writing() as session:
        hindcast_file.load_hindcast_scores(session, file)
    database.close()
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        yield client
    stores.drop(url)


def evaluation(client: TestClient, **asked: Any) -> dict[str, Any]:
    response = client.get("/evaluation", params=asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def overall(answer: dict[str, Any], model: str = MODEL) -> dict[str, Any]:
    (found,) = [one for one in answer["scores"] if one["model"] == model and one["by"] == "all"]
    return dict(found)


def test_without_a_score_the_record_is_empty(service: TestClient) -> None:
    answer = evaluation(service)
    assert (answer["scores"], answer["vintages"], answer["first"]) == ([], {}, None)


def test_a_hindcast_is_shown_next_to_the_baseline_and_counted_by_vintage(
    recorded: TestClient,
) -> None:
    answer = evaluation(recorded, series=SOUTHWEST)
    assert answer["baseline"] == "log-random-walk"
    assert answer["vintages"].keys() == {"as known", "reconstructed"}
    assert overall(answer, "log-random-walk")["relative_wis"] == 1.0
    assert {one["by"] for one in answer["scores"]} == {"all", "horizon", "era", "vintage"}
    assert [one["group"] for one in answer["scores"] if one["by"] == "horizon"][::2] == [
        "1-3",
        "4-6",
    ]


def test_all_series_together_are_also_shown_one_by_one(recorded: TestClient) -> None:
    groups = {one["group"] for one in evaluation(recorded)["scores"] if one["by"] == "series"}
    assert groups == {SOUTHWEST, "usbp.southwest.tucson"}


def test_a_part_of_the_record_can_be_asked_for(recorded: TestClient) -> None:
    answer = evaluation(
        recorded, series=SOUTHWEST, model=MODEL, horizon=3, start="2021-06", end="2021-12"
    )
    assert (answer["first"], answer["last"]) == ("2021-07", "2021-11")
    assert overall(answer)["cells"] == 3
    assert {one["model"] for one in answer["scores"]} == {MODEL}


def test_the_record_opens_in_pandas(recorded: TestClient) -> None:
    response = recorded.get("/evaluation", params={"format": "csv"})
    table = pd.read_csv(io.StringIO(response.text))
    document = recorded.get("/openapi.json").json()
    example = document["paths"]["/evaluation"]["get"]["responses"]["200"]["content"]["text/csv"][
        "example"
    ]
    assert example.splitlines()[0] == response.text.splitlines()[0]
    assert set(table.model) == {"log-random-walk", MODEL}


@pytest.mark.parametrize(
    ("asked", "status", "parameter"),
    [
        ({"series": "usbp.southwst"}, 404, "series"),
        ({"horizon": 37}, 422, "horizon"),
        ({"model": "oracle"}, 422, "model"),
        ({"start": "2022-01", "end": "2021-01"}, 422, "end"),
    ],
)
def test_what_cannot_be_asked_is_named(
    recorded: TestClient, asked: dict[str, Any], status: int, parameter: str
) -> None:
    response = recorded.get("/evaluation", params=asked)
    assert response.status_code == status
    assert response.json()["errors"][0]["parameter"] == parameter


def test_every_forecast_carries_the_record_of_its_kind(recorded: TestClient) -> None:
    answer = recorded.get("/forecast", params={"series": SOUTHWEST, "model": MODEL}).json()
    record, shown = answer["track_record"], evaluation(recorded, series=SOUTHWEST, model=MODEL)
    assert record["series"] == SOUTHWEST
    assert record["vintages"] == shown["vintages"]
    by_horizon = [one for one in shown["scores"] if one["by"] == "horizon"]
    assert [one["horizon"] for one in record["by_horizon"]] == ["1-3", "4-6"]
    for brief, whole in zip(record["by_horizon"], by_horizon, strict=True):
        assert brief["coverage_80"] == pytest.approx(whole["coverage_80"], abs=6e-4)
        assert brief["relative_log_wis"] == pytest.approx(whole["relative_log_wis"], abs=6e-4)


def test_a_series_without_a_record_of_its_own_has_that_of_all(recorded: TestClient) -> None:
    answer = recorded.get(
        "/forecast", params={"series": "usbp.coastal.miami", "model": MODEL}
    ).json()
    assert answer["track_record"]["series"] is None


def test_a_forecast_as_of_a_past_day_knows_nothing_of_later_outcomes(recorded: TestClient) -> None:
    """On 1 March 2022 the figures of January 2022 were out and those of February were not."""
    asked = {"series": SOUTHWEST, "model": MODEL, "as_of": "2022-03-01"}
    assert recorded.get("/forecast", params=asked).json()["track_record"]["last"] <= "2022-01"


def test_a_forecast_by_a_model_that_was_never_scored_has_no_record(recorded: TestClient) -> None:
    asked = {"series": "usbp.coastal.miami", "model": "theta"}
    assert recorded.get("/forecast", params=asked).json()["track_record"] is None


def published(client: TestClient, day: str, period: str, value: int) -> None:
    with database_of(client).writing() as session:
        publish(session, "cbp", day, figure(SOUTHWEST, period, value))


def test_a_live_forecast_is_scored_when_its_figures_come_out(
    service: TestClient, clock: Clock
) -> None:
    asked = {"series": SOUTHWEST, "model": MODEL}
    forecast = service.get("/forecast", params=asked).json()
    assert evaluation(service)["scores"] == []
    clock.now += timedelta(days=30)
    published(service, "2026-12-20", "2026-09", 9_000)
    answer = evaluation(service, series=SOUTHWEST)
    found = overall(answer)
    assert answer["vintages"] == {"live": 1}
    assert (answer["first"], answer["last"]) == ("2026-09", "2026-09")
    paths = decode_paths(archived_paths(service, SOUTHWEST, forecast["data_version"], MODEL))[:, 0]
    spread = np.abs(np.subtract.outer(paths, paths)).sum() / (2 * paths.size * (paths.size - 1))
    assert found["crps"] == pytest.approx(np.abs(paths - 9_000).mean() - spread, abs=0.01)
    wide = forecast["forecast"][0]["intervals"][1]
    assert found["coverage_80"] == float(wide["lower"] <= 9_000 <= wide["upper"])


def test_a_restated_figure_is_scored_again(service: TestClient, clock: Clock) -> None:
    service.get("/forecast", params={"series": SOUTHWEST, "model": MODEL})
    clock.now += timedelta(days=60)
    published(service, "2026-12-20", "2026-09", 19_000)
    before = overall(evaluation(service))
    published(service, "2027-01-20", "2026-09", 9_000)
    after = overall(evaluation(service))
    assert before["cells"] == after["cells"] == 1
    assert after["crps"] < before["crps"]  # a year before there were 8,386


def test_every_month_that_came_out_is_scored_and_nothing_is_lost_on_the_way(
    service: TestClient, clock: Clock
) -> None:
    """Nobody looked for two months; the score follows from the archive and the figures."""
    service.get("/forecast", params={"series": SOUTHWEST, "model": MODEL})
    clock.now += timedelta(days=60)
    published(service, "2026-12-20", "2026-09", 9_000)
    published(service, "2027-01-20", "2026-10", 8_000)
    assert overall(evaluation(service))["cells"] == 2
    assert overall(evaluation(service))["cells"] == 2


def test_a_forecast_as_of_a_past_day_is_not_a_live_one_and_not_scored(service: TestClient) -> None:
    service.get("/forecast", params={"series": SOUTHWEST, "model": MODEL, "as_of": "2024-05-16"})
    assert evaluation(service)["vintages"] == {}


def past(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    response = client.get(
        "/evaluation/forecasts", params={"series": SOUTHWEST, "model": MODEL} | asked
    )
    assert response.status_code == 200, response.text
    return list(response.json()["forecasts"])


def test_past_forecasts_one_by_one_are_those_that_the_scores_are_of(recorded: TestClient) -> None:
    for horizon in (1, 6):
        (whole,) = (
            one
            for one in evaluation(recorded, series=SOUTHWEST, model=MODEL, horizon=horizon)[
                "scores"
            ]
            if one["by"] == "all"
        )
        found = past(recorded, horizon=horizon)
        assert len(found) == whole["cells"]
        assert sum(one["inside_80"] for one in found) / len(found) == pytest.approx(
            whole["coverage_80"], abs=1e-4
        )
        relative = sum(one["wis"] for one in found) / sum(one["baseline_wis"] for one in found)
        assert relative == pytest.approx(whole["relative_wis"], abs=1e-4)


def test_past_forecasts_are_held_against_the_figures_of_the_history(recorded: TestClient) -> None:
    history = recorded.get("/history", params={"series": SOUTHWEST}).json()["observations"]
    figures = {one["period"]: one["value"] for one in history}
    found = past(recorded)
    assert found
    assert all(one["observed"] == figures[one["period"]] for one in found)
    assert [one["period"] for one in found] == sorted(one["period"] for one in found)


def test_past_forecasts_open_in_pandas(recorded: TestClient) -> None:
    asked = {
        "series": SOUTHWEST,
        "model": MODEL,
        "start": "2021-06",
        "end": "2021-12",
        "format": "csv",
    }
    response = recorded.get("/evaluation/forecasts", params=asked)
    table = pd.read_csv(io.StringIO(response.text))
    document = recorded.get("/openapi.json").json()
    answers = document["paths"]["/evaluation/forecasts"]["get"]["responses"]
    example = answers["200"]["content"]["text/csv"]["example"]
    assert example.splitlines()[0] == response.text.splitlines()[0]
    assert (table.period.min(), table.period.max()) == ("2021-06", "2021-12")


@pytest.mark.parametrize(
    ("asked", "status", "parameter"),
    [
        ({"series": "usbp.southwst"}, 404, "series"),
        ({"ahead": "2-3"}, 422, "ahead"),
        ({"horizon": 0}, 422, "horizon"),
        ({"start": "2022-01", "end": "2021-01"}, 422, "end"),
    ],
)
def test_past_forecasts_that_cannot_be_asked_for_are_named(
    recorded: TestClient, asked: dict[str, Any], status: int, parameter: str
) -> None:
    response = recorded.get("/evaluation/forecasts", params={"series": SOUTHWEST} | asked)
    assert response.status_code == status
    assert response.json()["errors"][0]["parameter"] == parameter


def test_a_live_forecast_stands_in_the_record_as_it_was_issued(
    service: TestClient, clock: Clock
) -> None:
    issued = service.get("/forecast", params={"series": SOUTHWEST, "model": MODEL}).json()
    clock.now += timedelta(days=30)
    published(service, "2026-12-20", "2026-09", 9_000)
    (found,) = past(service, ahead="1-3")
    month = issued["forecast"][0]
    interval = month["intervals"][1]
    assert (found["period"], found["origin"], found["vintage"]) == ("2026-09", "2026-08", "live")
    assert found["issued_at"] == issued["issued_at"]
    assert (found["median"], found["lower_80"], found["upper_80"]) == (
        month["median"],
        interval["lower"],
        interval["upper"],
    )
    assert (found["observed"], found["inside_80"]) == (
        9_000,
        interval["lower"] <= 9_000 <= interval["upper"],
    )
    archived = service.get(f"/forecasts/{found['forecast']}").json()
    assert archived["data_version"] == issued["data_version"]
