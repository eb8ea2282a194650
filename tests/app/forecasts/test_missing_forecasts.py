"""Forecasts that are missing are computed in a batch, whatever happens to the workers."""

import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from app.forecasts.missing_forecasts import compute_all, find_missing
from app.forecasts.specification import Specification
from app.storage.database import Database
from tests.app.forecasts.conftest import CountingWorkers
from tests.system.service import until

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPECIFICATION = Specification("log-random-walk", 0)


def test_a_batch_is_computed_whole_although_a_worker_was_killed(
    loaded_copy: Database, workers: CountingWorkers, tmp_path: Path
) -> None:
    with loaded_copy.reading() as session:
        todo = find_missing(session, SPECIFICATION, today=NOW.date())[:3]
    before, busy = workers.given, workers.occupy(until=tmp_path / "never")

    def kill_when_all_are_waiting() -> None:
        until(lambda: workers.given == before + len(todo), "the batch waits for the worker")
        os.kill(busy, signal.SIGKILL)

    killing = threading.Thread(target=kill_when_all_are_waiting)
    killing.start()
    done = [*compute_all(loaded_copy, workers, todo, lambda: NOW)]
    killing.join()
    assert sorted(done) == sorted(one.key for one in todo)
    assert workers.given == before + 2 * len(todo)
