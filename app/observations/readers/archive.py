"""Parts of a zip archive, unpacked within limits."""

import zipfile
import zlib
from typing import BinaryIO

LARGEST = 64 << 20  # bytes of all parts, unpacked
MOST_PARTS = 500
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


class TooLargeError(Exception):
    """A spreadsheet that would take too much memory; the message says what of it is too large."""


def unpack(file: BinaryIO) -> dict[str, bytes]:
    """Content of every part by name.

    Raises
    ------
    TooLargeError
        If there are too many parts or they are too large together.
    zipfile.BadZipFile, and the others of `DAMAGE`
        If the archive is damaged, encrypted, or names a part twice.
    """
    parts: dict[str, bytes] = {}
    size = 0
    with zipfile.ZipFile(file) as archive:
        listed = archive.infolist()
        if len(listed) > MOST_PARTS:
            raise TooLargeError(f"{len(listed)} parts")
        for part in listed:
            if part.filename in parts:
                raise zipfile.BadZipFile(f"two parts named {part.filename[:80]!r}")
            with archive.open(part) as stream:
                content = stream.read(LARGEST - size + 1)
            size += len(content)
            if size > LARGEST:
                raise TooLargeError(f"more than {LARGEST >> 20} MB unpacked")
            parts[part.filename] = content
    return parts
