"""A queue does each piece of work once, takes clients in turn, is bounded, and drops what nobody
waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context

import pytest
from starlette.types import Message

from app.errors import TooBusy
from app.execution.work_queue import WorkQueue
from app.request_context import Caller, CallerLeft, is_background, name_client, set_caller

SECONDS = 20  # until a test gives up on what should happen at once


class Visit:
    """A request of a client, who can hang up."""

    def __init__(self, client: str) -> None:
        self._hung_up = asyncio.Event()
        self.caller = Caller(client, self._receive)

    def hang_up(self) -> None:
        self._hung_up.set()

    async def _receive(self) -> Message:
        await self._hung_up.wait()
        return {"type": "http.disconnect"}

    def ask(self, queue: WorkQueue, key: str, work: "Bench") -> "asyncio.Task[str]":
        context = copy_context()
        context.run(set_caller, self.caller)
        return asyncio.create_task(queue.run(key, work.piece(key)), context=context)


class Bench:
    """Work that is done when the test says so; `begun` names it in its order."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.enough = asyncio.Event()

    def piece(self, key: str) -> Callable[[], Awaitable[str]]:
        async def do() -> str:
            assert is_background()
            self.begun.append(key)
            try:
                await self.enough.wait()
            finally:
                self.ended.append(key)
            return key.upper()

        return do


async def settle() -> None:
    """Let everything happen that needs no time."""
    for _ in range(20):
        await asyncio.sleep(0)


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(SECONDS):
            await scenario()

    asyncio.run(limited())


def test_those_who_ask_for_the_same_share_it() -> None:
    async def ask() -> None:
        queue, bench = WorkQueue("pieces", slots=2, length=5), Bench()
        asked = [Visit(client).ask(queue, "a", bench) for client in ("x", "y", "x")]
        await settle()
        bench.enough.set()
        assert await asyncio.gather(*asked) == ["A", "A", "A"]
        assert bench.begun == ["a"]
        assert (queue.counts.done, queue.counts.shared) == (1, 2)

    run(ask)


def test_clients_take_turns_however_much_one_asks_for() -> None:
    async def ask() -> None:
        queue, bench = WorkQueue("pieces", slots=1, length=10), Bench()
        asked = [Visit("greedy").ask(queue, f"g{at}", bench) for at in range(4)]
        await settle()
        asked += [Visit("modest").ask(queue, f"m{at}", bench) for at in range(2)]
        await settle()
        assert bench.begun == ["g0"]
        bench.enough.set()
        await asyncio.gather(*asked)
        assert bench.begun == ["g0", "g1", "m0", "g2", "m1", "g3"]

    run(ask)


def test_beyond_its_length_a_queue_refuses_and_says_when_to_come_back() -> None:
    async def ask() -> None:
        queue, bench = WorkQueue("pieces", slots=1, length=2), Bench()
        asked = [Visit("x").ask(queue, f"x{at}", bench) for at in range(3)]
        await settle()
        with pytest.raises(TooBusy, match="Too many pieces are waiting") as refused:
            await Visit("x").ask(queue, "x3", bench)
        assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
        bench.enough.set()
        await asyncio.gather(*asked)
        assert (queue.counts.done, queue.counts.refused) == (3, 1)

    run(ask)


def test_a_full_queue_makes_room_for_a_client_with_less() -> None:
    async def ask() -> None:
        queue, bench = WorkQueue("pieces", slots=1, length=3), Bench()
        greedy = [Visit("greedy").ask(queue, f"g{at}", bench) for at in range(4)]
        await settle()
        modest = Visit("modest").ask(queue, "m", bench)
        await settle()
        with pytest.raises(TooBusy):
            await greedy[3]
        bench.enough.set()
        assert await modest == "M"
        assert bench.begun == ["g0", "g1", "m", "g2"]

    run(ask)


def test_what_nobody_waits_for_any_more_is_not_done() -> None:
    async def ask() -> None:
        queue, bench = WorkQueue("pieces", slots=1, length=10), Bench()
        first, second, third = Visit("x"), Visit("x"), Visit("y")
        asked = [
            first.ask(queue, "a", bench),
            second.ask(queue, "b", bench),
            third.ask(queue, "c", bench),
        ]
        shared = Visit("z").ask(queue, "a", bench)
        await settle()
        first.hang_up()
        second.hang_up()
        await settle()
        assert bench.ended == []  # the last client still waits for it
        assert (queue.waiting, queue.running) == (1, 1)
        bench.enough.set()
        results = await asyncio.gather(*asked, shared, return_exceptions=True)
        assert [type(one) for one in results] == [CallerLeft, CallerLeft, str, str]
        assert bench.begun == ["a", "c"]
        assert queue.counts.dropped == 1

    run(ask)


def test_work_under_way_stops_when_its_last_client_leaves() -> None:
    async def ask() -> None:
        queue, bench = WorkQueue("pieces", slots=1, length=10), Bench()
        visit = Visit("x")
        asked = visit.ask(queue, "a", bench)
        await settle()
        visit.hang_up()
        await settle()
        assert bench.ended == ["a"]
        assert (queue.waiting, queue.running) == (0, 0)
        with pytest.raises(CallerLeft):
            await asked

    run(ask)


def test_a_client_who_was_told_to_come_back_finds_it_done() -> None:
    async def ask() -> None:
        queue, bench = WorkQueue("pieces", slots=1, length=10), Bench()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.run("a", bench.piece("a"), keep=True), 0.01)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.run("b", bench.piece("b")), 0.01)
        assert bench.ended == ["b"]
        bench.enough.set()
        assert await queue.run("a", bench.piece("a")) == "A"
        assert bench.begun == ["a", "b"]

    run(ask)


def test_the_background_does_not_wait_behind_clients() -> None:
    async def ask() -> None:
        queue, bench = WorkQueue("pieces", slots=1, length=1), Bench()
        visits = [Visit("x").ask(queue, key, bench) for key in ("a", "b")]
        await settle()
        own = [asyncio.create_task(queue.run(key, bench.piece(key))) for key in ("b", "c")]
        await settle()
        assert bench.begun == ["a", "b", "c"]
        bench.enough.set()
        assert await asyncio.gather(*visits, *own) == ["A", "B", "B", "C"]
        assert queue.running == 0

    run(ask)


def test_all_who_wait_learn_of_a_failure_and_the_next_one_tries_again() -> None:
    async def ask() -> None:
        queue = WorkQueue("pieces", slots=1, length=5)

        async def fail() -> str:
            await asyncio.sleep(0)
            raise ValueError("broken")

        results = await asyncio.gather(
            queue.run("a", fail), queue.run("a", fail), return_exceptions=True
        )
        assert [str(one) for one in results] == ["broken", "broken"]
        bench = Bench()
        bench.enough.set()
        assert await queue.run("a", bench.piece("a")) == "A"

    run(ask)


def test_all_addresses_of_a_network_are_one_client() -> None:
    assert (
        name_client("2001:db8:1:2::5") == name_client("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64"
    )
    assert name_client("2001:db8:1:3::5") != name_client("2001:db8:1:2::5")
    assert name_client("192.0.2.7") == "192.0.2.7"
    assert name_client("testclient") == "testclient"
