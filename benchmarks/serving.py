"""How many reads a second one process answers, next to a bare FastAPI endpoint of the same bytes.

python -m benchmarks.serving [--store FILE] [--postgresql] [--seconds 4] [--rounds 3]

The service is started on a new store with the bundled record and every forecast (`--store` takes a
copy of a store that has them, which saves minutes; `--postgresql` moves it to a PostgreSQL server).
A bare application answers with the same bytes, once from a function that FastAPI calls in a thread
and once from a coroutine. Each has one process, uvicorn's default settings, and an access log that
goes to a file; wrk asks over 16 connections, in turn for each of them. It takes a few minutes.

The last table has the time of the first answer after a load of figures for another series, which
leaves nothing kept. The service does not refresh forecasts meanwhile.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psutil
from fastapi import FastAPI, Response

from app.keys.issuing import WRITE, add_key
from app.storage.backup import restore
from app.storage.database import Database
from benchmarks import postgresql
from tests.system.service import BORDERCAST, ROOT, Service, environment, free_port, until

PATHS = {
    "`/forecast`": "/forecast?series=usbp.southwest",
    "`/forecast/threshold`": "/forecast/threshold?series=usbp.southwest&above=10000",
    "`/history`": "/history?series=usbp.southwest",
    "`/history`, CSV": "/history?series=usbp.southwest&format=csv",
    "`/series`": "/series",
    "`/evaluation`": "/evaluation?series=usbp.southwest",
    "`/releases`": "/releases",
    "chart, SVG": "/charts/forecast.svg?series=usbp.southwest",
    "`/`": "/?series=usbp.southwest",
}
CONNECTIONS = 16
FIRST_ANSWERS = 15  # loads after which each first answer is timed
LOADED = "uk.small-boats"  # the series whose figures are loaded; none of the paths shows it
BODIES = "BENCHMARK_BODIES"


def bare_app() -> FastAPI:
    """Endpoints that answer with the files of a folder: `/threaded/0`, `/async/0`, ..."""
    app = FastAPI()
    for file in sorted(Path(os.environ[BODIES]).iterdir()):
        body = file.read_bytes()
        app.get(f"/threaded/{file.name}")(_in_thread(body))
        app.get(f"/async/{file.name}")(_in_loop(body))
    return app


def _in_thread(body: bytes) -> Callable[[], Response]:
    def endpoint() -> Response:
        return Response(body, media_type="application/json")

    return endpoint


def _in_loop(body: bytes) -> Callable[[], object]:
    async def endpoint() -> Response:
        return Response(body, media_type="application/json")

    return endpoint


@dataclass(frozen=True)
class Rate:
    """Requests per second of wall time, and microseconds of the process for each."""

    per_second: float
    microseconds: float


def ask_repeatedly(process: psutil.Process, url: str, seconds: int, *headers: str) -> Rate:
    """What wrk measures. Raises RuntimeError if an answer is not 2xx or 3xx."""
    given = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *given, url]
    before = process.cpu_times()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = process.cpu_times()
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{url} failed under load: {said}")
    requests = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])  # type: ignore[index]
    used = after.user + after.system - before.user - before.system
    return Rate(rate, 1e6 * used / requests)


def best(rates: list[Rate]) -> Rate:
    """The least disturbed round: the highest rate, and the lowest cost."""
    return Rate(max(r.per_second for r in rates), min(r.microseconds for r in rates))


@contextmanager
def bare_service(bodies: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The bare application; its address and process."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "benchmarks.serving:bare_app"]
    with (bodies.parent / "bare.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, BODIES: str(bodies)},
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(port), "the bare service answers")
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", "/async/0")
        return connection.getresponse().status == http.HTTPStatus.OK
    except ConnectionError:
        return False
    finally:
        connection.close()


def measure_rates(service: Service, folder: Path, seconds: int, rounds: int) -> Iterator[str]:
    """A row for each path."""
    bodies = folder / "bodies"
    bodies.mkdir()
    tags = []
    for number, path in enumerate(PATHS.values()):
        body, tag = fetch(service.port, path)
        (bodies / str(number)).write_bytes(body)
        tags.append(tag)
    serving = psutil.Process(service.process.pid)
    with bare_service(bodies) as (bare, bare_process):
        for number, (name, path) in enumerate(PATHS.items()):
            url = f"http://127.0.0.1:{service.port}{path}"
            threaded, coroutine, kept, unchanged = [], [], [], []
            for _ in range(rounds):
                threaded.append(ask_repeatedly(bare_process, f"{bare}/threaded/{number}", seconds))
                kept.append(ask_repeatedly(serving, url, seconds))
                unchanged.append(
                    ask_repeatedly(serving, url, seconds, f"If-None-Match: {tags[number]}")
                )
                coroutine.append(ask_repeatedly(bare_process, f"{bare}/async/{number}", seconds))
            yield _row(
                name,
                (bodies / str(number)).stat().st_size,
                best(threaded),
                best(coroutine),
                best(kept),
                best(unchanged),
            )


def _row(name: str, size: int, threaded: Rate, coroutine: Rate, kept: Rate, unchanged: Rate) -> str:
    return (
        f"| {name} | {size / 1000:,.0f} | {threaded.per_second:,.0f} | {coroutine.per_second:,.0f} "
        f"| {kept.per_second:,.0f} | {kept.per_second / threaded.per_second:.0%} "
        f"| {unchanged.per_second:,.0f} | {unchanged.per_second / threaded.per_second:.0%} "
        f"| {threaded.microseconds:,.0f} | {kept.microseconds:,.0f} |"
    )


def fetch(port: int, path: str) -> tuple[bytes, str]:
    """The body at a path, uncompressed, and its ETag."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:500]!r}")
    return body, answer.headers["ETag"]


