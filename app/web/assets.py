"""The files that pages load, each at an address that names its content."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.charts.browser_bundle import bundle_version
from app.charts.renderer import missing_package

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as the service sends it."""

    body: bytes
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every file by the name under which browsers request it."""
    found = {}
    for path in FOLDER.iterdir():
        if path.suffix in MEDIA_TYPES:
            found[_named(path)] = Asset(path.read_bytes(), MEDIA_TYPES[path.suffix])
    return found


@cache
def asset_names() -> dict[str, str]:
    """The names under which browsers request files, by file name."""
    return {path.name: _named(path) for path in FOLDER.iterdir() if path.suffix in MEDIA_TYPES}


def bundle_name() -> str | None:
    """The name of the script that draws charts in a browser, or None if it is not installed."""
    return None if missing_package() else f"vega.{bundle_version()}.js"


def _named(path: Path) -> str:
    digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    return f"{path.stem}.{digest}{path.suffix}"
