"""Where charts are asked for: each is drawn once, by a process beside the one that answers HTTP."""

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter

from app.charts.bundle import kept_bundle, new_bundle
from app.charts.orders import Order, Picture
from app.errors import ChartsNotInstalled
from app.forecasts.workers import Workers

REMEMBERED = 300
BUNDLE = "bundle"
_NEEDED = {"altair": "altair", "vl_convert": "vl-convert-python"}
_ORDER: TypeAdapter[Order] = TypeAdapter(Order)

log = logging.getLogger(__name__)


def missing_package() -> str | None:
    """The package that charts need and that is not installed."""
    return next((package for module, package in _NEEDED.items() if find_spec(module) is None), None)


class Studio:
    """Draws charts and remembers the last ones. However many ask for one at once, it is drawn once."""

    def __init__(self) -> None:
        self._worker = Workers(1)
        self._made: OrderedDict[str, Future[bytes]] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def remembered(self) -> int:
        """How many charts and scripts are remembered or being made."""
        return len(self._made)

    def begin(self) -> None:
        """Have the process ready, and what browsers draw with, before anybody asks. Does not wait."""
        if missing_package() is None:
            self._worker.submit(_begin).add_done_callback(_said_if_failed)

    def prepare(self, order: Order, form: Picture) -> None:
        """Have a chart drawn that will be asked for. Does not wait."""
        if missing_package() is None:
            self._begun(_key(order, form), self._drawing(order, form))

    async def draw(self, order: Order, form: Picture) -> bytes:
        """The chart in a form. Raises ChartsNotInstalled."""
        return await self._once(_key(order, form), self._drawing(order, form))

    async def browser_bundle(self) -> bytes:
        """What draws charts in a browser, as one script packed by gzip. Raises ChartsNotInstalled."""
        return await self._once(BUNDLE, self._bundle)

    def close(self) -> None:
        self._worker.close()

    def _drawing(self, order: Order, form: Picture) -> Callable[[], "Future[bytes]"]:
        return lambda: self._worker.submit(_draw, order, form)

    def _bundle(self) -> "Future[bytes]":
        kept = kept_bundle()
        if kept is None:
            return self._worker.submit(new_bundle)
        done: Future[bytes] = Future()
        done.set_result(kept)
        return done

    def _begun(self, key: str, begin: Callable[[], "Future[bytes]"]) -> "Future[bytes]":
        """What is made or being made under a key, begun where it is not."""
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = begin()
        self._made.move_to_end(key)
        while len(self._made) > REMEMBERED:
            self._made.popitem(last=False)
        return made

    async def _once(self, key: str, begin: Callable[[], "Future[bytes]"]) -> bytes:
        if (package := missing_package()) is not None:
            raise ChartsNotInstalled(
                f"Charts need {package}, which is not installed: pip install 'bordercast[charts]'."
            )
        made = self._begun(key, begin)
        try:
            return await asyncio.shield(asyncio.wrap_future(made))
        except BrokenProcessPool:  # the process was killed: once more in a new one
            made = self._made[key] = begin()
            return await asyncio.shield(asyncio.wrap_future(made))
        finally:
            if made.done() and (made.cancelled() or made.exception() is not None):
                self._made.pop(key, None)


def _key(order: Order, form: Picture) -> str:
    digest = hashlib.blake2b(_ORDER.dump_json(order), digest_size=16).hexdigest()
    return f"{form}:{digest}"


def _draw(order: Order, form: Picture) -> bytes:
    from app.charts.rendering import draw  # noqa: PLC0415  # only the process that draws loads the libraries

    return draw(order, form)


def _said_if_failed(begun: "Future[None]") -> None:
    """What fails here fails again where a chart is asked for; a process that was ended has not failed."""
    if not begun.cancelled() and not isinstance(begun.exception(), BrokenProcessPool | None):
        log.warning("Charts could not be made ready", exc_info=begun.exception())


def _begin() -> None:
    from app.charts.rendering import wake  # noqa: PLC0415

    wake()
    if kept_bundle() is None:
        new_bundle()
