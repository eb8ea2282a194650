"""Encodings of answers: gzip if the caller takes it and it makes the answer smaller."""

from functools import lru_cache

from fastapi import Request
from fastapi.middleware.gzip import GZipMiddleware
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from app.http.accept import parse_preferences

GZIP = "gzip"
IDENTITY = "identity"
GZIP_LEVEL = 6  # zlib's usual one; level 9 takes twice as long for one percent
SMALLEST = 1000  # bytes; below, the headers weigh more than what is saved
PACKED = frozenset({"image/png"})  # media types that are compressed already


def preferred_encoding(request: Request) -> str:
    """`gzip` or `identity`."""
    return _preferred_encoding(request.headers)


def is_compressible(body: bytes, media_type: str) -> bool:
    """Whether an answer is worth compressing."""
    return len(body) >= SMALLEST and media_type not in PACKED


class CompressOthers(GZipMiddleware):
    """ASGI middleware: compresses answers that are not finished, such as those to writes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _preferred_encoding(Headers(scope=scope)) == GZIP:
            await super().__call__(scope, receive, send)
            return

        async def varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "accept-encoding" not in headers.get("vary", "").lower():
                    headers.add_vary_header("Accept-Encoding")
            await send(message)

        await self.app(scope, receive, varying)


def _preferred_encoding(headers: Headers) -> str:
    return _choose(", ".join(headers.getlist("accept-encoding")))


@lru_cache(100)  # callers send few different headers
def _choose(header: str) -> str:
    weights = {each.value: each.weight for each in parse_preferences(header)}
    return GZIP if weights.get(GZIP, weights.get("*", 0)) > 0 else IDENTITY
