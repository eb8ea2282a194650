"""A service under loads and reads for ten minutes: memory and the write-ahead log stay flat."""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import numpy as np
import psutil

from tests.stores import SQLiteStores
from tests.system.loading import Serving, figures, prepared, serving

SECONDS = float(os.environ.get("TRIALS_SOAK_SECONDS", "600"))
SETTLED = 120 / 600  # of the time, after which memory no longer grows
MOST_GROWTH = 1.15
MOST_LOG = 64 << 20  # bytes
SLOWEST = 0.25  # seconds, the 99th percentile of cached forecasts
PAUSE = 2.0  # seconds between two loads


def test_memory_log_and_answers_stay_flat(tmp_path: Path) -> None:
    store = SQLiteStores(tmp_path)
    url = store.create()
    key = prepared(url)
    log = Path(f"{url.removeprefix('sqlite:///')}-wal")
    environ = {"BORDERCAST_WRITE_RATE": "1000000/minute"}
    with (
        serving(url, key, tmp_path, environ=environ) as service,
        ThreadPoolExecutor(2) as threads,
    ):
        service.load(figures(10, 60, stem="usbp.soak"), day="2024-01-01")
        service.says("/forecast?series=usbp.soak-0")
        end = time.monotonic() + SECONDS
        reads = threads.submit(_read, service, end)
        loads = threads.submit(_load, service, end)
        sizes, logs = [], []
        while time.monotonic() < end:
            time.sleep(SECONDS / 120)
            sizes.append(psutil.Process(service.service.process.pid).memory_info().rss)
            logs.append(log.stat().st_size if log.exists() else 0)
        statuses, durations = reads.result()
        assert loads.result() > 0
    settled = int(len(sizes) * SETTLED)
    assert max(sizes[settled:]) <= MOST_GROWTH * sizes[settled]
    assert max(logs) <= MOST_LOG
    assert not [status for status in statuses if status >= 500]
    assert np.quantile(durations, 0.99) < SLOWEST


def _read(service: Serving, end: float) -> tuple[Counter[int], list[float]]:
    """Ask for the same forecast until the end; the statuses, and the seconds of each answer."""
    statuses: Counter[int] = Counter()
    durations = []
    with httpx2.Client(base_url=service.address, timeout=30) as client:
        while time.monotonic() < end:
            started = time.monotonic()
            statuses[client.get("/forecast?series=usbp.soak-0").status_code] += 1
            durations.append(time.monotonic() - started)
            time.sleep(0.01)
    return statuses, durations


def _load(service: Serving, end: float) -> int:
    """Load a restated file again and again until the end; how many times."""
    done = 0
    while time.monotonic() < end:
        done += 1
        answer = service.load(figures(10, 60, stem="usbp.soak", add=done % 7), day="2024-01-02")
        assert answer.status_code in (200, 201), answer.text
        time.sleep(PAUSE)
    return done
