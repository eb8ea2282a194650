"""One line in the log for each request, and a number that its other lines and its answer carry."""

import logging
import re
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from app.logs import REQUESTS

REQUEST_ID = "X-Request-ID"
KEY_NAME = "key_name"  # in the state of a request: the key that it was allowed by

_GIVEN_ID = re.compile(r"[\w.:+/=-]{1,64}", re.ASCII)
log = logging.getLogger(REQUESTS)


class LogRequests:
    """ASGI middleware that logs each request when the last of its answer is sent.

    A caller or a proxy may give the number in `X-Request-ID`; otherwise it is made here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, is_logged = time.perf_counter(), 500, False
        request_id = _request_id(Headers(scope=scope))
        bind_contextvars(request_id=request_id)  # each request has a context of its own

        def tell() -> None:
            nonlocal is_logged
            if not is_logged and log.isEnabledFor(logging.INFO):
                log.info("request", extra=_describe(scope, status, time.perf_counter() - started))
            is_logged = True

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            elif not message.get("more_body", False):
                tell()
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            tell()  # also of one that failed


def _request_id(headers: Headers) -> str:
    given = headers.get(REQUEST_ID, "")
    return given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex


def _describe(scope: Scope, status: int, seconds: float) -> dict[str, Any]:
    """What is logged of a request; see `app.logs.REQUEST_FIELDS`."""
    query = scope["query_string"].decode("latin-1")
    address = scope["path"] + (f"?{query}" if query else "")
    described: dict[str, Any] = {
        "method": scope["method"],
        "path": address,
        "status": status,
        "duration_seconds": round(seconds, 6),
    }
    if scope.get("client"):
        described["client"] = scope["client"][0]
    key = scope.get("state", {}).get(KEY_NAME)
    if key is not None:
        described[KEY_NAME] = key
    return described
