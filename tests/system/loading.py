"""Loading figures into real services: where they run, what is sent to them, and what they keep."""

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from app.keys.issuing import WRITE, add_key
from app.storage.database import Database
from tests.system.service import BORDERCAST, PATIENCE, Service, environment, free_port, until

QUIET = {"BORDERCAST_REFRESH": "false", "BORDERCAST_WORKERS": "1"}


class Serving:
    """A service that serves a store, and a key to write to it."""

    def __init__(self, service: Service, key: str) -> None:
        self.service = service
        self.headers = {"Authorization": f"Bearer {key}"}
        self.address = f"http://127.0.0.1:{service.port}"

    def load(self, body: str, day: str = "2024-05-15", **query: Any) -> httpx2.Response:
        told = {"source": "cbp", "published_on": day, "create": "true"} | query
        return self.post("/observations", body.encode(), params=told)

    def post(self, path: str, body: bytes, **more: Any) -> httpx2.Response:
        headers = {"Content-Type": "text/csv"} | self.headers | more.pop("headers", {})
        return httpx2.post(
            f"{self.address}{path}", content=body, headers=headers, timeout=PATIENCE, **more
        )

    def later(self, body: str, **query: Any) -> "Future[httpx2.Response]":
        """Load in the background; the answer, or the error that ends it."""
        future: Future[httpx2.Response] = Future()

        def work() -> None:
            try:
                future.set_result(self.load(body, **query))
            except httpx2.HTTPError as error:
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future

    def at_once(self, *bodies: str, **query: Any) -> list[httpx2.Response]:
        with ThreadPoolExecutor(len(bodies)) as threads:
            return list(threads.map(lambda body: self.load(body, **query), bodies))

    def says(self, path: str) -> Any:
        return self.service.get(path)


def prepared(url: str, *, scope: str = WRITE) -> str:
    """Migrate a store and make a key; returns the key."""
    database = Database(url)
    database.upgrade()
    with database.writing() as session:
        key = add_key(session, "tester", [scope], now=datetime.now(UTC))
    database.close()
    return key


@contextmanager
def serving(
    url: str,
    key: str,
    folder: Path,
    *,
    before: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> Iterator[Serving]:
    """A service started on a store; `before` is what comes before the command that serves."""
    port = free_port()
    command = [*before, BORDERCAST, "serve", "--port", str(port)]
    env = environment(url, **{**QUIET, **(environ or {})})
    with Service(command, port, folder, folder / f"service-{port}.log", env) as service:
        until(lambda: answers(service), "the service answers")
        yield Serving(service, key)


def answers(service: Service) -> bool:
    """Whether it is alive; fails the test where it has ended instead."""
    assert service.process.poll() is None, (
        f"ended with {service.process.returncode}: {service.said()}"
    )
    try:
        return bool(service.get("/health")["status"] == "ok")
    except OSError:
        return False


def limited(megabytes: int) -> list[str]:
    """What starts a command that can write no file larger than this: to it, the disk is full
    then."""
    code = (
        "import os, resource, sys; "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({megabytes << 20}, {megabytes << 20})); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    return [sys.executable, "-c", code]


def kept(url: str) -> dict[str, int]:
    """How many rows a store has of what loads bring."""
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            return {
                name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0
                for name in ("series", "releases", "observations")
            }
    finally:
        database.close()


def figures(series: int, months: int, *, stem: str = "usbp.made", add: int = 0) -> str:
    """A tidy CSV file of that many series and months up to 2024-04."""
    periods = [f"{2023 - at // 12}-{12 - at % 12:02d}" for at in range(months)]
    lines = [
        f"{stem}-{one},{period},{1000 + one + at + add}\n"
        for one in range(series)
        for at, period in enumerate(periods)
    ]
    return "series,period,value\n" + "".join(lines)
