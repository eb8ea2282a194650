"""Forecasts that add up, over HTTP: in answers, and in the hub's file."""

import asyncio
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.config import Settings
from app.forecasts.encoding import decode_paths_with_past
from app.forecasts.issuing import issue_forecast
from app.forecasts.pools import Pools
from app.forecasts.specification import Specification
from app.main import create_app
from app.observations.observation import NewSeries
from app.observations.store import add_series, mark_retracted, releases_page
from app.reconciliation.computation import compute_reconciliation
from app.reconciliation.due import find_due, load_paths
from app.reconciliation.reconciler import Reconciler
from app.reconciliation.tables import ReconciledRow, ReconciliationRow
from app.storage.database import Database
from forecasting import Month
from tests.app.observations.publishing import figure, publish
from tests.conftest import NOW
from tests.stores import Stores
from tests.system.service import until

pytestmark = pytest.mark.slow

MODEL = "log-random-walk"
WHOLE, NORTH, SOUTH = "usbp", "usbp.northern", "usbp.southwest"
REST = "usbp.region.other"
ALONE = "uk.small-boats"
MONTHS = [str(Month.parse("2024-01") + step) for step in range(30)]
LEVELS = {WHOLE: 1000, NORTH: 100, SOUTH: 850, ALONE: 70}


def fill_store(stores: Stores, migrated_url: str) -> str:
    url = stores.copy(migrated_url)
    database = Database(url)
    fill(database)
    database.close()
    return url


def fill(database: Database) -> None:
    """A whole, two parts that leave something over, and a series alone."""
    wobble = np.random.default_rng(0).uniform(0.8, 1.2, len(MONTHS))
    with database.writing() as session:
        ids: dict[str, int] = {}
        for key, parent in {WHOLE: None, NORTH: WHOLE, SOUTH: WHOLE, ALONE: None}.items():
            new = NewSeries(key, key, "encounters", parent, "region")
            ids[key] = add_series(session, new, parent_id=ids.get(parent or ""))
        publish(
            session,
            "cbp",
            "2026-07-20",
            *(
                figure(key, month, round(level * factor))
                for key, level in LEVELS.items()
                for month, factor in zip(MONTHS, wobble, strict=True)
            ),
        )


def reconcile_due(url: str, now: datetime = NOW) -> None:
    async def run() -> None:
        database = Database(url)
        with ThreadPoolExecutor(1) as workers:
            pools = Pools(database, workers, lambda: now)
            specification = Specification(MODEL, 0)
            await Reconciler(database, workers, pools, lambda: now, specification).reconcile_due()
        database.close()

    asyncio.run(run())


def count_rows(url: str) -> tuple[int, int]:
    database = Database(url)
    with database.reading() as session:
        counts = (
            session.scalar(select(func.count(ReconciliationRow.id))) or 0,
            session.scalar(select(func.count(ReconciledRow.key))) or 0,
        )
    database.close()
    return counts


@pytest.fixture(scope="module")
def service(stores: Stores, migrated_url: str) -> Iterator[TestClient]:
    """A service whose forecasts have been reconciled."""
    url = fill_store(stores, migrated_url)
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        for key in (WHOLE, NORTH, ALONE):
            client.get("/forecast", params={"series": key, "model": MODEL}).raise_for_status()
        reconcile_due(url)
        assert count_rows(url) == (0, 0), "a hierarchy waits for all of its forecasts"
        client.get("/forecast", params={"series": SOUTH, "model": MODEL}).raise_for_status()
        reconcile_due(url)
        reconcile_due(url)
        assert count_rows(url) == (1, 4), "nothing is reconciled twice"
        yield client
    stores.drop(url)


def asked(client: TestClient, key: str, **parameters: str) -> dict[str, Any]:
    response = client.get("/forecast", params={"series": key, "model": MODEL} | parameters)
    assert response.status_code == 200, response.text
    return dict(response.json())


