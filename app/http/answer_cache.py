"""Finished answers, kept for as long as nothing that they depend on has changed.

A router with `route_class=kept_route(...)` keeps the lasting answers of its reads as bytes, under
the state of the store, the day, the address, the encoding, and what else the caller chose.
"""

from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.clock import Clock
from app.dependencies import services_of
from app.errors import StoreFailed
from app.execution.work_queue import WorkQueue
from app.http.answers import FinishedAnswer
from app.http.encodings import preferred_encoding
from app.storage.state import StateReader

if TYPE_CHECKING:
    from app.services import Services

OVERHEAD = 2000  # bytes that an answer takes beside its body and address, roughly

_KEY = "answer_key"  # where a request carries the key of its answer

Choice = Callable[[Request], Hashable]  # what a caller's headers choose, beside the address
QueueOf = Callable[["Services"], WorkQueue]


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: FinishedAnswer
    size: int  # in bytes, roughly


class AnswerCache:
    """The answers that were asked for last, as many as fit into `most_bytes`.

    It belongs to an event loop and is used nowhere else.
    """

    def __init__(self, state: StateReader, clock: Clock, *, most_bytes: int) -> None:
        self._state = state
        self._clock = clock
        self._kept: LRUCache[Hashable, _Kept] = LRUCache(most_bytes, getsizeof=lambda one: one.size)
        self._valid_for: Hashable = None
        self.hits = 0
        self.misses = 0

    @property
    def bytes_kept(self) -> int:
        """The memory that the answers take, roughly."""
        return int(self._kept.currsize)

    async def key_of(self, request: Request, *chosen: Hashable) -> Hashable:
        """What the answer to a read depends on. Raises StoreFailed."""
        valid_for = await self._state.read(), self._clock().date()
        if valid_for != self._valid_for:
            self._kept.clear()  # none of them will be asked for again
            self._valid_for = valid_for
        scope = request.scope
        address = scope.get("root_path", ""), scope["path"], scope["query_string"]
        return valid_for, address, preferred_encoding(request), chosen

    def get(self, key: Hashable) -> FinishedAnswer | None:
        """The answer of a key, or None."""
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        return found.answer

    def keep(self, key: Hashable, answer: FinishedAnswer) -> None:
        """Keep an answer in place of those that nobody has asked for in the longest time."""
        size = len(answer.body) + len(repr(key)) + OVERHEAD
        if size <= self._kept.maxsize:
            self._kept[key] = _Kept(answer, size)


def key_of_answer(request: Request) -> Hashable:
    """What the answer to a request on a kept route depends on; unique if that is not known."""
    return getattr(request.state, _KEY, None) or object()


def kept_route(*choices: Choice, queue: QueueOf | None = None) -> type[APIRoute]:
    """A class of routes that keep their lasting answers, one for each combination of `choices`.

    If there is a `queue`, answers that are not kept wait in it.
    """

    class KeptRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def kept_or_new(request: Request) -> Response:
                cache = services_of(request.app).answers
                try:
                    key = await cache.key_of(request, *(choice(request) for choice in choices))
                except StoreFailed:
                    return await answer(request)  # which says so in its own way
                kept = cache.get(key)
                if kept is not None:
                    return kept
                setattr(request.state, _KEY, key)
                if queue is None:
                    response = await answer(request)
                else:
                    waiting = queue(services_of(request.app))
                    response = await waiting.run(key, partial(answer, request))
                if isinstance(response, FinishedAnswer) and response.lasting:
                    cache.keep(key, response)
                return response

            return kept_or_new

    return KeptRoute
