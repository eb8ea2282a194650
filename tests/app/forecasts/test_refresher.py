"""New figures make forecasts due: they are recomputed in the background, and none is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.config import Settings
from app.forecasts.missing_forecasts import find_missing
from app.forecasts.pools import Pools
from app.forecasts.refresher import Refresher
from app.forecasts.service import ForecastService
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.forecasts.tables import ForecastRow
from app.main import create_app
from app.observations import store as figures
from app.storage.database import Database
from forecasting import MonthlySeries
from tests.app.client import ServiceClient, open_client, said
from tests.app.forecasts.conftest import CountingWorkers
from tests.app.observations.publishing import figure, make_series, publish
from tests.stores import Stores
from tests.system.service import until

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPECIFICATION = Specification("log-random-walk", 0)
KEYS = ("usbp.east", "usbp.north", "usbp.west")
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
SECONDS = 60  # until a test gives up on what should happen soon


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def three(database: Database) -> Database:
    """A store with a year of three series."""
    with database.writing() as session:
        for key in KEYS:
            make_series(session, key)
        publish(
            session,
            "cbp",
            "2026-01-15",
            *(
                figure(key, period, 1000 + 10 * at)
                for key in KEYS
                for at, period in enumerate(MONTHS)
            ),
        )
    return database


def add_january(database: Database, key: str, value: int = 900, day: str = "2026-02-15") -> None:
    """What another process would do: record a new month right in the store."""
    with database.writing() as session:
        publish(session, "cbp", day, figure(key, "2026-01", value))


def retract_newest(database: Database) -> None:
    with database.writing() as session:
        (newest,) = figures.releases_page(session, None, limit=1)
        figures.mark_retracted(session, newest, retracted_at=NOW)


def due(database: Database, specification: Specification = SPECIFICATION) -> list[str]:
    with database.reading() as session:
        return [one.key for one in find_missing(session, specification, today=NOW.date())]


def archive_size(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(ForecastRow.id))) or 0


async def becomes_true(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def refreshing(
    database: Database,
    workers: CountingWorkers,
    *,
    clock: Clock | None = None,
    kind: type[ForecastService] = ForecastService,
    specification: Specification = SPECIFICATION,
) -> AsyncIterator[tuple[Refresher, ForecastService]]:
    clock = clock or Clock()
    pools = Pools(database, workers, clock)
    service = kind(database, workers, pools, clock, seed=0)
    refresher = Refresher(
        database, service, clock, specification, first_look_seconds=0, after_failure_seconds=0.05
    )
    async with refresher.running():
        yield refresher, service
    await service.close()
    await pools.close()


def run(work: Awaitable[None]) -> None:
    async def all_of_it() -> None:
        await work

    asyncio.run(all_of_it())


def test_what_a_crash_left_undone_is_caught_up_with_at_the_next_start(
    three: Database, workers: CountingWorkers
) -> None:
    async def work() -> None:
        async with refreshing(three, workers):
            await becomes_true(lambda: due(three) == [])

    assert due(three) == list(KEYS)
    run(work())
    assert archive_size(three) == 3


def test_what_is_there_is_not_computed_again_at_the_next_start(
    three: Database, workers: CountingWorkers
) -> None:
    async def work() -> None:
        async with refreshing(three, workers):
            await becomes_true(lambda: due(three) == [])
        add_january(three, KEYS[1])
        before = workers.given
        async with refreshing(three, workers):
            await becomes_true(lambda: due(three) == [])
        assert workers.given == before + 1

    run(work())


def test_figures_that_another_process_has_loaded_are_noticed(
    three: Database, workers: CountingWorkers
) -> None:
    async def work() -> None:
        async with refreshing(three, workers):
            await becomes_true(lambda: due(three) == [])
            await asyncio.to_thread(add_january, other, KEYS[2])
            assert await asyncio.to_thread(due, three) == [KEYS[2]]
            await becomes_true(lambda: due(three) == [])

    other = Database(str(three.url.render_as_string(hide_password=False)))
    run(work())
    other.close()
    assert archive_size(three) == 4


def test_a_retraction_makes_due_what_it_changes(three: Database, workers: CountingWorkers) -> None:
    async def work() -> None:
        async with refreshing(three, workers) as (refresher, _):
            await becomes_true(lambda: archive_size(three) == 3)
            await asyncio.to_thread(retract_newest, three)
            assert await asyncio.to_thread(due, three) == [KEYS[0]]
            refresher.wake()
            await becomes_true(lambda: archive_size(three) == 4)

    add_january(three, KEYS[0])
    run(work())


def test_a_retraction_of_what_was_never_forecast_makes_nothing_due(
    three: Database, workers: CountingWorkers
) -> None:
    async def work() -> None:
        async with refreshing(three, workers):
            await becomes_true(lambda: due(three) == [])

    run(work())
    add_january(three, KEYS[0])
    retract_newest(three)
    assert due(three) == []


def test_a_release_dated_tomorrow_makes_due_tomorrow(
    three: Database, workers: CountingWorkers
) -> None:
    clock = Clock()

    async def work() -> None:
        async with refreshing(three, workers, clock=clock):
            await becomes_true(lambda: due(three) == [])
            await asyncio.to_thread(add_january, three, KEYS[0], day="2026-11-25")
            assert await asyncio.to_thread(due, three) == []
            clock.now += timedelta(days=1)
            await becomes_true(lambda: archive_size(three) == 4)

    run(work())


def test_the_newest_loaded_figures_are_forecast_first(
    three: Database, workers: CountingWorkers
) -> None:
    add_january(three, KEYS[2])
    add_january(three, KEYS[1], day="2026-02-14")
    assert due(three) == [KEYS[1], KEYS[2], KEYS[0]]


class StumblingService(ForecastService):
    """Cannot compute the first series until it is told so."""

    mended = False

    async def compute(
        self, forecast_key: ForecastKey, series: MonthlySeries, *, shown: bool = True
    ) -> None:
        if forecast_key.series_id == 1 and not self.mended:
            raise RuntimeError("it does not fit")
        await super().compute(forecast_key, series, shown=shown)


def test_a_series_that_cannot_be_forecast_keeps_no_other_waiting_and_is_tried_again(
    three: Database, workers: CountingWorkers, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with refreshing(three, workers, kind=StumblingService) as (_, service):
            await becomes_true(lambda: due(three) == [KEYS[0]])
            assert isinstance(service, StumblingService)
            service.mended = True
            await becomes_true(lambda: due(three) == [])

    run(work())
    assert f"Cannot make a forecast of {KEYS[0]}" in caplog.text


def test_a_method_that_fails_in_the_worker_does_not_end_the_refresher(
    three: Database, workers: CountingWorkers, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with refreshing(three, workers, specification=Specification("no-such-model", 0)):
            before = workers.given
            await becomes_true(lambda: workers.given >= before + 6)

    run(work())
    assert all(f"Cannot make a forecast of {key}" in caplog.text for key in KEYS)


def test_a_store_that_is_away_for_a_while_does_not_end_the_refresher(
    unmigrated: Database, workers: CountingWorkers, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with refreshing(unmigrated, workers):
            await becomes_true(
                lambda: "Cannot ask the store which forecasts are due" in caplog.text
            )
            await asyncio.to_thread(fill)
            await becomes_true(lambda: archive_size(unmigrated) == 1)

    def fill() -> None:
        unmigrated.upgrade()
        with unmigrated.writing() as session:
            make_series(session, KEYS[0])
            publish(
                session, "cbp", "2026-01-15", *(figure(KEYS[0], period, 1000) for period in MONTHS)
            )

    run(work())


def test_figures_that_come_during_a_computation_are_forecast_too(
    three: Database, workers: CountingWorkers, tmp_path: Path
) -> None:
    async def work() -> None:
        before = workers.given
        workers.occupy(until=tmp_path / "enough")
        async with refreshing(three, workers) as (refresher, _):
            await becomes_true(lambda: workers.given == before + 1)
            await asyncio.to_thread(add_january, three, KEYS[2])
            refresher.wake()
            (tmp_path / "enough").touch()
            await becomes_true(lambda: due(three) == [])
        # not the west of before January, which nobody needs any more
        assert workers.given == before + 3

    run(work())


def test_while_a_forecast_is_recomputed_the_last_one_is_served_as_stale_unless_waited_for(
    three: Database, workers: CountingWorkers, tmp_path: Path
) -> None:
    async def work() -> None:
        pools = Pools(three, workers, Clock())
        service = ForecastService(three, workers, pools, Clock(), seed=0)
        first = await service.forecast(KEYS[0], model=SPECIFICATION.model)
        assert not first.stale
        await asyncio.to_thread(add_january, three, KEYS[0])
        workers.occupy(until=tmp_path / "enough")
        last = await service.forecast(KEYS[0], model=SPECIFICATION.model)
        assert last.stale
        assert last.archived.id == first.archived.id
        waiting = asyncio.create_task(
            service.forecast(KEYS[0], model=SPECIFICATION.model, fresh=True)
        )
        again = await service.forecast(KEYS[0], model=SPECIFICATION.model)
        assert again.stale
        assert not waiting.done()
        (tmp_path / "enough").touch()
        fresh = await waiting
        assert not fresh.stale
        assert str(fresh.archived.origin) == "2026-01"
        await service.close()

    run(work())


@pytest.fixture(scope="module")
def client(stores: Stores, migrated_url: str) -> Iterator[ServiceClient]:
    """Somebody who loads figures into a service that keeps its forecasts fresh."""
    url = stores.copy(migrated_url)
    with open_client(url, refresh=True) as client:
        yield client
    stores.drop(url)


def forecast(client: ServiceClient, series: str, **asked: str) -> dict[str, object]:
    answer = client.client.get("/forecast", params={"series": series, "horizon": "3"} | asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_load_over_http_makes_its_forecasts_due_and_they_are_refreshed_unasked(
    client: ServiceClient,
) -> None:
    series = client.new_series()
    loaded = client.load("cbp", "2026-01-15", *(said(series, month, 1000) for month in MONTHS))
    assert loaded.json()["due"] == [series]
    until(lambda: archive_size(client.database) >= 1, "the first forecast is made", within=SECONDS)
    client.load("cbp", "2026-02-15", said(series, "2026-01", 900))
    until(lambda: archive_size(client.database) >= 2, "the next forecast is made", within=SECONDS)
    answer = forecast(client, series)
    assert (answer["origin"], answer["stale"]) == ("2026-01", False)


def test_after_a_load_the_last_forecast_is_served_as_stale_and_fresh_waits(
    client: ServiceClient,
) -> None:
    series = client.new_series()
    model = {"model": SPECIFICATION.model}  # which is not refreshed unasked
    client.load("cbp", "2026-01-15", *(said(series, month, 1000) for month in MONTHS))
    assert forecast(client, series, **model)["stale"] is False
    client.load("cbp", "2026-02-15", said(series, "2026-01", 900))
    answer = forecast(client, series, **model)
    assert (answer["origin"], answer["stale"]) == ("2025-12", True)
    answer = forecast(client, series, fresh="true", **model)
    assert (answer["origin"], answer["stale"]) == ("2026-01", False)
    assert forecast(client, series, **model)["stale"] is False


def test_a_new_service_on_the_store_catches_up_with_a_load_that_the_last_one_did_not(
    stores: Stores, migrated_url: str
) -> None:
    url = stores.copy(migrated_url)
    with open_client(url, refresh=False) as client:
        series = client.new_series()
        client.load("cbp", "2026-01-15", *(said(series, month, 1000) for month in MONTHS))
        assert archive_size(client.database) == 0
    app = create_app(Settings(database_url=url, workers=1, refresh=True), clock=lambda: NOW)
    database = Database(url)
    with TestClient(app):
        until(lambda: archive_size(database) == 1, "the forecast is made", within=SECONDS)
    database.close()
    stores.drop(url)
