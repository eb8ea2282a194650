"""Where charts are asked for: each is drawn once, by a process beside the one that answers HTTP."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from importlib.util import find_spec

from pydantic import TypeAdapter

from app.charts.orders import Order, Picture
from app.errors import ChartsNotInstalled
from app.forecasts.workers import Workers

REMEMBERED = 300
BUNDLE = "bundle"
_NEEDED = {"altair": "altair", "vl_convert": "vl-convert-python"}
_ORDER: TypeAdapter[Order] = TypeAdapter(Order)


def missing_package() -> str | None:
    """The package that charts need and that is not installed."""
    return next((package for module, package in _NEEDED.items() if find_spec(module) is None), None)


def bundle_version() -> str:
    """Names the content of the browsers' bundle: the same version makes the same bundle."""
    return version("vl-convert-python")


class Studio:
    """Draws charts and remembers the last ones. However many ask for one at once, it is drawn once."""

    def __init__(self) -> None:
        self._worker = Workers(1)
        self._made: OrderedDict[str, asyncio.Future[bytes]] = OrderedDict()

    async def draw(self, order: Order, form: Picture) -> bytes:
        """The chart in a form. Raises ChartsNotInstalled."""
        digest = hashlib.blake2b(_ORDER.dump_json(order), digest_size=16).hexdigest()
        return await self._once(f"{form}:{digest}", lambda: self._worker.submit(_draw, order, form))

    async def browser_bundle(self) -> bytes:
        """What draws charts in a browser, as one script. Raises ChartsNotInstalled."""
        return await self._once(BUNDLE, lambda: self._worker.submit(_bundle))

    def close(self) -> None:
        self._worker.close()

    async def _once(self, key: str, begin: Callable[[], "Future[bytes]"]) -> bytes:
        if (package := missing_package()) is not None:
            raise ChartsNotInstalled(
                f"Charts need {package}, which is not installed: pip install 'bordercast[charts]'."
            )
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = asyncio.wrap_future(begin())
        self._made.move_to_end(key)
        while len(self._made) > REMEMBERED:
            self._made.popitem(last=False)
        try:
            return await asyncio.shield(made)
        except BrokenProcessPool:  # the process was killed: once more in a new one
            made = self._made[key] = asyncio.wrap_future(begin())
            return await asyncio.shield(made)
        finally:
            if made.done() and (made.cancelled() or made.exception() is not None):
                self._made.pop(key, None)


def _draw(order: Order, form: Picture) -> bytes:
    from app.charts.rendering import draw  # noqa: PLC0415  # only the process that draws loads the libraries

    return draw(order, form)


def _bundle() -> bytes:
    from app.charts.rendering import browser_bundle  # noqa: PLC0415

    return browser_bundle()
