"""What the page and the chart say of past forecasts is what the scores say."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.database import Database
from app.evaluation import store as scores
from app.evaluation.store import Score
from app.main import create_app
from app.observations import store
from forecasting import Month
from tests.conftest import NOW
from tests.stores import SQLiteStores

COUNT, INSIDE = 96, 71  # of one month ahead; of the rest fewer and all
FIRST = Month.of(2016, 1)


def score(series_id: int, place: int, horizon: int, *, inside: bool) -> Score:
    origin = FIRST + place
    return Score(
        series_id=series_id,
        model="auto",
        forecast_id=None,
        vintage="as known" if place % 2 else "reconstructed",
        origin=origin,
        horizon=horizon,
        target=origin + horizon,
        observed=1000.0,
        wis=84.0,
        log_wis=0.9,
        crps=84.0,
        pit=0.5,
        scaled_error=0.5,
        baseline_wis=100.0 if horizon < 4 else 70.0,
        baseline_log_wis=1.0,
        baseline_crps=100.0,
        covered_50=inside and bool(place % 2),
        covered_80=inside,
        covered_95=True,
    )


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service on a record with some scores of one series."""
    from app.observations import bundle  # noqa: PLC0415

    url = SQLiteStores(tmp_path_factory.mktemp("scored")).create()
    database = Database(url)
    database.upgrade()
    with database.writing() as session:
        bundle.load(session, bundle.Bundle(), recorded_at=NOW)
        series = store.find_series(session, "usbp.southwest")
        assert series is not None
        near = [score(series.id, place, 1, inside=place < INSIDE) for place in range(COUNT)]
        far = [score(series.id, place, 12, inside=True) for place in range(COUNT - 12)]
        scores.forget_hindcast(session)
        scores.add_scores(session, near + far)
    database.close()
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        yield client


def test_the_page_counts_how_often_the_figure_fell_inside(scored: TestClient) -> None:
    text = re.sub(r"<[^>]+>", "", scored.get("/").text)
    assert f"fell inside the 80% range in {INSIDE} of {COUNT} forecasts: 7.4 times in 10" in text
    assert "16% smaller" in text
    assert "20% larger" in text
    assert "hindcasts from figures as known then: 90; hindcasts from figures as published later: 90." in text


def test_a_series_without_scores_of_its_own_is_spoken_for_by_all(scored: TestClient) -> None:
    assert "these are of all series together" in scored.get("/?series=usbp.southwest.tucson").text


def test_the_chart_shows_the_same_shares(scored: TestClient) -> None:
    drawn = scored.get("/charts/track-record.json?series=usbp.southwest").json()
    shares = {row["share"] for rows in drawn["datasets"].values() for row in rows if "inside" in row}
    assert round(100 * INSIDE / COUNT, 1) in shares
    for form in ("svg", "png"):
        assert scored.get(f"/charts/track-record.{form}?series=usbp.southwest").status_code == 200


def test_before_the_months_were_published_nothing_was_scored(scored: TestClient) -> None:
    answer = scored.get("/charts/track-record.svg?series=usbp.southwest&as_of=2015-01-01")
    assert answer.status_code == 404
    assert answer.json()["title"] == "Nothing scored yet"