def measure_first_answers(service: Service, key: str) -> Iterator[str]:
    """A row for each path: milliseconds to the first answer after a load, and to the second."""
    value = int(time.time()) % 1_000_000
    for name, path in PATHS.items():
        first, second = [], []
        for _ in range(FIRST_ANSWERS):
            value += 1
            load(service.port, key, value)
            first.append(_timed(service.port, path))
            second.append(_timed(service.port, path))
        yield f"| {name} | {median(first):.1f} | {min(first):.1f} | {median(second):.1f} |"


def _timed(port: int, path: str) -> float:
    began = time.perf_counter()
    fetch(port, path)
    return 1000 * (time.perf_counter() - began)


def load(port: int, key: str, value: int) -> None:
    """Load one figure of a series that is not looked at."""
    day = (datetime.now(UTC) - timedelta(days=1)).date()
    release = {"source": "press", "title": "In the press", "published_on": day.isoformat()}
    figure = {"series": LOADED, "period": f"{day:%Y-%m}", "value": value, "qualifier": "about"}
    document = {"release": release, "observations": [figure | {"status": "P"}]}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", "/observations", json.dumps(document), headers)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status != http.HTTPStatus.CREATED:
        raise RuntimeError(f"the load was answered with {answer.status}: {said!r}")


def prepare(store: Path, given: Path | None) -> None:
    """A store with the bundled record and every forecast."""
    if given is not None:
        shutil.copyfile(given, store)
        return
    with Service.run(store) as service:
        service.until_it_serves()
        service.interrupt()
        service.exit_code()


def measure(given: Path | None, seconds: int, rounds: int, *, on_postgresql: bool) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        postgresql.server() if on_postgresql else nullcontext() as server,
    ):
        folder = Path(name)
        store = folder / "store.db"
        prepare(store, given)
        url = f"sqlite:///{store}"
        if server is not None:
            url = postgresql.new_database(server, "serving")
            database = Database(url)
            restore(database, store)
            database.close()
        database = Database(url)
        database.upgrade()
        with database.writing() as session:
            key = add_key(session, "benchmark", [WRITE], now=datetime.now(UTC))
        database.close()
        port = free_port()
        env = environment(url, BORDERCAST_REFRESH="false", BORDERCAST_WRITE_RATE="100000/minute")
        command = [BORDERCAST, "serve", "--port", str(port)]
        with Service(command, port, store, folder / "log", env) as service:
            service.until_it_serves()
            print(
                "| | kB | threaded | async | kept | share | 304 | share | µs, threaded | µs, kept |"
            )
            print("|---|---|---|---|---|---|---|---|---|---|")
            for row in measure_rates(service, folder, seconds, rounds):
                print(row, flush=True)
            print("\n| | first answer, ms | least | second |\n|---|---|---|---|")
            for row in measure_first_answers(service, key):
                print(row, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store that has every forecast")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed. Run apt-get install wrk, or see https://github.com/wg/wrk.")
    measure(asked.store, asked.seconds, asked.rounds, on_postgresql=asked.postgresql)
