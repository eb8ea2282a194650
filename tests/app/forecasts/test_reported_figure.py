"""A reported figure: where it stands, and the forecast that it would lead to."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.forecasts.reported_figure import percentile_among
from app.main import create_app
from app.storage.database import Database
from forecasting import Month
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW
from tests.stores import SQLiteStores

pytestmark = pytest.mark.slow

SERIES = "a.border"
VALUES = [1000 + 37 * (month % 12) + 5 * month for month in range(48)]  # from September 2022
REPORTED: dict[str, Any] = {
    "series": SERIES,
    "period": "2026-09",
    "value": 1500,
    "qualifier": "about",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Database]]:
    """The service on one made-up series through August 2026."""
    url = SQLiteStores(tmp_path_factory.mktemp("reported")).create()
    database = Database(url)
    database.upgrade()
    with database.writing() as session:
        make_series(session, SERIES)
        months = [str(Month.of(2022, 9) + at) for at in range(48)]
        publish(
            session,
            "cbp",
            "2026-09-20",
            *(figure(SERIES, month, value) for month, value in zip(months, VALUES, strict=True)),
        )
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        yield client, database
    database.close()


def ask(client: TestClient, **asked: Any) -> dict[str, Any]:
    response = client.get("/forecast/reported-figure", params=REPORTED | asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_its_standing_can_be_counted(store: tuple[TestClient, Database]) -> None:
    client, _ = store
    known = client.get("/history", params={"series": SERIES}).json()["observations"]
    for value in (1500, 1100):
        answer = ask(client, value=value)
        assert answer["rank"] == 1 + sum(one["value"] > value for one in known)
        assert answer["months"] == len(known) + 1
        newest = known[-1]["value"]
        higher = value >= newest
        assert answer["direction"] == ("higher" if higher else "lower")
        there = [
            one for one in known if (one["value"] >= value if higher else one["value"] <= value)
        ]
        since = {"period": there[-1]["period"], "value": there[-1]["value"]} if there else None
        assert answer["since"] == since


def test_its_percentile_and_what_was_expected_are_those_of_the_forecast(
    store: tuple[TestClient, Database],
) -> None:
    client, _ = store
    answer = ask(client)
    asked = {"series": SERIES, "above": REPORTED["value"], "horizon": 1}
    above = client.get("/forecast/threshold", params=asked).json()["months"][0]["probability"]
    assert answer["percentile"] == pytest.approx(1 - above, abs=0.01)
    ahead = client.get("/forecast", params={"series": SERIES, "level": 80}).json()["forecast"]
    assert answer["expected"]["median"] == ahead[0]["median"]
    assert [one["before"]["median"] for one in answer["outlook"][:11]] == [
        one["median"] for one in ahead[1:]
    ]


@pytest.mark.parametrize("period", ["2026-08", "2026-12"])
def test_a_month_with_a_figure_or_not_begun_is_refused(
    store: tuple[TestClient, Database], period: str
) -> None:
    response = store[0].get("/forecast/reported-figure", params=REPORTED | {"period": period})
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "period"


def test_the_forecast_with_it_is_the_one_that_loading_it_leads_to(
    store: tuple[TestClient, Database],
) -> None:
    client, database = store
    before = client.get("/forecasts", params={"series": SERIES}).json()
    after = ask(client, reporter="press", value=1400)["outlook"]
    assert client.get("/forecasts", params={"series": SERIES}).json() == before
    with database.writing() as session:
        publish(
            session,
            "press",
            NOW.date(),
            figure(SERIES, "2026-09", 1400, "about"),
            recorded_at=NOW + timedelta(minutes=1),
        )
    asked: dict[str, Any] = {"series": SERIES, "level": 80, "fresh": "true"}
    loaded = client.get("/forecast", params=asked).json()
    assert loaded["origin"] == "2026-09"
    assert [one["after"] for one in after] == [
        {"median": one["median"]} | {end: one["intervals"][0][end] for end in ("lower", "upper")}
        for one in loaded["forecast"]
    ]


def test_ties_count_half_and_nothing_is_certain() -> None:
    draws = np.array([1, 2, 2, 3])
    assert percentile_among(draws, 2) == 0.5
    assert percentile_among(draws, 9) == 0.8
    assert percentile_among(draws, 0) == 0.2
