"""Forecasts of several series for one request."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.errors import Problem, StillComputing
from app.forecasts.service import PATIENCE_SECONDS, RETRY_AFTER_SECONDS
from app.observations.selection import Gathered, SeriesSelection, sort_out

_AT_A_TIME = 8  # series: enough for the workers, and few threads

T = TypeVar("T")


async def gather_forecasts(
    selection: SeriesSelection, find: Callable[[str], Awaitable[T]]
) -> Gathered[T]:
    """What `find` finds of each series, several at a time.

    Raises what it raises, unless a series is left out, and StillComputing if all of them together
    take too long to wait for.
    """
    turns = asyncio.Semaphore(_AT_A_TIME)

    async def find_or_leave_out(key: str) -> T | Problem:
        async with turns:
            try:
                return await find(key)
            except Problem as problem:
                if not selection.may_leave_out(key, problem):
                    raise
                return problem

    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            found = await asyncio.gather(*map(find_or_leave_out, selection.keys))
    except TimeoutError:
        raise StillComputing(retry_after_seconds=RETRY_AFTER_SECONDS) from None
    return sort_out(selection, found)
