"""HTTP/1.1 connections with limits: on heads, on their time, and on how many there are.

Middleware sees a request only after its head is complete, so uvicorn's protocol is extended here.
"""

import asyncio
import json
import resource
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.errors import PROBLEM_JSON

RESERVED_FILES = 256  # descriptors kept for the store, worker processes, and temporary files
_FIELD_OVERHEAD = 4  # the colon, the space, and the line's end of a header


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What one connection may send and how long it may take; sizes in bytes."""

    connections: int = 2000
    request_line: int = 8 * 1024
    headers: int = 32 * 1024
    head_seconds: float = 10.0
    silent_body_seconds: float = 20.0


class _HeadRefused(Exception):
    """The head of a request exceeds a limit; the parser stops at once."""


_DETAILS = {
    HTTPStatus.BAD_REQUEST: "This is not a valid HTTP/1.1 request.",
    HTTPStatus.REQUEST_TIMEOUT: (
        "The request did not arrive in time. Send it again on a new connection."
    ),
    HTTPStatus.REQUEST_URI_TOO_LONG: (
        "The request line is longer than the limit of 8 kB. Ask for fewer series at a time."
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "The headers are larger than the limit of 32 kB. Send fewer or shorter ones."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "The service has as many connections as it can hold. Try again in a few seconds."
    ),
}


class LimitedProtocol(HttpToolsProtocol):
    """One connection. Of those that wait for a request, the oldest is closed if there are too many.

    `limits` and `waiting` belong to the class that `new_protocol` makes for one server.
    """

    limits = ConnectionLimits()
    waiting: dict["LimitedProtocol", None]  # in the order in which they began to wait

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._receiving_head = True
        self._receiving_body = False
        self._head_begun = False
        self._head_size = 0
        self._boundary_in_chunk = False
        self._refused_with = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head(self.limits.head_seconds)
        if len(self.connections) > self.limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._boundary_in_chunk = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._receiving_head:
            if not self._boundary_in_chunk:  # else it is not known how much of it is of this head
                self._head_size += len(data)
            if self._head_size > self.limits.request_line + self.limits.headers:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            elif self._timer is None and not self._is_answering():
                self._await_head(self.limits.head_seconds)
        elif self._receiving_body:
            self._start_timer(self.limits.silent_body_seconds)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._boundary_in_chunk = self._head_begun = True
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.limits.request_line:
            self._refused_with = HTTPStatus.REQUEST_URI_TOO_LONG
            raise _HeadRefused

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_size += len(name) + len(value) + _FIELD_OVERHEAD
        if self._head_size > self.limits.headers:
            self._refused_with = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise _HeadRefused
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._receiving_head, self._receiving_body = False, True
        self.waiting.pop(self, None)
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._receiving_head, self._receiving_body = True, False
        self._head_begun, self._boundary_in_chunk = False, True
        self._head_size = 0
        self._stop_timer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._receiving_body:  # nobody reads the rest of it
            self._start_timer(self.limits.head_seconds)
        elif self._is_answering():  # the next request had arrived already
            return
        elif self._head_begun:  # the time of the next request begins now
            self._await_head(self.limits.head_seconds)
        else:
            self.waiting[self] = None

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._refused_with)

    def _is_answering(self) -> bool:
        """Whether a request is complete and its answer is not: no limit on time holds then."""
        return self.cycle is not None and not self.cycle.response_complete

    def _await_head(self, seconds: float) -> None:
        self.waiting[self] = None
        self._start_timer(seconds)

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._time_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        self._timer = None
        if self._receiving_body and self.flow.read_paused:
            self._start_timer(self.limits.silent_body_seconds)  # the service is not reading
        elif self._receiving_body and self.cycle.response_started:
            self.transport.abort()
        elif self._receiving_body or self._head_begun:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _make_room(self) -> None:
        """Close what has waited longest for a request, or this connection if none of them does."""
        oldest = next(iter(self.waiting))
        if oldest is self:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self.waiting.pop(oldest)
            oldest.transport.abort()

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer with a problem document and close the connection."""
        self.waiting.pop(self, None)
        self._stop_timer()
        if self.transport.is_closing():
            return
        if self._is_answering():
            self.transport.abort()  # an answer to an earlier request is under way
            return
        document = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": _DETAILS[status],
        }
        body = json.dumps(document).encode()
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            f"Content-Type: {PROBLEM_JSON}",
            f"Content-Length: {len(body)}",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ]
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            lines.append("Retry-After: 5")
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()


def new_protocol(limits: ConnectionLimits) -> type[LimitedProtocol]:
    """The class of one server's connections."""
    return type("Connection", (LimitedProtocol,), {"limits": limits, "waiting": {}})


def allow_connections(wanted: int) -> int:
    """How many connections this process can hold, at most `wanted`.

    Raises the limit on open files as far as the system lets it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVED_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, soft - RESERVED_FILES))
