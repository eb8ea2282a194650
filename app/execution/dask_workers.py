"""The workers of a Dask cluster, connected to again if their scheduler was restarted.

Dask's client connects again by itself, but only for a while, and not to a scheduler that was
stopped in good order; then every call on it fails. So the connection is watched here, and a lost
client is replaced.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar

from app.config import UnusableSetting
from app.errors import WorkersUnavailable

P = ParamSpec("P")
T = TypeVar("T")

DASK = "dask://"
CONNECT_SECONDS = 5  # a scheduler that is there answers in a fraction of one
LOOK_SECONDS = 1.0  # how often to look whether the scheduler is still there
RETRIES = 3  # how often what a worker died of is given to another

log = logging.getLogger(__name__)


class DaskWorkers(Executor):
    """The workers of a Dask cluster.

    What one of them was at when it died, another one does. What was under way when the scheduler
    stopped fails with WorkersUnavailable, and so does every call until one answers again.
    """

    def __init__(self, address: str, *, patience: float = CONNECT_SECONDS) -> None:
        """Connect to a scheduler.

        Raises OSError where there is none, ValueError without the extra `dask`.
        """
        self.address = address
        self._lock = threading.Lock()
        self._under_way: set[Future[Any]] = set()
        self._ended = threading.Event()
        self._client: Any = _connect(address, patience)
        self._executor = self._new_executor()
        self._watch = threading.Thread(target=self._keep_connected, daemon=True)
        self._watch.start()

    @property
    def connected(self) -> bool:
        """Whether the scheduler was there when it was last heard of."""
        stream = self._client.scheduler_comm
        return self._client.status == "running" and stream is not None and not stream.comm.closed()

    @property
    def size(self) -> int:
        """How many workers the cluster has now."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    @property
    def under_way(self) -> int:
        """How many calls it was given and has not ended."""
        return len(self._under_way)

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Have a call made. Raises WorkersUnavailable while no scheduler answers."""
        with self._lock:
            if not self.connected:
                raise WorkersUnavailable(self.address)
            inner = self._executor.submit(call, *args, **kwargs)
            outer: Future[T] = Future()
            self._under_way.add(outer)
        outer.add_done_callback(partial(self._forget, inner))
        inner.add_done_callback(partial(self._pass_on, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """Give up what is under way and leave the cluster, which goes on."""
        self._ended.set()
        self._watch.join()
        self._client.close()

    def _new_executor(self) -> Executor:
        executor: Executor = self._client.get_executor(pure=False, retries=RETRIES)
        return executor

    def _pass_on(self, outer: "Future[T]", inner: "Future[T]") -> None:
        """Settle a call as Dask has, unless it was cancelled or given up before."""
        with suppress(InvalidStateError):
            if inner.cancelled():  # by Dask, which has lost the scheduler
                outer.set_exception(WorkersUnavailable(self.address))
                return
            error = inner.exception()
            if error is None:
                outer.set_result(inner.result())
            else:
                outer.set_exception(error)

    def _forget(self, inner: "Future[T]", outer: "Future[T]") -> None:
        with self._lock:
            self._under_way.discard(outer)
        if outer.cancelled():
            inner.cancel()

    def _keep_connected(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            if not self.connected:
                self._connect_again()

    def _connect_again(self) -> None:
        log.warning("The Dask scheduler at %s does not answer; will try again", self.address)
        with self._lock:
            lost = list(self._under_way)
        for future in lost:
            with suppress(InvalidStateError):
                future.set_exception(WorkersUnavailable(self.address))
        self._client.close(timeout=LOOK_SECONDS)
        while not self._ended.wait(LOOK_SECONDS):
            try:
                client = _connect(self.address, CONNECT_SECONDS)
            except OSError:
                continue
            except Exception:
                log.exception("Cannot connect to the Dask scheduler at %s", self.address)
                continue
            with self._lock:
                self._client = client
                self._executor = self._new_executor()
            log.warning("Connected to the Dask scheduler at %s again", self.address)
            return


def _connect(address: str, patience: float) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415 (of the extra `dask`)
    except ModuleNotFoundError as missing:
        raise UnusableSetting(
            f"BORDERCAST_EXECUTOR is {DASK}{address}, which needs {missing.name}. Run "
            "pip install 'bordercast[dask]'."
        ) from missing
    connect: Any = Client
    try:
        return connect(f"tcp://{address}", timeout=patience, set_as_default=False)
    except OSError as error:
        port = address.rpartition(":")[2]
        raise OSError(
            f"No Dask scheduler answers at {address}. Start one there (dask scheduler "
            f"--port {port}), or unset BORDERCAST_EXECUTOR to compute on this machine."
        ) from error
