"""Middleware that says who asks, and ends quietly what was asked by a client who has left."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.request_context import Caller, CallerLeft, name_client, set_caller

CLIENT_CLOSED_REQUEST = 499  # as nginx logs it; nobody receives it


class IdentifyCallers:
    """ASGI middleware: keeps the client of each request in the context of its task.

    It adds to the answer what was noted in the caller's headers meanwhile, such as its rate limit.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = scope.get("client")
        caller = Caller(name_client(address[0] if address else ""), receive)
        set_caller(caller)

        async def with_headers(message: Message) -> None:
            if caller.headers and message["type"] == "http.response.start":
                noted = [(name.encode(), text.encode()) for name, text in caller.headers.items()]
                message = {**message, "headers": [*message.get("headers", ()), *noted]}
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except CallerLeft:
            await send(
                {"type": "http.response.start", "status": CLIENT_CLOSED_REQUEST, "headers": []}
            )
            await send({"type": "http.response.body", "body": b""})
        finally:
            caller.answered()
