"""A year's total takes provisional, vague, and rejected figures for what they are worth."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.observations.new_release import NewObservation
from app.observations.observation import Status
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.client import ServiceClient, open_client
from tests.app.observations.publishing import figure, make_series, publish

KEY = "usbp.west"
MONTHS = months_between(Month.parse("2022-10"), Month.parse("2024-07"))
COUNTS = np.rint(
    10_000 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.03, len(MONTHS))))
).astype(int)
FINAL_THROUGH = Month.parse("2024-02")


def published() -> list[NewObservation]:
    """Fiscal year 2023 and ten months of 2024; the last five are provisional."""
    figures = [
        figure(KEY, str(month), int(count)) for month, count in zip(MONTHS, COUNTS, strict=True)
    ]
    return [
        replace(one, status=Status.NORMAL) if one.period <= FINAL_THROUGH else one
        for one in figures
    ]


def hear(database: Database, day: str, period: str, value: int) -> None:
    """Somebody unnamed says a number."""
    rumor = replace(figure(KEY, period, value, "about", 10_000), status=Status.LOW_RELIABILITY)
    with database.writing() as session:
        publish(session, "a paper", day, rumor)


@pytest.fixture
def service(database: Database) -> Iterator[ServiceClient]:
    with database.writing() as session:
        make_series(session, KEY)
        publish(session, "cbp", "2024-08-15", *published())
    with open_client(database.engine.url.render_as_string(hide_password=False)) as client:
        yield client


def year_total(service: ServiceClient, as_of: str, **asked: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"series": KEY, "model": "log-random-walk", "as_of": as_of, "level": 80}
    response = service.client.get("/forecast/fiscal-year", params=given | asked)
    assert response.status_code == 200, response.text
    return dict(response.json())


def width(answer: dict[str, Any]) -> int:
    return int(answer["intervals"][0]["upper"] - answer["intervals"][0]["lower"])


def test_rumors_are_forecast_and_provisional_figures_have_an_error(service: ServiceClient) -> None:
    before = year_total(service, "2024-08-16")
    assert (before["counted"]["months"], before["counted"]["provisional_months"]) == (10, 5)
    hear(service.database, "2024-09-05", "2024-08", 1_290_000)
    heard = year_total(service, "2024-09-06")
    assert heard["counted"] == before["counted"] | {"rejected": ["2024-08"]}
    assert (heard["origin"], heard["forecast_months"]) == ("2024-08", 2)
    assert heard["median"] == pytest.approx(before["median"], rel=0.01)
    assert width(heard) == pytest.approx(width(before), rel=0.1)
    assert "2024-08, 1,290,000, is of low reliability" in heard["warnings"][0]


def test_a_rumor_of_a_years_last_month_does_not_finish_it(service: ServiceClient) -> None:
    with service.database.writing() as session:
        publish(session, "cbp", "2024-09-15", figure(KEY, "2024-08", int(COUNTS[-1])))
    before = year_total(service, "2024-09-16", year=2024)
    hear(service.database, "2024-10-05", "2024-09", 1_290_000)
    heard = year_total(service, "2024-10-06", year=2024)
    assert heard["counted"]["rejected"] == ["2024-09"]
    assert (heard["counted"]["months"], heard["forecast_months"]) == (11, 1)
    assert heard["median"] == pytest.approx(before["median"], rel=0.01)


def test_a_finished_year_is_as_uncertain_as_its_figures(service: ServiceClient) -> None:
    """Provisional figures spread it, a rumor that a later figure refutes is left out, and final
    ones are known."""
    assert width(year_total(service, "2024-08-16", year=2023)) == 0
    with service.database.writing() as session:
        publish(
            session,
            "cbp",
            "2024-11-15",
            *(figure(KEY, f"2024-{month:02d}", int(COUNTS[-1])) for month in (8, 9, 10)),
        )
    total = int(COUNTS[12:].sum() + 2 * COUNTS[-1])
    sure = year_total(service, "2024-11-16", year=2024)
    assert sure["counted"]["total"] == total
    assert sure["median"] == pytest.approx(total, rel=0.005)
    assert 0 < width(sure) < 0.02 * total
    assert (sure["forecast_months"], sure["origin"]) == (0, None)


def test_the_total_follows_from_the_samples_of_the_hub_file(service: ServiceClient) -> None:
    """Final figures, and the samples of past and coming months with one number."""
    hear(service.database, "2024-09-05", "2024-08", 1_290_000)
    answer = year_total(service, "2024-09-06", level=50)
    asked: dict[str, Any] = {
        "format": "hubverse",
        "model": "log-random-walk",
        "horizon": 1,
        "past": True,
    }
    table = pd.read_csv(io.StringIO(service.client.get("/forecasts", params=asked).text))
    samples = table[table.output_type == "sample"]
    assert sorted(samples.horizon.unique()) == [-5, -4, -3, -2, -1, 0, 1]
    totals = COUNTS[12:17].sum() + samples.groupby("output_type_id").value.sum()
    assert len(totals) == 100
    assert totals.median() == pytest.approx(answer["median"], rel=0.005)
    assert totals.std() == pytest.approx(width(answer) / (2 * 0.674), rel=0.3)
