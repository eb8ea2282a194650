"""The desk computes each forecast once, whoever asks, whatever else goes on, and whoever dies."""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.forecasts import store
from app.forecasts.computation import compute
from app.forecasts.inputs import load_inputs
from app.forecasts.pools import Pools
from app.forecasts.service import ForecastService
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.forecasts.tables import ComputationLeaseRow
from app.storage.database import Database
from tests.app.forecasts.conftest import CountingWorkers

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MODEL = "log-random-walk"
SOUTHWEST, TUCSON = "usbp.southwest", "usbp.southwest.tucson"
SECONDS = 60  # until a test gives up on what should happen at once


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def service_of(
    database: Database, workers: CountingWorkers, clock: Clock | None = None
) -> ForecastService:
    clock = clock or Clock()
    return ForecastService(database, workers, Pools(database, workers, clock), clock, seed=0)


def identity_of(database: Database, key: str) -> ForecastKey:
    with database.reading() as session:
        given = load_inputs(session, key, today=NOW.date())
        return ForecastKey(given.history.series.id, given.data_version, Specification(MODEL, 0))


def claim(database: Database, key: str, owner: str, *, now: datetime, seconds: int) -> bool:
    forecast_key = identity_of(database, key)
    with database.writing() as session:
        return store.claim_computation(
            session, forecast_key, owner, now=now, alive_until=now + timedelta(seconds=seconds)
        )


def claims(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(ComputationLeaseRow.owner)))


async def becomes_true(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.01)


