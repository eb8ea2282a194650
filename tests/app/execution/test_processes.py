"""The pool of processes leaves nothing behind when it is closed, whatever it is at."""

import threading
import time

import psutil
import pytest

from app.execution.processes import ProcessWorkers

pytestmark = pytest.mark.slow  # fits models, or starts processes

LONG = 60  # seconds


def processes() -> set[psutil.Process]:
    """Those that some pool has started here."""
    return {
        child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())
    }


def test_when_closing_returns_no_process_and_no_thread_of_the_pool_is_left() -> None:
    """One request is under way, the others wait."""
    threads, others = set(threading.enumerate()), processes()
    workers = ProcessWorkers(1)
    requests = [workers.submit(time.sleep, LONG) for _ in range(5)]
    while not requests[0].running():
        time.sleep(0.01)
    workers.close()
    assert set(threading.enumerate()) <= threads
    assert processes() <= others
    assert all(request.done() for request in requests)
    workers.close()  # again: nothing happens
