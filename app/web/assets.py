"""What pages load besides themselves, each at an address that names its content."""

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
    """A file as browsers get it."""

    body: bytes
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every file by the name that browsers ask for."""
    found = {}
    for path in FOLDER.iterdir():
        if path.suffix in MEDIA_TYPES:
            found[_named(path)] = Asset(path.read_bytes(), MEDIA_TYPES[path.suffix])
    return found


@cache
def asset_names() -> dict[str, str]:
    """The names by which browsers ask for files, by the files' own."""
    return {path.name: _named(path) for path in FOLDER.iterdir() if path.suffix in MEDIA_TYPES}


def bundle_name() -> str | None:
    """The name of what draws charts in a browser; None where it is not installed."""
    return None if missing_package() else f"vega.{bundle_version()}.js"


def _named(path: Path) -> str:
    digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    return f"{path.stem}.{digest}{path.suffix}"
