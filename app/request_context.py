"""Who asks for what is being done now: the client of a request, or nobody in the background."""

import asyncio
from collections.abc import MutableMapping
from contextvars import Context, ContextVar, copy_context
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from starlette.types import Receive

_HOME_NETWORK = 64  # bits of an IPv6 address that one client has to itself


class CallerLeft(Exception):
    """The client has closed the connection, so nobody waits for the answer."""


class Caller:
    """The client of one request.

    headers: what the answer is to say beside its own headers, by name
    """

    def __init__(self, client: str, receive: Receive) -> None:
        self.client = client
        self.headers: dict[str, str] = {}
        self._receive = receive
        self._left: asyncio.Task[None] | None = None

    def leaving(self) -> "asyncio.Future[None]":
        """Done when the client has left; its request must have been read by then."""
        if self._left is None:
            self._left = asyncio.create_task(self._until_it_leaves())
        return self._left

    def answered(self) -> None:
        """Stop looking whether the client leaves; what still waits for it gives up."""
        if self._left is not None:
            self._left.cancel()

    async def _until_it_leaves(self) -> None:
        message: MutableMapping[str, Any] = {}
        while message.get("type") != "http.disconnect":
            message = await self._receive()


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)
_background: ContextVar[bool] = ContextVar("background", default=False)


def current_caller() -> Caller | None:
    """The client of the request that is being answered; None in the background."""
    return _caller.get()


def set_caller(caller: Caller) -> None:
    """Say who asks for what this task does from now on."""
    _caller.set(caller)


def is_background() -> bool:
    """Whether this is work that cheap reads must not wait behind."""
    return _background.get()


def background_context() -> Context:
    """A context for work that goes on beside the requests, or that several of them share."""
    context = copy_context()
    context.run(_caller.set, None)
    context.run(_background.set, True)
    return context


def name_client(host: str) -> str:
    """What all addresses of one client have in common: the address, or the network of an IPv6 one,
    in which a client can have any number of addresses."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, _HOME_NETWORK), strict=False))
    return host
