"""Serving HTTP until told to stop."""

import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from app.charts.renderer import ChartRenderer
from app.config import Settings, split_list
from app.execution.executors import new_executor
from app.http.protocol import ConnectionLimits, allow_connections, new_protocol
from app.logs import configure_logging
from app.main import create_app

LEADER_LOCK = "BORDERCAST_LEADER_LOCK"  # tells processes of one service the file; no setting
SWITCH_SECONDS = 0.0005  # after which a thread that reads the store lets the event loop go on
GRACE_SECONDS = 5  # how long requests under way may take to finish at the end
START_SECONDS = 60  # how long one of several processes may take until it answers its supervisor


class Terminated(SystemExit):
    """Somebody has sent SIGTERM."""


@contextmanager
def exit_on_sigterm() -> Iterator[None]:
    """Have SIGTERM raise Terminated, as Ctrl-C raises KeyboardInterrupt, so that all is closed.

    Left to itself it ends the process where it is, and the semaphores of its pools are found
    leaked.
    """
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, _frame: FrameType | None) -> None:
    raise Terminated(128 + number)  # what a shell says of a process that a signal has ended


@contextmanager
def bind_address(host: str, port: int) -> Iterator[socket.socket]:
    """Hold an address before long work starts, so that a taken port is said at once.

    Nobody can connect before serving begins. Raises OSError that says what to do.
    """
    family, kind, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(place)
        except OSError as error:
            raise OSError(
                f"Cannot serve on {host}:{port} ({error.strerror}). Choose another port."
            ) from error
        yield bound


def serve(
    settings: Settings, address: socket.socket, charts: ChartRenderer, *, processes: int = 1
) -> None:
    """Serve until Ctrl-C or SIGTERM; then finish the requests under way and end the workers.

    With several processes, each has a renderer and workers of its own, and `charts` is closed.
    After SIGTERM it returns only within `exit_on_sigterm`. Raises what `new_executor` raises,
    before anything is served.
    """
    if processes > 1:
        charts.close()
        _serve_in_processes(address, processes)
        return
    sys.setswitchinterval(SWITCH_SECONDS)
    application = create_app(settings, executor=new_executor(settings), charts=charts)
    limits = ConnectionLimits(connections=allow_connections(settings.connections))
    proxies = split_list(settings.trusted_proxies)
    config = uvicorn.Config(
        application,
        http=new_protocol(limits),
        ws="none",
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=None,
        access_log=False,
    )
    configure_logging(settings.log_format)
    try:
        uvicorn.Server(config).run(sockets=[address])
    except (KeyboardInterrupt, Terminated):
        return  # uvicorn has shut down by now and only passes the signal on


def _serve_in_processes(address: socket.socket, processes: int) -> None:
    """Serve in several processes, and replace each one that dies."""
    with tempfile.TemporaryDirectory(prefix="bordercast-") as folder:
        os.environ[LEADER_LOCK] = str(Path(folder) / "leader.lock")
        config = ProcessConfig(
            "app.serving:new_process_app",
            factory=True,
            workers=processes,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_worker_healthcheck=START_SECONDS,
            log_config=None,
            access_log=False,
        )
        Multiprocess(config, sockets=[address]).run()


class ProcessConfig(uvicorn.Config):
    """The configuration of several processes; each prepares itself when it sets up its log."""

    def configure_logging(self) -> None:
        super().configure_logging()
        configure_logging(Settings().log_format)
        if (parent := multiprocessing.parent_process()) is not None:
            signal.signal(signal.SIGTERM, _terminate)  # as `exit_on_sigterm` does
            threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def new_process_app() -> FastAPI:
    """The application of one of several processes."""
    sys.setswitchinterval(SWITCH_SECONDS)
    charts = ChartRenderer()
    charts.begin()
    return create_app(Settings(), charts=charts, leader_lock=Path(os.environ[LEADER_LOCK]))


def _end_with(parent: int) -> None:
    """End this process when the one that began it is gone, also where that was killed."""
    wait([parent])
    os.kill(os.getpid(), signal.SIGTERM)
