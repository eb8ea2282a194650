"""Work that goes on beside the requests, for as long as the service runs."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress

from app.request_context import background_context

FIRST_LOOK_SECONDS = 1.0  # after the start, in which the first visitors need not share a processor


@asynccontextmanager
async def run_in_background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let work go on meanwhile; at the end it is cancelled and waited for."""
    task = asyncio.create_task(work, context=background_context())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
