"""Which of several processes that serve one store does what only one has to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from app.background_tasks import run_in_background

LOOK_SECONDS = 1.0  # how often the others look whether the leader is gone

Begin = Callable[[AsyncExitStack], Awaitable[None]]


@asynccontextmanager
async def leading(lock: Path | None, begin: Begin) -> AsyncIterator[None]:
    """Have `begin` start its work, in only one of the processes that are given the same lock file.

    If that process ends, however it ends, another one begins. Without a lock the work begins at
    once. It is stopped when the context is left.
    """
    if lock is None:
        async with AsyncExitStack() as stack:
            await begin(stack)
            yield
        return
    async with run_in_background(_lead(lock, begin)):
        yield


async def _lead(lock: Path, begin: Begin) -> None:
    import fcntl  # noqa: PLC0415 (not on Windows, which has no use for it either)

    with lock.open("a") as held:  # the system lets go of it when the process ends
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(LOOK_SECONDS)
        async with AsyncExitStack() as stack:
            await begin(stack)
            await asyncio.Event().wait()  # until it is canceled
