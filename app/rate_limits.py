"""How often a client may do what costs the service much, counted in memory or in a shared store."""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus

from limits import RateLimitItem, parse
from limits.errors import ConfigurationError, StorageError
from limits.storage import (
    MemoryStorage,
    MovingWindowSupport,
    SlidingWindowCounterSupport,
    Storage,
    storage_from_string,
)
from limits.strategies import (
    FixedWindowRateLimiter,
    MovingWindowRateLimiter,
    RateLimiter,
    SlidingWindowCounterRateLimiter,
)

from app.config import UnusableSetting
from app.errors import Problem
from app.request_context import Caller

MEMORY = "memory://"
REFUSAL_SECONDS = 1.0  # that a refusal takes, so that a client in a loop costs next to nothing

log = logging.getLogger(__name__)


class TooManyComputations(Problem):
    """This client has asked for more things that have to be computed than it may.

    Answers that are stored are not limited. Wait for the time in `Retry-After`.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many computations"


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may be done; `name` tells the rates of a client apart."""

    name: str
    limit: RateLimitItem

    @classmethod
    def parse(cls, name: str, text: str) -> "Rate":
        """A rate such as 120/minute. Raises ValueError."""
        return cls(name, parse(text))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether something may be done now, how often still, and when the window has passed."""

    allowed: bool
    remaining: int
    seconds: int

    def headers(self, rate: Rate) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-10."""
        window = rate.limit.get_expiry()
        return {
            "RateLimit-Policy": f'"{rate.name}";q={rate.limit.amount};w={window}',
            "RateLimit": f'"{rate.name}";r={self.remaining};t={self.seconds}',
        }


class RateLimits:
    """Counts what clients do, in a storage that several processes can share.

    While a shared storage fails, each process counts by itself.
    """

    def __init__(self, storage: str = MEMORY) -> None:
        """Raises UnusableSetting if the library `limits` cannot use the storage."""
        self._own = _limiter_of(MemoryStorage())
        self._shared = None if storage == MEMORY else _limiter_of(_open_storage(storage))
        # a server is asked in threads of its own: it may be slow, or gone
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="rate-limits")

    async def count(self, rate: Rate, client: str) -> Standing:
        """Count one more, unless the client has used up its window."""
        return await self._ask(partial(_hit, rate=rate, client=client))

    async def look(self, rate: Rate, client: str) -> Standing:
        """The standing of a client who does one more; nothing is counted."""
        return await self._ask(partial(_look, rate=rate, client=client))

    async def _ask(self, question: Callable[[RateLimiter], Standing]) -> Standing:
        if self._shared is not None:
            try:
                return await asyncio.get_running_loop().run_in_executor(
                    self._threads, question, self._shared
                )
            except StorageError as error:
                log.warning(
                    "The storage of rate limits does not answer, so this process counts by "
                    "itself: %s",
                    error.storage_error,
                )
        return question(self._own)

    def close(self) -> None:
        self._threads.shutdown()


class ComputationLimit:
    """Lets a client's work into the queues as often as it may have some done."""

    def __init__(self, limits: RateLimits, rate: str) -> None:
        self._limits = limits
        self._rate = Rate.parse("computations", rate)

    async def check(self, caller: Caller) -> None:
        """Raises TooManyComputations if the client has used up its window."""
        standing = await self._limits.look(self._rate, caller.client)
        caller.headers.update(standing.headers(self._rate))
        if standing.allowed:
            return
        await asyncio.sleep(REFUSAL_SECONDS)
        raise TooManyComputations(
            f"The limit for one client is {self._rate.limit} of what has to be computed. Try again "
            f"in {standing.seconds} seconds; whatever is stored is still answered.",
            headers={"Retry-After": str(standing.seconds)},
        )

    async def count(self, client: str) -> None:
        """Count a computation that begins."""
        await self._limits.count(self._rate, client)


def _hit(limiter: RateLimiter, rate: Rate, client: str) -> Standing:
    allowed = limiter.hit(rate.limit, rate.name, client)
    return _standing(limiter, rate, client, allowed=allowed)


def _look(limiter: RateLimiter, rate: Rate, client: str) -> Standing:
    allowed = limiter.test(rate.limit, rate.name, client)
    found = _standing(limiter, rate, client, allowed=allowed)
    return replace(found, remaining=max(0, found.remaining - 1))


def _standing(limiter: RateLimiter, rate: Rate, client: str, *, allowed: bool) -> Standing:
    window = limiter.get_window_stats(rate.limit, rate.name, client)
    seconds = max(1, math.ceil(window.reset_time - time.time()))
    return Standing(allowed, window.remaining, seconds)


def _open_storage(address: str) -> Storage:
    try:
        storage = storage_from_string(address, wrap_exceptions=True)
    except (ConfigurationError, ValueError) as error:
        raise UnusableSetting(
            f"BORDERCAST_RATE_STORAGE is {address!r}: {error}. Expected memory://, or a storage of "
            "the library limits, such as redis://host:6379, whose package is installed."
        ) from error
    if not isinstance(storage, Storage):
        raise UnusableSetting(
            f"BORDERCAST_RATE_STORAGE is {address!r}; expected an address without async+."
        )
    return storage


def _limiter_of(storage: Storage) -> RateLimiter:
    """The most exact way to count that a storage can do."""
    if isinstance(storage, MovingWindowSupport):
        return MovingWindowRateLimiter(storage)
    if isinstance(storage, SlidingWindowCounterSupport):
        return SlidingWindowCounterRateLimiter(storage)
    return FixedWindowRateLimiter(storage)
