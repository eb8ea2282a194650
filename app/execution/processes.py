"""Processes that work beside the one that answers HTTP, which never loads what fitting needs.

They are a `ProcessPoolExecutor` of the standard library, replaced as a whole when one of its
processes dies: what was under way or waiting then is lost, and whoever asked for it asks once
more. loky loses as much, and reports leaked semaphores at the end. Pebble loses only what the dead
process was at, but is under the LGPL, and would need the same care of signals and of a killed
parent as is taken here.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NICENESS = 5  # of workers: how far they stand back behind other processes
SETTLING_SECONDS = 0.005  # how often to look whether a pool has dropped what waits


class ProcessWorkers(Executor):
    """A pool of processes that starts them as they are needed and replaces them when one dies."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._pool = self._new_pool()
        self._used = False
        self._under_way: set[Future[Any]] = set()

    @property
    def size(self) -> int:
        """How many processes it may start."""
        return self._most

    @property
    def under_way(self) -> int:
        """How many calls it was given and has not ended."""
        return len(self._under_way)

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        with self._lock, _block_sigint():
            self._used = True
            try:
                future = self._pool.submit(call, *args, **kwargs)
            except BrokenProcessPool:
                self._pool = self._new_pool()
                future = self._pool.submit(call, *args, **kwargs)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """The same as `close`, by the name that every executor has."""
        self.close()

    def close(self) -> None:
        """End the processes, whatever they are at: only what they were asked last is lost.

        They are told to go once the pool has forgotten what has not begun: else it would fail what
        it finds cancelled already, which raises in its own thread. A last request is settled only
        after all before it, so it tells when that is over. When this returns the pool's thread has
        ended too: at the exit of the interpreter it would be woken by a pipe that it is closing.
        """
        last: Future[int] | None = None
        if self._used:
            with suppress(RuntimeError), _block_sigint():  # broken, or closed before
                last = self._pool.submit(os.getpid)
        ending = threading.Thread(target=self._pool.shutdown, kwargs={"cancel_futures": True})
        ending.start()
        while last is not None and not (last.done() or last.running()):
            time.sleep(SETTLING_SECONDS)
        self._lifeline.close()
        ending.join()

    def _new_pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        other_end, self._lifeline = context.Pipe(duplex=False)
        return ProcessPoolExecutor(
            self._most, mp_context=context, initializer=_start_worker, initargs=(other_end,)
        )


async def run_in_worker(
    workers: Executor, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """What a call returns in a worker; it is made once more if a worker has died."""
    try:
        return await asyncio.wrap_future(workers.submit(call, *args, **kwargs))
    except BrokenProcessPool:  # perhaps over another call
        return await asyncio.wrap_future(workers.submit(call, *args, **kwargs))


def run_in_worker_blocking(
    workers: Executor, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """The same for a thread that has nothing else to do meanwhile."""
    try:
        return workers.submit(call, *args, **kwargs).result()
    except BrokenProcessPool:
        return workers.submit(call, *args, **kwargs).result()


@contextmanager
def _block_sigint() -> Iterator[None]:
    """Processes that are started meanwhile leave Ctrl-C to the parent from their very beginning."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(lifeline: Connection) -> None:
    """Leave Ctrl-C to the parent, and exit when the parent lets go of the lifeline or is gone.

    The processor goes to the process that answers HTTP first: somebody waits for it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)

    def exit_with_parent() -> None:
        wait([lifeline])
        os._exit(1)

    threading.Thread(target=exit_with_parent, daemon=True).start()
