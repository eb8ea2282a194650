"""What readers who cause computing cost those who do not.

python -m benchmarks.overload [--store FILE] [--seconds 60] [--clients 8] [--charts 300]

The service is started on a new store with the bundled record and every forecast (`--store` takes a
copy of a store that has them, which saves minutes). One visitor asks for a cached `/forecast` every
20 ms over one connection, first by himself and then while `--clients` clients, each from an address
of its own, ask for the forecasts of distinct past days one after the other, also after a
refusal. Then one client sends `--charts` requests for distinct
charts and drops them all, and the next visitor, from another address and from the same one, asks
for one more.
"""

import argparse
import http.client
import multiprocessing
import shutil
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from app.storage.database import Database
from tests.system.service import BORDERCAST, Service, environment, free_port

CACHED = "/forecast?series=usbp.southwest"
PAUSE = 0.02  # seconds between two cached reads
PATIENCE = 60  # seconds
FIRST_DAY, LAST_DAY = date(2022, 1, 1), date(2026, 9, 1)
VISITOR, DROPPER = "127.0.0.1", "127.0.0.2"


@dataclass
class Reads:
    """What one kind of request was answered with, and how long it took, in seconds."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        """In milliseconds."""
        return 1000 * float(np.quantile(self.seconds, share))


def connect(port: int, address: str) -> http.client.HTTPConnection:
    """A connection from one of this machine's own addresses: a client of its own."""
    return http.client.HTTPConnection(
        "127.0.0.1", port, timeout=PATIENCE, source_address=(address, 0)
    )


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, float]:
    """The status of an answer, and the seconds that it took."""
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, time.perf_counter() - began


def read_cached(port: int, seconds: float) -> Reads:
    """Ask for one kept answer again and again. Runs in a process of its own."""
    found, end = Reads(), time.monotonic() + seconds
    connection = connect(port, VISITOR)
    while time.monotonic() < end:
        status, took = ask(connection, CACHED)
        found.statuses[status] += 1
        found.seconds.append(took)
        time.sleep(PAUSE)
    connection.close()
    return found


def ask_for_past_days(port: int, seconds: float, clients: int) -> Reads:
    """Have clients ask for distinct past days, each for its next one as soon as it may."""
    found, end = Reads(), time.monotonic() + seconds
    days = _distinct_days()

    def ask_on(address: str) -> None:
        connection = connect(port, address)
        while time.monotonic() < end:
            path = f"/forecast?series=usbp.southwest&as_of={days.get()}"
            try:
                status, took = ask(connection, path)
            except TimeoutError:
                status, took = 0, float(PATIENCE)
                connection.close()
            found.statuses[status] += 1
            found.seconds.append(took)

    threads = [
        threading.Thread(target=ask_on, args=(f"127.0.0.{10 + at}",)) for at in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _distinct_days() -> SimpleQueue[date]:
    """Past days, in an order in which neighbors are years apart."""
    days: SimpleQueue[date] = SimpleQueue()
    count = (LAST_DAY - FIRST_DAY).days
    step = 619  # has no divisor in common with the number of days
    for at in range(count):
        days.put(FIRST_DAY + timedelta(days=(at * step) % count))
    return days


def drop_charts(port: int, count: int) -> None:
    """Ask for distinct charts at once and wait for none of them."""
    sockets = []
    for at in range(count):
        sent = socket.create_connection(("127.0.0.1", port), source_address=(DROPPER, 0))
        sent.sendall(f"GET {_chart(400 + at)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        sockets.append(sent)
    for sent in sockets:
        sent.close()


def _chart(width: int) -> str:
    return f"/charts/forecast.png?series=usbp.southwest&width={width}"


def time_chart(port: int, address: str, width: int) -> tuple[int, float]:
    """The status of a chart that nobody has asked for yet, and the seconds until it is there."""
    connection = connect(port, address)
    try:
        return ask(connection, _chart(width))
    finally:
        connection.close()


def measure_past_days(port: int, seconds: float, clients: int) -> tuple[Reads, Reads, Reads]:
    """Cached reads alone, cached reads beside clients who ask for past days, and what these got."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.apply(read_cached, (port, 2.0))  # warm
        alone = pool.apply(read_cached, (port, seconds))
        beside = pool.apply_async(read_cached, (port, seconds))
        asked = pool.apply(ask_for_past_days, (port, seconds, clients))
        return alone, beside.get(), asked


def prepare(store: Path, given: Path | None) -> None:
    """A store with the bundled record and every forecast."""
    if given is not None:
        shutil.copyfile(given, store)
        database = Database(f"sqlite:///{store}")
        database.upgrade()
        database.close()
        return
    with Service.run(store) as service:
        service.until_it_serves()
        service.interrupt()
        service.exit_code()


@contextmanager
def serving(store: Path) -> Iterator[int]:
    """A service with its default limits that answers from what it keeps; its port."""
    port = free_port()
    env = environment(store, BORDERCAST_REFRESH="false")
    for setting in ("BORDERCAST_WORKERS", "BORDERCAST_COMPUTING_RATE"):  # as tests set them
        env.pop(setting, None)
    log = store.with_suffix(".log")
    with Service([BORDERCAST, "serve", "--port", str(port)], port, store, log, env) as service:
        service.until_it_serves()
        for path in (CACHED, _chart(399)):  # the processes that draw and fit are there then
            status, _ = ask(connect(port, VISITOR), path)
            if status != http.client.OK:
                raise RuntimeError(f"{path} was answered with {status}")
        yield port


def measure_charts(port: int, charts: int) -> Iterator[tuple[str, int, float]]:
    """After so many dropped requests: who asks for a chart, the status, and the seconds."""
    for width, (told, address) in enumerate((("another", VISITOR), ("the same", DROPPER)), 1000):
        drop_charts(port, charts)
        status, took = time_chart(port, address, width)
        yield told, status, took


def measure(given: Path | None, seconds: float, clients: int, charts: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = Path(name) / "store.db"
        prepare(store, given)
        with serving(store) as port:
            before = store.stat().st_size
            alone, beside, asked = measure_past_days(port, seconds, clients)
            print("| cached `/forecast` | answers | p50, ms | p99, ms | most, ms |")
            print("|---|---|---|---|---|")
            for told, reads in (("alone", alone), (f"beside {clients} clients", beside)):
                print(
                    f"| {told} | {len(reads.seconds)} | {reads.quantile(0.5):.1f} "
                    f"| {reads.quantile(0.99):.1f} | {reads.quantile(1):.1f} |"
                )
            ratio = beside.quantile(0.99) / alone.quantile(0.99)
            print(f"\np99 beside over alone: {ratio:.2f}")
            print(f"statuses of cached reads: {dict(beside.statuses)}")
            print(f"statuses of past days: {dict(asked.statuses)}")
            print(f"a past day, p50: {asked.quantile(0.5):.0f} ms")
            print(f"growth of the store: {(store.stat().st_size - before) / 1e6:.1f} MB\n")
            for told, status, took in measure_charts(port, charts):
                print(
                    f"after {charts} dropped charts, a chart for {told} client: {status} in "
                    f"{1000 * took:.0f} ms"
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store that has every forecast")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--charts", type=int, default=300)
    asked_for = parser.parse_args()
    measure(asked_for.store, asked_for.seconds, asked_for.clients, asked_for.charts)
