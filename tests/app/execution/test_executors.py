"""Forecasts and backtests on a Dask cluster: the same bytes, even if a worker is killed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.config import Settings
from app.errors import WorkersUnavailable
from app.execution.dask_workers import DaskWorkers
from app.execution.executors import new_executor
from app.execution.processes import ProcessWorkers
from app.forecasts.computation import compute
from app.forecasts.specification import Specification
from app.main import create_app
from app.storage.database import Database
from forecasting import Month, MonthlySeries, backtest, months_between
from tests.app.observations.publishing import figure, make_series, publish
from tests.conftest import NOW
from tests.stores import Stores
from tests.system.service import free_port, until

pytest.importorskip("distributed")

DASK = str(Path(sys.prefix) / "bin" / "dask")
SERIES = {
    "one": MonthlySeries("2016-01", [1000 + 30 * (month % 12) + 7 * month for month in range(60)]),
    "other": MonthlySeries("2016-01", [400 + 11 * (month % 7) + month**2 for month in range(60)]),
}
SECONDS = 60
TUCSON = "usbp.southwest.tucson"
FORECAST = {"series": TUCSON, "model": "log-random-walk"}


class Cluster:
    """A scheduler and its workers, each a process of its own on this machine."""

    def __init__(self, stack: ExitStack, folder: Path, *, workers: int = 2) -> None:
        self._stack = stack
        self._folder = folder
        self.address = f"127.0.0.1:{free_port()}"
        self.scheduler = self._start_scheduler()
        self.workers = [self._start_worker() for _ in range(workers)]

    def stop(self) -> None:
        """Stop the scheduler in good order, which Dask's client takes for the end."""
        self.scheduler.terminate()
        self.scheduler.wait(SECONDS)

    def start_again(self) -> None:
        self.scheduler = self._start_scheduler()
        self.workers = [self._start_worker()]

    def _start_scheduler(self) -> "subprocess.Popen[bytes]":
        return self._start("scheduler", "--host", "127.0.0.1", "--port", self.address[10:])

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        return self._start("worker", f"tcp://{self.address}", "--nthreads", "1", "--no-nanny")

    def _start(self, role: str, *arguments: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [DASK, role, *arguments, "--no-dashboard"],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(stack, tmp_path)


@pytest.fixture
def dask(cluster: Cluster) -> Iterator[DaskWorkers]:
    executor = DaskWorkers(cluster.address, patience=SECONDS)
    until(lambda: executor.size == 2, "both workers have come", within=SECONDS)
    yield executor
    executor.shutdown()


def test_a_cluster_gives_the_same_forecast(dask: DaskWorkers) -> None:
    specification = Specification("structural", seed=3)
    there = dask.submit(compute, SERIES["one"], specification).result(SECONDS)
    assert there == compute(SERIES["one"], specification)


@pytest.mark.trial
def test_a_worker_killed_in_the_middle_of_a_backtest_loses_nothing(
    cluster: Cluster, dask: DaskWorkers
) -> None:
    def kill_one(done: int, _total: int) -> None:
        if done == 3:
            cluster.workers[0].kill()

    asked: dict[str, Any] = {
        "horizon": 6,
        "first_origin": "2019-01",
        "refit_every": 4,
        "models": ["structural", "theta"],
    }
    there = backtest(SERIES, **asked, executor=dask, progress=kill_one)
    assert cluster.workers[0].wait(SECONDS) != 0
    assert cluster.workers[1].poll() is None
    here = backtest(SERIES, **asked)
    assert {name: array.tobytes() for name, array in there.arrays().items()} == {
        name: array.tobytes() for name, array in here.arrays().items()
    }


def test_the_service_answers_the_same_from_a_cluster(
    cluster: Cluster, dask: DaskWorkers, stores: Stores, loaded_url: str, client: TestClient
) -> None:
    url = stores.copy(loaded_url)
    settings = Settings(database_url=url, executor=f"dask://{cluster.address}", refresh=False)
    asked = {"series": "usbp.southwest", "model": "structural"}
    with TestClient(create_app(settings, clock=lambda: NOW)) as clustered:
        assert dask.size == 2
        answers = [one.get("/forecast", params=asked).json() for one in (clustered, client)]
        scenario = asked | {"figures": [{"period": "2026-09", "value": 9000}]}
        scenarios = [one.post("/scenario", json=scenario).json() for one in (clustered, client)]
    stores.drop(url)
    assert answers[0]["forecast"] == answers[1]["forecast"]
    assert scenarios[0] == scenarios[1]


def sleep_and_tell(seconds: float, number: int) -> int:
    time.sleep(seconds)
    return number


def test_what_a_killed_worker_was_at_is_done_by_the_other(
    cluster: Cluster, dask: DaskWorkers
) -> None:
    futures = [dask.submit(sleep_and_tell, 0.5, number) for number in range(8)]
    time.sleep(0.7)  # both are at their second
    cluster.workers[1].kill()
    assert [future.result(SECONDS) for future in futures] == list(range(8))


@pytest.mark.slow
def test_a_service_computes_again_when_its_scheduler_was_restarted(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.upgrade()
    months = months_between(Month.parse("2021-01"), Month.parse("2024-12"))
    with database.writing() as session:
        make_series(session, TUCSON)
        publish(session, "cbp", "2025-01-20", *(figure(TUCSON, str(one), 900) for one in months))
    with ExitStack() as stack:
        cluster = Cluster(stack, tmp_path, workers=0)
        settings = Settings(
            database_url=str(database.url), executor=f"dask://{cluster.address}", refresh=False
        )
        executor = DaskWorkers(cluster.address, patience=SECONDS)
        app = create_app(settings, clock=lambda: NOW, executor=executor)
        client = stack.enter_context(TestClient(app))
        assert client.get("/ready").status_code == 200
        under_way = executor.submit(abs, -1)
        cluster.stop()
        with pytest.raises(WorkersUnavailable):
            under_way.result(SECONDS)
        not_ready, refused = client.get("/ready"), client.get("/forecast", params=FORECAST)
        assert (not_ready.status_code, refused.status_code) == (503, 503)
        assert cluster.address in not_ready.json()["detail"]
        assert refused.headers["retry-after"] == "10"
        cluster.start_again()
        until(lambda: client.get("/ready").status_code == 200, "it is connected", within=SECONDS)
        assert client.get("/forecast", params=FORECAST).status_code == 200
    database.close()


def test_a_scheduler_that_does_not_answer_is_said_in_a_sentence() -> None:
    with pytest.raises(
        OSError, match=r"No Dask scheduler answers at 127\.0\.0\.1:1. Start one there"
    ):
        DaskWorkers("127.0.0.1:1", patience=1)


def test_processes_are_what_computes_by_default() -> None:
    executor = new_executor(Settings(workers=1))
    assert isinstance(executor, ProcessWorkers)
    executor.shutdown()


@pytest.mark.parametrize("executor", ["threads", "dask://", "dask://host", "tcp://host:8786", ""])
def test_another_executor_is_refused(executor: str) -> None:
    with pytest.raises(ValidationError, match="executor"):
        Settings(executor=executor)
