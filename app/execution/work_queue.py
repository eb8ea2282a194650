"""Queues of work that readers cause: bounded, fair between clients, and each piece done once."""

import asyncio
import logging
import math
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

from app.errors import Problem, TooBusy
from app.request_context import Caller, CallerLeft, background_context, current_caller

T = TypeVar("T")


class Gate(Protocol):
    """Decides how often a client may have work done."""

    async def check(self, caller: Caller) -> None:
        """Awaited before work enters a queue; may raise."""

    async def count(self, client: str) -> None:
        """Awaited when a client's work begins."""


Observe = Callable[[float], None]

LONGEST_RETRY_SECONDS = 60
_MEMORY = 0.8  # weight of the past in the mean duration
_FIRST_GUESS_SECONDS = 1.0

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Job(Generic[T]):
    """A piece of work that waits or is being done, for those who wait for its result."""

    key: Hashable
    work: Callable[[], Awaitable[T]]
    client: str | None
    result: "asyncio.Future[T]"
    entered: float
    waiters: int = 0
    kept: bool = False  # also if nobody waits for it
    task: "asyncio.Task[None] | None" = None


@dataclass
class QueueCounts:
    """How many pieces of work were done, refused, and dropped, and how many requests shared one
    with another request, since the start."""

    done: int = 0
    refused: int = 0
    dropped: int = 0
    shared: int = 0


