"""Where forecasts are computed: processes of this machine, or a Dask cluster.

The results are the same.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from app.config import Settings, UnusableSetting
from app.execution.processes import ProcessWorkers

P = ParamSpec("P")
T = TypeVar("T")

PROCESSES = "processes"
DASK = "dask://"
CONNECT_SECONDS = 5  # a scheduler that is there answers in a fraction of one
RETRIES = 3  # how often what a worker died of is given to another


class DaskWorkers(Executor):
    """The workers of a Dask cluster; what one of them was at when it died, another one does."""

    def __init__(self, address: str, *, patience: float = CONNECT_SECONDS) -> None:
        """Connect to a scheduler.

        Raises OSError where there is none, ValueError without the extra `dask`.
        """
        try:
            from distributed import Client  # noqa: PLC0415 (of the extra `dask`)
        except ModuleNotFoundError as missing:
            raise UnusableSetting(
                f"BORDERCAST_EXECUTOR is {DASK}{address}, which needs {missing.name}. Run "
                "pip install 'bordercast[dask]'."
            ) from missing
        connect: Any = Client
        try:
            self._client = connect(f"tcp://{address}", timeout=patience, set_as_default=False)
        except OSError as error:
            port = address.rpartition(":")[2]
            raise OSError(
                f"No Dask scheduler answers at {address}. Start one there (dask scheduler "
                f"--port {port}), or unset BORDERCAST_EXECUTOR to compute on this machine."
            ) from error
        self._executor: Executor = self._client.get_executor(pure=False, retries=RETRIES)

    @property
    def size(self) -> int:
        """How many workers the cluster has now."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        return self._executor.submit(call, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """Give up what is under way and leave the cluster, which goes on."""
        self._client.close()


def new_executor(settings: Settings, *, most: int | None = None) -> Executor:
    """What BORDERCAST_EXECUTOR names; `most` bounds the processes of this machine."""
    if settings.executor == PROCESSES:
        return ProcessWorkers(most or settings.workers)
    return DaskWorkers(settings.executor.removeprefix(DASK))


@contextmanager
def open_executor(settings: Settings, *, most: int | None = None) -> Iterator[Executor]:
    """The same, shut down at the end whatever happens."""
    executor = new_executor(settings, most=most)
    try:
        yield executor
    finally:
        executor.shutdown()
