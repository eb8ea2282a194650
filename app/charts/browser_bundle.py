"""What draws charts in browsers: Vega, Vega-Lite and vega-embed as one script.

Making it takes seconds and depends on nothing but an installed package, so it is made once and kept
beside the packages: `python -m app.charts.browser_bundle` does that when they are installed, else
the first start does.
"""

import gzip
import logging
import os
import sys
import tempfile
import zlib
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(sys.prefix) / "share" / "bordercast"
SMALLEST = 9  # of gzip's levels; it is packed once and sent often

log = logging.getLogger(__name__)


def bundle_version() -> str:
    """Names the content of the script: the same version makes the same one."""
    return version("vl-convert-python")


def load_bundle(folder: Path = FOLDER) -> bytes | None:
    """The stored script, compressed with gzip, or None if there is none or it is damaged."""
    try:
        packed = _place(folder).read_bytes()
        gzip.decompress(packed)  # checks its checksum
    except (OSError, EOFError, zlib.error):
        return None
    return packed


def build_bundle(folder: Path = FOLDER) -> bytes:
    """Build the script, compress it with gzip, and store it if its folder is writable.

    This takes seconds.
    """
    import vl_convert  # noqa: PLC0415  # large, and the process that answers HTTP never needs it

    script = vl_convert.javascript_bundle().encode()  # type: ignore[call-arg]  # its stub is wrong
    packed = gzip.compress(script, SMALLEST, mtime=0)
    try:
        _keep(packed, folder)
    except OSError as error:
        log.info(
            "Cannot keep the script that draws charts in browsers, so every start builds it: %s",
            error,
        )
    return packed


def _place(folder: Path) -> Path:
    return folder / f"vega.{bundle_version()}.js.gz"


def _keep(packed: bytes, folder: Path) -> None:
    """Write it completely or not at all, even if another process does the same. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(packed)
        Path(name).chmod(0o644)  # the service may run as somebody else than who installed it
        Path(name).replace(_place(folder))
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


if __name__ == "__main__":
    if load_bundle() is None:
        build_bundle()