def hub_samples(client: TestClient, **parameters: str) -> pd.DataFrame:
    """Samples by location and month (rows) and number (columns)."""
    wanted = {"format": "hubverse", "model": MODEL} | parameters
    response = client.get("/forecasts", params=wanted)
    assert response.status_code == 200, response.text
    table = pd.read_csv(io.StringIO(response.text), dtype={"output_type_id": str})
    samples = table[table.output_type == "sample"].astype({"output_type_id": int})
    return samples.pivot_table(
        index=["location", "horizon"], columns="output_type_id", values="value"
    )


def test_a_reconciled_forecast_is_given_and_named(service: TestClient) -> None:
    base, reconciled = asked(service, SOUTH, reconciled="false"), asked(service, SOUTH)
    assert base["reconciled"] is False
    assert reconciled["reconciled"] is True
    assert reconciled["stale"] is False
    assert base["data_version"] != reconciled["data_version"]
    assert base["forecast"] != reconciled["forecast"]
    assert asked(service, WHOLE)["data_version"] == reconciled["data_version"]


def test_the_means_add_up_but_for_what_the_parts_leave_over(service: TestClient) -> None:
    means = {
        key: [month["mean"] for month in asked(service, key)["forecast"]]
        for key in (WHOLE, NORTH, SOUTH)
    }
    left = np.subtract(means[WHOLE], np.add(means[NORTH], means[SOUTH]))
    assert (left > 0).all()
    assert (left < 150).all()


def test_threshold_and_total_are_of_the_forecast_that_is_served(service: TestClient) -> None:
    for key in (WHOLE, NORTH, SOUTH):
        served = asked(service, key)
        month = served["forecast"][0]
        asking = {"series": key, "model": MODEL}
        threshold = service.get(
            "/forecast/threshold", params=asking | {"above": month["median"]}
        ).json()
        assert threshold["reconciled"] is True
        assert threshold["data_version"] == served["data_version"]
        assert threshold["months"][0]["probability"] == pytest.approx(0.5, abs=0.03)
    totals = {
        key: service.get("/forecast/fiscal-year", params={"series": key, "model": MODEL}).json()
        for key in (WHOLE, NORTH, SOUTH)
    }
    assert all(total["reconciled"] for total in totals.values())
    left = totals[WHOLE]["mean"] - totals[NORTH]["mean"] - totals[SOUTH]["mean"]
    known = sum(
        one["counted"]["total"] * sign
        for one, sign in ((totals[WHOLE], 1), (totals[NORTH], -1), (totals[SOUTH], -1))
    )
    assert 0 < left - known < 12 * 150


@pytest.mark.parametrize(
    ("key", "parameters"), [(ALONE, {}), (SOUTH, {"as_of": "2026-10-01"})], ids=["alone", "past"]
)
def test_without_a_hierarchy_and_for_past_days_the_base_is_given_and_said_to_be(
    service: TestClient, key: str, parameters: dict[str, str]
) -> None:
    found = asked(service, key, **parameters)
    assert found["reconciled"] is False
    assert found["forecast"] == asked(service, key, reconciled="false", **parameters)["forecast"]


def test_samples_of_the_hub_with_one_number_add_up_in_every_month(service: TestClient) -> None:
    samples = hub_samples(service)
    assert set(samples.index.get_level_values("location")) == {WHOLE, NORTH, SOUTH, REST, ALONE}
    joint = {key: samples.loc[key].dropna(axis=1) for key in (WHOLE, NORTH, SOUTH, REST)}
    assert all(one.shape == (36, 100) for one in joint.values())
    pd.testing.assert_frame_equal(joint[WHOLE], joint[NORTH] + joint[SOUTH] + joint[REST])
    alone = samples.loc[ALONE].dropna(axis=1)
    assert set(alone.columns).isdisjoint(joint[WHOLE].columns)


def test_the_hub_s_file_of_one_series_is_a_part_of_the_whole_file(service: TestClient) -> None:
    samples = hub_samples(service, series=SOUTH)
    assert set(samples.index.get_level_values("location")) == {SOUTH}
    np.testing.assert_array_equal(
        samples.loc[SOUTH], hub_samples(service).loc[SOUTH].dropna(axis=1)
    )


def test_an_origin_without_forecasts_is_not_found(service: TestClient) -> None:
    response = service.get("/forecasts?format=hubverse&origin=2020-01")
    assert response.status_code == 404
    assert response.json()["type"] == "/problems/unknown-forecast"
    assert "from 2020-01" in response.json()["detail"]


