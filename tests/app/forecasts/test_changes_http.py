"""GET /forecast/changes: how the forecast moved, and which figures moved it."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.main import create_app
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW
from tests.stores import Stores

SERIES = "a.border"
MODEL = "log-random-walk"


class Own(NamedTuple):
    """A service with a store and a clock of its own."""

    client: TestClient
    database: Database
    moments: list[datetime]

    def issue(self) -> None:
        """Have a forecast of today's figures issued an hour after whatever was before."""
        self.moments.append(self.moments[-1] + timedelta(hours=1))
        asked = {"series": SERIES, "model": MODEL, "fresh": "true"}
        assert self.client.get("/forecast", params=asked).status_code == 200

    def ask(self) -> dict[str, Any]:
        response = self.client.get("/forecast/changes", params={"series": SERIES, "model": MODEL})
        assert response.status_code == 200, response.text
        return dict(response.json())


@pytest.fixture
def own(stores: Stores, migrated_url: str) -> Iterator[Own]:
    """The service on a store with one series of twelve months."""
    moments = [NOW]
    url = stores.copy(migrated_url)
    database = Database(url)
    with database.writing() as session:
        make_series(session, SERIES)
        months = [figure(SERIES, f"2025-{month:02}", 1000 + month) for month in range(1, 13)]
        publish(session, "cbp", "2026-01-15", *months)
    with TestClient(
        create_app(Settings(database_url=url, refresh=False), clock=lambda: moments[-1])
    ) as client:
        yield Own(client, database, moments)
    database.close()
    stores.drop(url)


def test_without_an_earlier_forecast_the_lists_are_empty(own: Own) -> None:
    own.issue()
    answer = own.ask()
    assert (answer["months"], answer["figures"], answer["previous"]) == ([], [], None)


def test_a_new_and_a_restated_figure_are_named_and_the_months_compared(own: Own) -> None:
    own.issue()
    with own.database.writing() as session:
        publish(
            session,
            "cbp",
            "2026-02-15",
            figure(SERIES, "2025-11", 1500),
            figure(SERIES, "2026-01", 3000),
            recorded_at=own.moments[-1] + timedelta(minutes=30),
        )
    own.issue()
    answer = own.ask()
    assert [
        (one["period"], one["kind"], one["before"], one["after"]) for one in answer["figures"]
    ] == [("2025-11", "restated", 1011, 1500), ("2026-01", "new", None, 3000)]
    months = answer["months"]
    assert months[0]["period"] == "2026-02"
    assert months[0]["median_after"] > 2 * months[0]["median_before"]
    table = own.client.get(
        "/forecast/changes", params={"series": SERIES, "model": MODEL, "format": "csv"}
    ).text
    assert pd.read_csv(io.StringIO(table))["period"].iloc[0] == "2026-02"


def test_an_unknown_series_is_named(own: Own) -> None:
    response = own.client.get("/forecast/changes?series=nowhere")
    assert response.status_code == 404
