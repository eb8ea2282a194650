"""Request bodies of any size up to a limit, kept in memory while small and on disk when not."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import BinaryIO, cast

from fastapi import Request

from app.errors import Problem

IN_MEMORY = 1 << 20  # bytes that stay in memory
MEGABYTE = 1 << 20


class TooLarge(Problem):
    """The body is larger than the service accepts. Split it into several loads."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "Too large"


class NoRoom(Problem):
    """The service's disk for temporary files is full.

    Nothing was recorded. Free some space and send the request again.
    """

    status = HTTPStatus.INSUFFICIENT_STORAGE
    title = "Disk full"


@asynccontextmanager
async def body_file(request: Request, *, most_megabytes: int) -> AsyncIterator[BinaryIO]:
    """The body as a file at its beginning. Raises TooLarge as soon as that is clear."""
    most = most_megabytes * MEGABYTE
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise _too_large(most_megabytes)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise _too_large(most_megabytes)
            try:
                file.write(chunk)
            except OSError as error:
                raise NoRoom(
                    f"The service could not keep the body ({error.strerror}). Free some "
                    "space and send it again."
                ) from error
        file.seek(0)
        yield cast(BinaryIO, file)


def _too_large(most_megabytes: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than the limit of {most_megabytes} MB. Split it into several loads."
    )