def test_simultaneous_first_requests_compute_once(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    async def ask() -> set[int]:
        service = service_of(loaded_copy, workers)
        issued = await asyncio.gather(*(service.forecast(SOUTHWEST, model=MODEL) for _ in range(8)))
        await service.close()
        return {forecast.archived.id for forecast in issued}

    before = workers.given
    assert len(asyncio.run(ask())) == 1
    assert workers.given == before + 1


def test_simultaneous_first_requests_to_two_desks_on_one_store_compute_once(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    async def ask() -> set[int]:
        services = [service_of(database, workers) for database in (loaded_copy, other)]
        issued = await asyncio.gather(
            *(service.forecast(SOUTHWEST, model=MODEL) for service in services for _ in range(3))
        )
        for service in services:
            await service.close()
        return {forecast.archived.id for forecast in issued}

    other = Database(str(loaded_copy.url))
    before = workers.given
    assert len(asyncio.run(ask())) == 1
    assert workers.given == before + 1
    other.close()


def test_a_computation_leaves_its_forecast_and_no_claim(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    issued = asyncio.run(service_of(loaded_copy, workers).forecast(SOUTHWEST, model=MODEL))
    assert (issued.archived.model, issued.archived.issued_at) == (MODEL, NOW)
    assert str(issued.archived.origin) == "2026-08"
    assert issued.archived.versions.keys() >= {"bordercast", "numpy", "python", "statsmodels"}
    assert claims(loaded_copy) == []


def test_a_forecast_is_found_again_after_a_restart(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    first = asyncio.run(service_of(loaded_copy, workers).forecast(SOUTHWEST, model=MODEL))
    before = workers.given
    again = asyncio.run(service_of(loaded_copy, workers).forecast(SOUTHWEST, model=MODEL))
    assert again.archived.id == first.archived.id
    assert workers.given == before


def test_what_another_process_is_computing_is_waited_for(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    async def ask() -> int:
        request = asyncio.create_task(
            service_of(loaded_copy, workers).forecast(SOUTHWEST, model=MODEL)
        )
        await asyncio.sleep(0.5)
        assert not request.done()
        await asyncio.to_thread(archive_as_another)
        async with asyncio.timeout(SECONDS):
            return (await request).archived.id

    def archive_as_another() -> None:
        forecast_key = identity_of(loaded_copy, SOUTHWEST)
        with loaded_copy.reading() as session:
            series = load_inputs(session, SOUTHWEST, today=NOW.date()).series
        with loaded_copy.writing() as session:
            store.archive(
                session,
                forecast_key,
                compute(series, forecast_key.specification),
                issued_at=NOW,
                live=True,
            )

    assert claim(loaded_copy, SOUTHWEST, "another", now=NOW, seconds=15)
    before = workers.given
    assert asyncio.run(ask()) == 1
    assert workers.given == before
    assert claims(loaded_copy) == []


def test_an_abandoned_computation_is_taken_over_once_its_claim_has_expired(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    clock = Clock()

    async def ask() -> str:
        request = asyncio.create_task(
            service_of(loaded_copy, workers, clock).forecast(SOUTHWEST, model=MODEL)
        )
        await asyncio.sleep(0.5)
        assert not request.done()
        clock.now += timedelta(seconds=16)
        async with asyncio.timeout(SECONDS):
            return (await request).archived.model

    assert claim(loaded_copy, SOUTHWEST, "gone", now=NOW, seconds=15)
    assert asyncio.run(ask()) == MODEL
    assert claims(loaded_copy) == []


def test_a_claim_from_a_clock_ahead_stops_nobody(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    next_year = NOW + timedelta(days=365)
    assert claim(loaded_copy, SOUTHWEST, "ahead", now=next_year, seconds=15)

    async def ask() -> str:
        async with asyncio.timeout(SECONDS):
            service = service_of(loaded_copy, workers)
            issued = await service.forecast(SOUTHWEST, model=MODEL)
            await service.close()
            return issued.archived.model

    assert asyncio.run(ask()) == MODEL
    assert claims(loaded_copy) == []


def test_one_claim_at_a_time_is_granted(loaded_copy: Database) -> None:
    assert claim(loaded_copy, SOUTHWEST, "first", now=NOW, seconds=15)
    assert not claim(loaded_copy, SOUTHWEST, "second", now=NOW, seconds=15)
    assert claim(loaded_copy, TUCSON, "second", now=NOW, seconds=15)
    assert sorted(claims(loaded_copy)) == ["first", "second"]


def test_a_claim_that_is_kept_does_not_expire(loaded_copy: Database) -> None:
    claim(loaded_copy, SOUTHWEST, "first", now=NOW, seconds=15)
    later = NOW + timedelta(seconds=20)
    with loaded_copy.writing() as session:
        forecast_key = identity_of(loaded_copy, SOUTHWEST)
        store.keep_claim(session, forecast_key, "first", alive_until=later + timedelta(seconds=15))
    assert not claim(loaded_copy, SOUTHWEST, "second", now=later, seconds=15)


def test_only_its_owner_keeps_or_gives_up_a_claim(loaded_copy: Database) -> None:
    claim(loaded_copy, SOUTHWEST, "first", now=NOW, seconds=15)
    forecast_key = identity_of(loaded_copy, SOUTHWEST)
    with loaded_copy.writing() as session:
        store.give_up_claim(session, forecast_key, "second")
        store.keep_claim(session, forecast_key, "second", alive_until=NOW + timedelta(days=1))
    assert claims(loaded_copy) == ["first"]
    assert claim(loaded_copy, SOUTHWEST, "second", now=NOW + timedelta(seconds=16), seconds=15)


def test_an_archived_forecast_is_not_kept_waiting_by_a_fit_of_another_series(
    loaded_copy: Database, workers: CountingWorkers, tmp_path: Path
) -> None:
    async def ask() -> None:
        service = service_of(loaded_copy, workers)
        await service.forecast(SOUTHWEST, model=MODEL)
        workers.occupy(until=tmp_path / "enough")
        slow = asyncio.create_task(service.forecast(TUCSON, model=MODEL))
        await becomes_true(lambda: claims(loaded_copy) != [])
        async with asyncio.timeout(SECONDS):
            await service.forecast(SOUTHWEST, model=MODEL)
        assert not slow.done()
        (tmp_path / "enough").touch()
        async with asyncio.timeout(SECONDS):
            await slow

    asyncio.run(ask())


def test_a_desk_that_closes_gives_its_claims_back(
    loaded_copy: Database, workers: CountingWorkers, tmp_path: Path
) -> None:
    async def ask() -> None:
        service = service_of(loaded_copy, workers)
        workers.occupy(until=tmp_path / "enough")
        request = asyncio.create_task(service.forecast(SOUTHWEST, model=MODEL))
        await becomes_true(lambda: claims(loaded_copy) != [])
        await service.close()
        assert claims(loaded_copy) == []
        (tmp_path / "enough").touch()
        with pytest.raises(asyncio.CancelledError):
            await request

    asyncio.run(ask())


def test_a_worker_that_was_killed_is_replaced(
    loaded_copy: Database, workers: CountingWorkers
) -> None:
    os.kill(workers.submit(os.getpid).result(SECONDS), signal.SIGKILL)
    issued = asyncio.run(service_of(loaded_copy, workers).forecast(SOUTHWEST, model=MODEL))
    assert str(issued.archived.origin) == "2026-08"


def test_a_forecast_comes_although_the_worker_was_killed_over_it(
    loaded_copy: Database, workers: CountingWorkers, tmp_path: Path
) -> None:
    async def ask() -> str:
        service = service_of(loaded_copy, workers)
        before = workers.given
        worker = workers.occupy(until=tmp_path / "never")
        request = asyncio.create_task(service.forecast(SOUTHWEST, model=MODEL))
        await becomes_true(lambda: workers.given == before + 1)
        os.kill(worker, signal.SIGKILL)
        async with asyncio.timeout(SECONDS):
            return str((await request).archived.origin)

    assert asyncio.run(ask()) == "2026-08"
