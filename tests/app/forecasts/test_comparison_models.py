"""The other models' forecasts are archived too, after those of the refresher."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from app.forecasts.comparison_models import COMPARISON_MODELS, ComparisonArchiver
from app.forecasts.pools import Pools
from app.forecasts.refresher import Refresher
from app.forecasts.service import ForecastService
from app.forecasts.specification import Specification
from app.forecasts.tables import ForecastRow
from app.observations.observation import NewSeries
from app.observations.store import add_series
from app.storage.database import Database
from tests.app.forecasts.conftest import CountingWorkers
from tests.app.observations.publishing import figure, publish
from tests.conftest import NOW

KEYS = ("usbp.east", "usbp.west")
REFRESHED, COMPARED = "log-random-walk", ("seasonal-naive",)
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


@pytest.fixture
def two(database: Database) -> Database:
    """A store with a year of two series."""
    with database.writing() as session:
        for key in KEYS:
            add_series(session, NewSeries(key, key, "encounters", None, "sector"), parent_id=None)
        both = (figure(key, month, 100) for key in KEYS for month in MONTHS)
        publish(session, "cbp", "2026-01-15", *both)
    return database


def archived(database: Database) -> list[tuple[str, bool]]:
    """Model and whether it was live of each forecast, in the order in which they were archived."""
    with database.reading() as session:
        rows = session.execute(select(ForecastRow.model, ForecastRow.live).order_by(ForecastRow.id))
        return [(row[0], row[1]) for row in rows]


@asynccontextmanager
async def archiving(
    database: Database, workers: CountingWorkers, *, most_series: int = 10
) -> AsyncIterator[tuple[Refresher, ComparisonArchiver]]:
    """A refresher that is not running yet, and what waits for it."""
    pools = Pools(database, workers, lambda: NOW)
    service = ForecastService(database, workers, pools, lambda: NOW, seed=0)
    refresher = Refresher(
        database, service, lambda: NOW, Specification(REFRESHED, 0), first_look_seconds=0
    )
    yield (
        refresher,
        ComparisonArchiver(
            database, service, refresher, lambda: NOW, most_series=most_series, models=COMPARED
        ),
    )
    await service.close()
    await pools.close()


async def until_caught_up(refresher: Refresher) -> None:
    async with asyncio.timeout(60):
        while not await refresher.is_caught_up():
            await asyncio.sleep(0.02)


def test_other_models_come_after_the_refresher_and_once(
    two: Database, workers: CountingWorkers
) -> None:
    async def work() -> None:
        async with archiving(two, workers) as (refresher, archiver):
            assert await archiver.catch_up()
            assert archived(two) == []
            async with refresher.running():
                await until_caught_up(refresher)
                assert await archiver.catch_up()
                assert await archiver.catch_up()

    asyncio.run(work())
    assert archived(two) == [(REFRESHED, True)] * 2 + [(COMPARED[0], True)] * 2


def test_new_figures_go_first(two: Database, workers: CountingWorkers) -> None:
    async def work() -> None:
        async with archiving(two, workers) as (refresher, archiver):
            async with refresher.running():
                await until_caught_up(refresher)
            with two.writing() as session:
                publish(session, "cbp", "2026-02-15", figure(KEYS[0], "2026-01", 90))
            assert await archiver.catch_up()
            assert (COMPARED[0], True) not in archived(two)

    asyncio.run(work())


def test_a_store_of_many_series_gets_none(two: Database, workers: CountingWorkers) -> None:
    async def work() -> None:
        async with archiving(two, workers, most_series=1) as (refresher, archiver):
            async with refresher.running():
                await until_caught_up(refresher)
            assert await archiver.catch_up()

    asyncio.run(work())
    assert {model for model, _ in archived(two)} == {REFRESHED}


def test_all_models_but_the_recommended_one_are_compared() -> None:
    assert "auto" not in COMPARISON_MODELS
    assert {"structural", "sarima", "ets", "theta"} < set(COMPARISON_MODELS)
