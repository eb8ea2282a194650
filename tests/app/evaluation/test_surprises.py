"""Surprises: percentiles of newest figures, corrected for how many series are looked at."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from app.config import Settings
from app.evaluation.hindcast_file import load_hindcast_scores, write_hindcast
from app.evaluation.surprises import adjust_p_values
from app.main import create_app
from app.storage.database import Database
from forecasting.backtest.report import BacktestReport
from tests.app.evaluation.conftest import KEYS
from tests.conftest import NOW
from tests.stores import Stores

MODEL = {"model": "seasonal-naive"}


@pytest.fixture
def scored(
    stores: Stores, loaded_url: str, report: BacktestReport, tmp_path: Path
) -> Iterator[TestClient]:
    """The service on the record with the scores of a small hindcast."""
    url = stores.copy(loaded_url)
    write_hindcast(report, tmp_path / "hindcast.csv.gz")
    database = Database(url)
    with database.writing() as session:
        load_hindcast_scores(session, tmp_path / "hindcast.csv.gz")
    database.close()
    with TestClient(
        create_app(Settings(database_url=url, refresh=False), clock=lambda: NOW)
    ) as client:
        yield client
    stores.drop(url)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_correction_is_that_of_scipy(probabilities: list[float]) -> None:
    np.testing.assert_allclose(
        adjust_p_values(probabilities), false_discovery_control(probabilities), atol=1e-12
    )


def test_the_newest_scored_figure_of_each_series_is_held_against_its_last_forecast(
    scored: TestClient,
) -> None:
    entries = scored.get("/evaluation/surprises", params=MODEL).json()["surprises"]
    assert sorted(entry["series"] for entry in entries) == KEYS
    for entry in entries:
        past = scored.get(
            "/evaluation/forecasts", params=MODEL | {"series": entry["series"]}
        ).json()["forecasts"]
        newest = max(past, key=lambda one: (one["period"], -one["horizon"]))
        assert (entry["period"], entry["value"]) == (newest["period"], newest["observed"])
        assert entry["origin"] == newest["origin"]
        assert entry["percentile"] == pytest.approx(newest["pit"], abs=0.01)


def test_the_most_surprising_figure_comes_first(scored: TestClient) -> None:
    entries = scored.get("/evaluation/surprises", params=MODEL).json()["surprises"]
    probabilities = [entry["probability"] for entry in entries]
    assert probabilities == sorted(probabilities)
    assert all(entry["adjusted"] >= entry["probability"] for entry in entries)


def test_only_surprises_can_be_asked_for_and_the_table_opens_in_pandas(scored: TestClient) -> None:
    text = scored.get(
        "/evaluation/surprises", params=MODEL | {"only": "true", "format": "csv"}
    ).text
    table = pd.read_csv(io.StringIO(text))
    assert table["surprise"].all()
    assert (table["adjusted"] < 0.05).all()


def test_without_a_score_there_is_no_surprise(client: TestClient) -> None:
    assert client.get("/evaluation/surprises?model=ets").json()["surprises"] == []
