"""Workers that count what they are given, and jobs that last as long as a test wants."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from app.execution.processes import ProcessWorkers


class CountingWorkers(ProcessWorkers):
    """One real worker process; `given` says how many jobs it was given."""

    def __init__(self) -> None:
        super().__init__(1)
        self.given = 0
        self._occupied: list[Path] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.given += 1
        return super().submit(call, *args, **kwargs)

    def occupy(self, until: Path) -> int:
        """Keep the worker busy until a file exists; returns its process id once it is."""
        self._occupied.append(until)
        begun = until.with_suffix(".begun")
        super().submit(wait_for, until, begun)
        wait_for(begun)
        return int(begun.read_text())

    def close(self) -> None:
        """Also where a test failed while it kept the worker busy."""
        for until in self._occupied:
            until.touch()
        super().close()


def wait_for(path: Path, begun: Path | None = None) -> None:
    """Runs until a file exists."""
    if begun is not None:
        written = begun.with_suffix(".part")
        written.write_text(str(os.getpid()))
        written.rename(begun)
    while not path.exists():
        time.sleep(0.01)


@pytest.fixture(scope="module")
def workers() -> Iterator[CountingWorkers]:
    workers = CountingWorkers()
    yield workers
    workers.close()
