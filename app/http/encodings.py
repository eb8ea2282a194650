"""Encodings of answers: gzip if the caller takes it and it makes the answer smaller."""

from functools import lru_cache

from fastapi import Request

from app.http.accept import parse_preferences

GZIP = "gzip"
IDENTITY = "identity"
GZIP_LEVEL = 6  # zlib's usual one; level 9 takes twice as long for one percent
SMALLEST = 1000  # bytes; below, the headers weigh more than what is saved
PACKED = frozenset({"image/png"})  # media types that are compressed already


def preferred_encoding(request: Request) -> str:
    """`gzip` or `identity`."""
    return _choose(", ".join(request.headers.getlist("accept-encoding")))


def is_compressible(body: bytes, media_type: str) -> bool:
    """Whether an answer is worth compressing."""
    return len(body) >= SMALLEST and media_type not in PACKED


@lru_cache(100)  # callers send few different headers
def _choose(header: str) -> str:
    weights = {each.value: each.weight for each in parse_preferences(header)}
    return GZIP if weights.get(GZIP, weights.get("*", 0)) > 0 else IDENTITY