def assert_scored_as_served(client: TestClient, key: str, median: int) -> None:
    """The one scored forecast of a series is the reconciled one, and is compared with the other."""
    asking = {"series": key, "model": MODEL}
    record = client.get("/evaluation", params=asking).json()
    assert record["vintages"] == {"live reconciled": 1}
    assert record["reconciliation"]["cells"] == 1
    (scored,) = client.get("/evaluation/forecasts", params=asking).json()["forecasts"]
    assert (scored["vintage"], scored["median"]) == ("live reconciled", median)
    surprises = client.get("/evaluation/surprises", params={"model": MODEL}).json()["surprises"]
    assert [one["median"] for one in surprises if one["series"] == key] == [median]


def test_new_figures_of_a_sibling_make_a_reconciled_forecast_stale(
    stores: Stores, migrated_url: str
) -> None:
    url = fill_store(stores, migrated_url)
    settings = Settings(database_url=url, workers=1, refresh=False)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        for key in (WHOLE, NORTH, SOUTH):
            asked(client, key)
        reconcile_due(url)
        base, before = asked(client, SOUTH, reconciled="false"), asked(client, SOUTH)
        served = asked(client, NORTH)["forecast"][0]
        assert (before["reconciled"], before["stale"]) == (True, False)
        database = Database(url)
        with database.writing() as session:
            publish(session, "cbp", "2026-08-20", figure(NORTH, "2026-07", 130))
        database.close()
        for key in (WHOLE, NORTH, SOUTH):
            asked(client, key, fresh="true")
        assert asked(client, NORTH)["reconciled"] is False
        assert_scored_as_served(client, NORTH, served["median"])
        again = asked(client, SOUTH, reconciled="false")
        assert again["data_version"] == base["data_version"]
        assert asked(client, SOUTH)["stale"] is True
        reconcile_due(url)
        after = asked(client, SOUTH)
        assert (after["reconciled"], after["stale"]) == (True, False)
        assert after["data_version"] != before["data_version"]
        database = Database(url)
        with database.writing() as session:
            (newest,) = releases_page(session, None, limit=1)
            mark_retracted(session, newest, retracted_at=NOW)
        database.close()
        reconcile_due(url, NOW + timedelta(hours=1))
        again = asked(client, SOUTH)
        assert (again["data_version"], again["stale"]) == (before["data_version"], False)
        assert again["forecast"] == before["forecast"]
    stores.drop(url)


def test_a_rumor_binds_no_other_series(database: Database) -> None:
    fill(database)
    with database.writing() as session:
        publish(session, "press", "2026-08-02", figure(WHOLE, "2026-07", 1_290_000, "about"))
    specification = Specification(MODEL, 0)
    for key in (WHOLE, NORTH, SOUTH):
        issue_forecast(database, lambda: NOW, key, specification)
    with database.reading() as session:
        (due,) = find_due(session, specification, today=NOW.date())
        stored = load_paths(session, due)
    assert due.uncertain[WHOLE] == (Month.parse("2026-07"),)
    made = {
        one.key: decode_paths_with_past(one.paths)
        for one in compute_reconciliation(due, stored, None)
    }
    assert np.median(made[SOUTH].paths[:, 0]) < 2000
    both = made[WHOLE], decode_paths_with_past(stored[WHOLE])
    assert both[0].past_months == both[1].past_months
    pairs = (sorted(zip(one.past_paths[:, -1], one.paths[:, 0], strict=True)) for one in both)
    assert len({tuple(each) for each in pairs}) == 1, "past months stay with their futures"


def test_a_service_reconciles_once_its_forecasts_are_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    database = Database(url)
    database.upgrade()
    fill(database)
    database.close()
    settings = Settings(database_url=url, workers=1, refresh=True)
    with TestClient(create_app(settings, clock=lambda: NOW)) as client:
        wanted = {"series": SOUTH}
        until(
            lambda: client.get("/forecast", params=wanted).json()["reconciled"],
            "the forecast is reconciled",
        )
