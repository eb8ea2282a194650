"""Who may write: API keys with scopes, and a limit on how often."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.dependencies import Limiter, Store
from app.errors import Problem
from app.http.request_log import KEY_NAME
from app.keys.issuing import WRITE, find_key
from app.rate_limits import Rate, RateLimits
from app.request_context import current_caller
from app.storage.database import Session

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="api-key",
    description="`Authorization: Bearer KEY`, for writes. `bordercast keys add NAME` creates a "
    "key.",
)
WRONG_KEYS = Rate.parse("wrong-keys", "10/minute")  # that a client may send before it is slowed
WRONG_KEY_SECONDS = 1.0


class NoKey(Problem):
    """Writing needs an API key in the `Authorization` header, and this request has no valid one."""

    status = HTTPStatus.UNAUTHORIZED
    title = "No valid API key"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class MissingScope(Problem):
    """The API key is valid but does not allow this. Create one with the scope in `detail`."""

    status = HTTPStatus.FORBIDDEN
    title = "Missing scope"


class TooOften(Problem):
    """The key has made more requests than it may. Wait for the time in `Retry-After`."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many requests"


class TooManyWrongKeys(Problem):
    """This client has sent too many wrong keys. Wait for the time in `Retry-After`."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many wrong keys"

    def __init__(self) -> None:
        super().__init__(
            "Too many wrong keys came from this address. Check the key, and try again in a "
            "minute. `bordercast keys add NAME` creates a new one.",
            headers={"Retry-After": "60"},
        )


class WriteLimit:
    """Counts the writes of each key, and slows clients that try one wrong key after another.

    A valid key is never slowed.
    """

    def __init__(self, limits: RateLimits, rate: str) -> None:
        self._limits = limits
        self._rate = Rate.parse("writes", rate)

    async def count(self, key: str) -> None:
        """Raises TooOften if the key has used up the window."""
        standing = await self._limits.count(self._rate, key)
        if (caller := current_caller()) is not None:
            caller.headers.update(standing.headers(self._rate))
        if not standing.allowed:
            raise TooOften(
                f"The limit for one key is {self._rate.limit}. Try again in {standing.seconds} "
                "seconds.",
                headers={"Retry-After": str(standing.seconds)},
            )

    async def slow_wrong_keys(self) -> None:
        """Count a wrong key; once there are too many, wait and raise TooManyWrongKeys."""
        caller = current_caller()
        standing = await self._limits.count(WRONG_KEYS, caller.client if caller else "")
        if not standing.allowed:
            await asyncio.sleep(WRONG_KEY_SECONDS)
            raise TooManyWrongKeys


async def _writer(
    request: Request,
    database: Store,
    limiter: Limiter,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    """The name of the key that may write.

    Raises NoKey, MissingScope, TooOften, or TooManyWrongKeys.
    """
    try:
        name = await database.read_in_thread(_authorized_name, given)
    except NoKey:
        if given is not None:
            await limiter.slow_wrong_keys()
        raise
    setattr(request.state, KEY_NAME, name)
    await limiter.count(name)
    return name


def _authorized_name(session: Session, given: HTTPAuthorizationCredentials | None) -> str:
    """The name of the key that may write. Raises NoKey or MissingScope."""
    if given is None:
        raise NoKey(
            "Send the header `Authorization: Bearer KEY`. The service does not read keys "
            "in addresses, because addresses are logged. `bordercast keys add NAME` "
            "creates a key."
        )
    key = find_key(session, given.credentials)
    if key is None or key.revoked_at is not None:
        state = "is not known" if key is None else "was revoked"
        raise NoKey(f"This key {state}. `bordercast keys add NAME` creates a new one.")
    if WRITE not in key.scopes:
        raise MissingScope(
            f"The key {key.name!r} lacks the scope {WRITE}. `bordercast keys add NAME "
            f"--scope {WRITE}` creates one that has it."
        )
    return key.name


Writer = Annotated[str, Depends(_writer)]