class WorkQueue:
    """Does keyed work, a few pieces at a time, taking clients in turn.

    Whoever asks for a key that waits or is being done shares its result. Work that no client waits
    for any more is dropped. Beyond `length` pieces that wait, the client with the most of them
    loses its last one to a client with fewer; otherwise TooBusy is raised. Work without a client
    (of the background) neither waits nor counts.

    A queue belongs to one event loop.

    Parameters
    ----------
    name : what it holds, in the plural, for people and metrics
    slots : how many pieces are done at a time
    length : how many pieces may wait
    gate : decides how often a client may have work done
    """

    def __init__(self, name: str, *, slots: int, length: int, gate: Gate | None = None) -> None:
        self.name = name
        self.slots = slots
        self.length = length
        self.counts = QueueCounts()
        self.observe_wait: Observe = _ignore  # is told how long each piece has waited, in seconds
        self._gate = gate
        self._jobs: dict[Hashable, _Job[Any]] = {}
        self._turns: OrderedDict[str, deque[_Job[Any]]] = OrderedDict()
        self._running = 0
        self._seconds = _FIRST_GUESS_SECONDS  # of a piece of work, on average

    @property
    def waiting(self) -> int:
        """How many pieces wait."""
        return sum(map(len, self._turns.values()))

    @property
    def running(self) -> int:
        """How many pieces are being done."""
        return len(self._jobs) - self.waiting

    async def run(
        self, key: Hashable, work: Callable[[], Awaitable[T]], *, keep: bool = False
    ) -> T:
        """The result of a piece of work.

        With `keep`, work whose caller was cancelled, such as by a timeout, goes on, because the
        client was told to come back for it.

        Raises what `work` and the gate raise, TooBusy, and CallerLeft.
        """
        caller = current_caller()
        job = await self._enter(key, work, caller)
        job.waiters += 1
        try:
            return await self._wait(job, caller)
        except asyncio.CancelledError:
            job.kept = job.kept or keep
            raise
        finally:
            job.waiters -= 1
            if not job.waiters and not job.kept:
                self._drop(job)

    def start(self, key: Hashable, work: Callable[[], Awaitable[Any]]) -> None:
        """Have work done that nobody waits for. Raises TooBusy."""
        caller = current_caller()
        job = self._jobs.get(key) or self._add(key, work, caller.client if caller else None)
        job.kept = True

    async def close(self) -> None:
        """Stop what is being done and forget what waits."""
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for job in list(self._jobs.values()):
            self._drop(job)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _enter(
        self, key: Hashable, work: Callable[[], Awaitable[T]], caller: Caller | None
    ) -> _Job[T]:
        """The piece of work with a key, in the queue or under way."""
        if key not in self._jobs and caller is not None:
            self._find_room(caller.client)
            if self._gate is not None:
                await self._gate.check(caller)
        job = cast("_Job[T] | None", self._jobs.get(key))
        if job is None:
            return self._add(key, work, None if caller is None else caller.client)
        self.counts.shared += 1
        if caller is None and job.task is None:
            self._take_out(job)
            job.client = None
            self._begin(job)
        return job

    def _add(self, key: Hashable, work: Callable[[], Awaitable[T]], client: str | None) -> _Job[T]:
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        job = _Job(key, work, client, result, time.monotonic())
        if client is None:
            self._jobs[key] = job
            self._begin(job)
            return job
        loser = self._find_room(client)
        if loser is not None:
            self._refuse(loser)
        self._jobs[key] = job
        self._turns.setdefault(client, deque()).append(job)
        self._fill_slots()
        return job

    def _find_room(self, client: str) -> _Job[Any] | None:
        """The piece that has to leave so that another of a client can wait; None if there is room.

        Raises TooBusy if no other client has more than this one would.
        """
        if self.waiting < self.length or self._running < self.slots:
            return None
        most = max(self._turns.values(), key=len, default=deque())
        if len(most) <= len(self._turns.get(client, ())) + 1:
            self.counts.refused += 1
            raise self._too_busy()
        return most[-1]

    def _refuse(self, job: _Job[Any]) -> None:
        self.counts.refused += 1
        self._take_out(job)
        self._settle(job, error=self._too_busy())

    def _too_busy(self) -> TooBusy:
        seconds = math.ceil(self._seconds * (self.waiting / self.slots + 1))
        return TooBusy(self.name, min(seconds, LONGEST_RETRY_SECONDS))

    async def _wait(self, job: _Job[T], caller: Caller | None) -> T:
        if caller is None:
            return await asyncio.shield(job.result)
        leaving = caller.leaving()
        await asyncio.wait((job.result, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not job.result.done():
            raise CallerLeft
        return job.result.result()

    def _fill_slots(self) -> None:
        while self._turns and self._running < self.slots:
            client, jobs = next(iter(self._turns.items()))
            job = jobs.popleft()
            self._turns.move_to_end(client)
            if not jobs:
                del self._turns[client]
            self._running += 1
            self._begin(job)

    def _begin(self, job: _Job[Any]) -> None:
        self.observe_wait(time.monotonic() - job.entered)
        job.task = asyncio.create_task(self._do(job), context=background_context())
        job.task.add_done_callback(lambda _: self._ended(job))

    async def _do(self, job: _Job[T]) -> None:
        began = time.monotonic()
        try:
            if self._gate is not None and job.client is not None:
                await self._gate.count(job.client)
            result = await job.work()
        except Exception as error:  # noqa: BLE001 (those who wait raise it)
            self._settle(job, error=error)
        else:
            self.counts.done += 1
            seconds = time.monotonic() - began
            self._seconds = _MEMORY * self._seconds + (1 - _MEMORY) * seconds
            if not job.result.done():
                job.result.set_result(result)

    def _ended(self, job: _Job[Any]) -> None:
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]
        job.result.cancel()  # unless it is there
        if job.client is not None:
            self._running -= 1
        self._fill_slots()

    def _settle(self, job: _Job[Any], *, error: Exception) -> None:
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]
        if job.result.done():
            return
        job.result.set_exception(error)
        job.result.exception()  # is not reported as never seen: nobody may be waiting
        if not job.waiters and not isinstance(error, Problem):
            log.error("Work of the queue of %s failed", self.name, exc_info=error)

    def _drop(self, job: _Job[Any]) -> None:
        """End a piece that nobody waits for, unless it has ended."""
        if job.result.done():
            return
        self.counts.dropped += 1
        job.result.cancel()
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]
        if job.task is None:
            self._take_out(job)
        else:
            job.task.cancel()

    def _take_out(self, job: _Job[Any]) -> None:
        """Take a piece from those that wait."""
        assert job.client is not None, "only the work of clients waits"
        jobs = self._turns[job.client]
        jobs.remove(job)
        if not jobs:
            del self._turns[job.client]


def _ignore(_seconds: float) -> None:
    """Nobody observes."""
