"""Draws each chart once, in a process beside the one that answers HTTP."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from types import TracebackType
from typing import Self

from cachetools import LRUCache

from app.charts.browser_bundle import build_bundle, load_bundle
from app.charts.specifications import ChartFormat, ChartSpecification
from app.errors import ChartsNotInstalled
from app.execution.processes import ProcessWorkers
from app.execution.work_queue import WorkQueue

REMEMBERED = 300
LENGTH = 32  # of the queue, if nothing else is said
BUNDLE = "bundle"
_NEEDED = {"altair": "altair", "vl_convert": "vl-convert-python"}

log = logging.getLogger(__name__)


def missing_package() -> str | None:
    """The package that charts need and that is not installed."""
    return next((package for module, package in _NEEDED.items() if find_spec(module) is None), None)


class ChartRenderer:
    """Draws charts and caches the latest ones. Simultaneous requests for one chart draw it once.

    What requests need for charts waits in `queue`.
    """

    def __init__(self) -> None:
        self.queue = WorkQueue("charts", slots=1, length=LENGTH)
        self._worker = ProcessWorkers(1)
        self._made: LRUCache[str, Future[bytes]] = LRUCache(REMEMBERED)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def cache_size(self) -> int:
        """The number of charts and scripts that are cached or being made."""
        return len(self._made)

    def begin(self) -> None:
        """Start the process and prepare the browsers' script before the first request.

        Does not wait.
        """
        if missing_package() is None:
            self._worker.submit(_begin).add_done_callback(_log_if_failed)

    def prefetch(self, specification: ChartSpecification, form: ChartFormat) -> None:
        """Start drawing a chart that will be requested. Does not wait."""
        if missing_package() is None:
            self._begun(_key(specification, form), self._drawing(specification, form))

    async def draw(self, specification: ChartSpecification, form: ChartFormat) -> bytes:
        """The chart in a form. Raises ChartsNotInstalled."""
        return await self._once(_key(specification, form), self._drawing(specification, form))

    async def browser_bundle(self) -> bytes:
        """The script that draws charts in a browser, compressed with gzip.

        Raises ChartsNotInstalled.
        """
        return await self._once(BUNDLE, self._bundle)

    def close(self) -> None:
        self._worker.close()

    def _drawing(
        self, specification: ChartSpecification, form: ChartFormat
    ) -> Callable[[], "Future[bytes]"]:
        return lambda: self._worker.submit(_draw, specification, form)

    def _bundle(self) -> "Future[bytes]":
        kept = load_bundle()
        if kept is None:
            return self._worker.submit(build_bundle)
        done: Future[bytes] = Future()
        done.set_result(kept)
        return done

    def _begun(self, key: str, begin: Callable[[], "Future[bytes]"]) -> "Future[bytes]":
        """The result under a key, started if it is not there yet."""
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = begin()
        return made

    async def _once(self, key: str, begin: Callable[[], "Future[bytes]"]) -> bytes:
        if (package := missing_package()) is not None:
            raise ChartsNotInstalled(
                f"Charts need {package}, which is not installed. Run pip install "
                "'bordercast[charts]'."
            )
        made = self._begun(key, begin)
        try:
            return await asyncio.wrap_future(made)
        except BrokenProcessPool:  # the process was killed: once more in a new one
            made = self._made[key] = begin()
            return await asyncio.wrap_future(made)
        finally:
            if made.done() and (made.cancelled() or made.exception() is not None):
                self._made.pop(key, None)


def _key(specification: ChartSpecification, form: ChartFormat) -> str:
    digest = hashlib.blake2b(repr(specification).encode(), digest_size=16).hexdigest()
    return f"{form}:{digest}"


def _draw(specification: ChartSpecification, form: ChartFormat) -> bytes:
    # only the process that draws loads the libraries
    from app.charts.drawing import draw  # noqa: PLC0415

    return draw(specification, form)


def _log_if_failed(begun: "Future[None]") -> None:
    """A failure here recurs when a chart is requested. A stopped process has not failed."""
    if not begun.cancelled() and not isinstance(begun.exception(), BrokenProcessPool | None):
        log.warning("Cannot prepare the charts", exc_info=begun.exception())


def _begin() -> None:
    from app.charts.drawing import warm_up  # noqa: PLC0415

    warm_up()
    if load_bundle() is None:
        build_bundle()
