"""Serving HTTP until told to stop."""

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from app.charts.renderer import ChartRenderer
from app.config import Settings
from app.execution.executors import new_executor
from app.keys.authorization import RedactKeys
from app.main import create_app

GRACE_SECONDS = 5  # how long requests under way may take to finish at the end


class Terminated(SystemExit):
    """Somebody has sent SIGTERM."""


@contextmanager
def exit_on_sigterm() -> Iterator[None]:
    """Have SIGTERM raise Terminated, as Ctrl-C raises KeyboardInterrupt, so that all is closed.

    Left to itself it ends the process where it is, and the semaphores of its pools are found
    leaked.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        raise Terminated(128 + number)  # what a shell says of a process that a signal has ended

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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


def serve(settings: Settings, address: socket.socket, charts: ChartRenderer) -> None:
    """Serve until Ctrl-C or SIGTERM; then finish the requests under way and end the workers.

    After SIGTERM it returns only within `exit_on_sigterm`. Raises what `new_executor` raises,
    before anything is served.
    """
    application = create_app(settings, executor=new_executor(settings), charts=charts)
    config = uvicorn.Config(application, timeout_graceful_shutdown=GRACE_SECONDS)
    logging.getLogger("uvicorn.access").addFilter(RedactKeys())
    try:
        uvicorn.Server(config).run(sockets=[address])
    except (KeyboardInterrupt, Terminated):
        return  # uvicorn has shut down by now and only passes the signal on
