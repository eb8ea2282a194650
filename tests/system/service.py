"""The real thing: `bordercast` in processes of its own, on a free port, watched from outside."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil

from tests.system import forked

ROOT = Path(__file__).parents[2]
BORDERCAST = str(Path(sys.prefix) / "bin" / "bordercast")
PATIENCE = 150  # seconds until something is taken never to happen; a first computation has to fit
SHORTLY = 20  # seconds in which a process that was told to end has to have ended
# Of each service: every one more would spend seconds of a busy machine on its imports.
WORKERS = "2"


def until(happened: Callable[[], Any], what: str, *, within: float = PATIENCE) -> Any:
    """The first true answer of `happened`; fails the test that waits for it in vain."""
    deadline = time.monotonic() + within
    while not (answer := happened()):
        assert time.monotonic() < deadline, f"waited {within:.0f} s in vain: {what}"
        time.sleep(0.02)
    return answer


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(store: str | Path, **more: str) -> dict[str, str]:
    """Of a command on a store, given as a file of SQLite or as a URL."""
    url = store if isinstance(store, str) else f"sqlite:///{store}"
    return {
        **os.environ,
        "BORDERCAST_DATABASE_URL": url,
        "BORDERCAST_WORKERS": WORKERS,
        "BORDERCAST_COMPARISON_SERIES": "0",  # they would take minutes beside the tests
        **more,
    }


def bordercast(
    *arguments: str | Path, store: str | Path, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return forked.run([*map(str, arguments)], environment(store, **environ), within=PATIENCE)


def is_one_sentence(said: str) -> bool:
    return said.endswith("\n") and said.count("\n") == 1 and "Traceback" not in said


@dataclass
class Service:
    """A started `bordercast run` or another command that serves; what it says is in a file."""

    command: Sequence[str]
    port: int
    store: Path
    log: Path
    env: Mapping[str, str]
    folder: Path = ROOT
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a process group of its own, as a terminal gives it
            )

    @classmethod
    def run(
        cls, store: Path, *, command: str = "run", prepare: int = 4 * PATIENCE, **environ: str
    ) -> "Service":
        """By default it serves once every forecast is there, however busy the machine is."""
        port = free_port()
        log = store.with_name(f"{store.stem}-{port}.log")
        options = ["--prepare", str(prepare)] if command == "run" else []
        command_line = [BORDERCAST, command, "--port", str(port), *options]
        return cls(command_line, port, store, log, environment(store, **environ))

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind, whatever happened."""
        left = self.children()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for child in left:
            if child.is_running():
                child.kill()

    def children(self) -> list[psutil.Process]:
        """Every process that it has started and that still is."""
        try:
            return list(psutil.Process(self.process.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return []

    def workers(self) -> list[psutil.Process]:
        """Those of its processes that fit forecasts, or are about to."""
        return [child for child in self.children() if "multiprocessing.spawn" in _command_of(child)]

    def said(self) -> str:
        return self.log.read_text()

    def until(self, happened: Callable[[], Any], what: str) -> Any:
        """The first true answer of `happened`; fails the test where the service ends before."""

        def happened_while_it_runs() -> Any:
            assert self.process.poll() is None, (
                f"ended with {self.process.returncode}: {self.said()}"
            )
            return happened()

        return until(happened_while_it_runs, what)

    def serves(self) -> bool:
        """Whether it is ready."""
        try:
            return bool(self.get("/ready")["status"] == "ok")
        except OSError:  # not there yet, or says 503
            return False

    def until_it_serves(self) -> "Service":
        self.until(self.serves, "the service answers")
        return self

    def get(self, path: str) -> Any:
        """The JSON at a path. Raises HTTPError."""
        return json.loads(self.text(path))

    def post(self, path: str, document: Any) -> Any:
        """The JSON that answers a document. Raises HTTPError."""
        headers = {"Content-Type": "application/json"}
        request = Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(document).encode(), headers
        )
        with urlopen(request, timeout=PATIENCE) as response:
            return json.load(response)

    def text(self, path: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as response:
            return str(response.read().decode())

    def interrupt(self) -> None:
        """Ctrl-C: the terminal sends it to every process of the group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def exit_code(self) -> int:
        """Once it has ended, which has to be shortly."""
        return self.process.wait(SHORTLY)


def _command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def has_loaded(package: str, process: psutil.Process) -> bool:
    """Whether a process has loaded compiled modules of a package."""
    try:
        return any(f"/{package}/" in mapped.path for mapped in process.memory_maps())
    except psutil.NoSuchProcess:
        return False


def still_alive(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Which of the processes have not ended shortly."""
    _, alive = psutil.wait_procs(processes, timeout=SHORTLY)
    return list(alive)


def ask(store: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a store in a file, read by SQLite itself; none where it has no such table yet."""
    if not store.exists():
        return []
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise


def count(store: Path, table: str) -> int:
    found = ask(store, f"SELECT count(*) FROM {table}")
    return int(found[0][0]) if found else 0


def rows(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a store in a file keeps, table by table, but not what is of the moment: who
    computes, and the token of its state."""
    tables = [
        name
        for (name,) in ask(store, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if name not in ("computations", "store_state") and not name.startswith("sqlite_")
    ]
    return {name: sorted(ask(store, f"SELECT * FROM {name}"), key=repr) for name in tables}
