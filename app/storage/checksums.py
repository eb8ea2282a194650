"""The checksum that a backup carries: the SHA-256 digest of the file, in a line at its end.

SQLite reads as many pages as the header of a file says and ignores what follows. A backup is in
SQLite's rollback mode, and a store in WAL mode, to which opening a backup as a store changes it: so
the header tells whether the file still is what was written.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

_LABEL = b"\nbordercast-sha256 "
_LINE_LENGTH = len(_LABEL) + 64 + 1  # the digest in hexadecimal, and the end of the line
_FORMAT_BYTES = slice(18, 20)  # of the header: https://www.sqlite.org/fileformat.html
_ROLLBACK_MODE = b"\1\1"
_CHUNK = 1 << 20


class WrongChecksum(ValueError):
    """The content of a file is not what was written."""


def append_checksum(file: Path) -> None:
    """Add the checksum to a SQLite file in rollback mode that nobody has open, and have the disk
    keep it."""
    with file.open("r+b") as opened:
        size = opened.seek(0, os.SEEK_END)
        digest = _digest(opened, size)
        opened.seek(size)
        opened.write(_LABEL + digest.encode() + b"\n")
        opened.flush()
        os.fsync(opened.fileno())


def verify_checksum(file: Path) -> bool:
    """Whether a file carries a checksum; False also if it was opened as a store since.

    Raises WrongChecksum.
    """
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END) - _LINE_LENGTH
        if size < 0:
            return False
        opened.seek(0)
        if opened.read(100)[_FORMAT_BYTES] != _ROLLBACK_MODE:
            return False
        opened.seek(size)
        line = opened.read()
        if not line.startswith(_LABEL):
            return False
        if line[len(_LABEL) :].strip() != _digest(opened, size).encode():
            raise WrongChecksum
    return True


def _digest(opened: BinaryIO, size: int) -> str:
    """Of the first `size` bytes of a file."""
    digest = hashlib.sha256()
    opened.seek(0)
    while size > 0:
        chunk = opened.read(min(size, _CHUNK))
        digest.update(chunk)
        size -= len(chunk)
    return digest.hexdigest()
