"""Sheets of an .xlsx workbook, read so that no workbook can exhaust memory."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from app.errors import Fault

Cell = object  # text, a number, a date or a truth value; empty text where there is nothing
Sheet = Sequence[Sequence[Cell]]

LARGEST = 64 << 20  # bytes of all parts of a workbook, unpacked
LARGEST_TEXTS = 512 << 20  # bytes, if every cell held the longest text
MOST_PARTS = 500
_FAR_CELL = re.compile(rb"""\sr\s*=\s*["'](?:[A-Za-z]{2,}\d|[A-Za-z]?\d{6,})""")
_TEXT = re.compile(rb"[^<]+")
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    CalamineError,
)


class _TooLargeError(Exception):
    """A workbook that would take too much memory."""


def sheets(file: BinaryIO, names: Sequence[str]) -> dict[str, Sheet] | Fault:
    """Those of the named sheets that a workbook has, by name, or what is wrong with it.

    The parts are unpacked here, up to a limit, and handed on unpacked, as the reader of sheets has
    no limit. It keeps a sheet as a full grid and a text once a cell, so far-off cells and long
    texts are refused too.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(_unpacked(file))
        return {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in names
            if name in workbook.sheet_names
        }
    except _TooLargeError as error:
        return Fault(
            "file",
            str(error),
            "a workbook of the size of OHSS's: within columns A to Z and 99999 rows",
        )
    except _UNREADABLE as error:
        return Fault(
            "file", f"a damaged workbook ({error})", "a whole .xlsx workbook as downloaded"
        )


def _unpacked(file: BinaryIO) -> io.BytesIO:
    """The same archive without compression. Raises _TooLargeError, or what zipfile raises."""
    unpacked, size, cells, longest = io.BytesIO(), 0, 0, 0
    with (
        zipfile.ZipFile(file) as packed,
        zipfile.ZipFile(unpacked, "w", zipfile.ZIP_STORED) as plain,
    ):
        if len(packed.infolist()) > MOST_PARTS:
            raise _TooLargeError(f"{len(packed.infolist())} parts")
        for part in packed.infolist():
            with packed.open(part) as stream:
                content = stream.read(LARGEST - size + 1)
            size += len(content)
            if size > LARGEST:
                raise _TooLargeError(f"more than {LARGEST >> 20} MB unpacked")
            if _FAR_CELL.search(content):
                raise _TooLargeError("cells far off")
            cells += content.count(b"<c")
            if part.filename.lower().endswith("sharedstrings.xml"):
                longest = max(map(len, _TEXT.findall(content)), default=0)
            plain.writestr(part.filename, content)
    if cells * longest > LARGEST_TEXTS:
        raise _TooLargeError("very long texts in very many cells")
    unpacked.seek(0)
    return unpacked
