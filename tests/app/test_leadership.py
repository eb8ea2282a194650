"""One process of several does the background work, and another one when that has ended."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from app.leadership import leading

SECONDS = 20  # until a test gives up on what should happen at once


def test_without_a_lock_the_work_begins_at_once() -> None:
    async def lead() -> list[str]:
        events: list[str] = []

        async def begin(stack: AsyncExitStack) -> None:
            events.append("begun")
            stack.callback(events.append, "ended")

        async with leading(None, begin):
            events.append("serving")
        return events

    assert asyncio.run(lead()) == ["begun", "serving", "ended"]


def test_one_of_two_leads_and_the_other_one_after_it(tmp_path: Path) -> None:
    lock = tmp_path / "leader.lock"

    async def lead() -> list[str]:
        events: list[str] = []
        first_begun, second_begun = asyncio.Event(), asyncio.Event()

        async def begin_first(stack: AsyncExitStack) -> None:
            first_begun.set()
            stack.callback(events.append, "first ended")

        async def begin_second(stack: AsyncExitStack) -> None:
            events.append("second begun")
            second_begun.set()
            stack.callback(events.append, "second ended")

        async with asyncio.timeout(SECONDS), AsyncExitStack() as second:
            async with leading(lock, begin_first):
                await first_begun.wait()
                await second.enter_async_context(leading(lock, begin_second))
                await asyncio.sleep(0.1)
                events.append("first leads alone")
            await second_begun.wait()
        return events

    assert asyncio.run(lead()) == [
        "first leads alone",
        "first ended",
        "second begun",
        "second ended",
    ]
