"""Rows of a CSV file: which encoding it is in, and what is wrong where it is not a CSV file."""

import csv
import io
from collections.abc import Generator
from contextlib import closing
from functools import partial
from typing import BinaryIO

from app.errors import Fault

Row = tuple[int, list[str]]  # line number, cells

# Characters; a longer line is cut, and its parts have the wrong number of cells.
LONGEST_LINE = 1 << 16
_PEEK = 4096
_UTF8_MARK, _UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_NOT_TEXT = {
    b"PK": "a zip archive or workbook",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"%PDF": "a PDF document",
    b"<": "a web page or XML",
    b"{": "JSON",
    b"[": "JSON",
}
_AS_CSV = "a CSV file encoded as UTF-8"


def start_of(file: BinaryIO) -> bytes:
    """The first bytes of a file, which is then back at its beginning."""
    file.seek(0)
    start = file.read(_PEEK)
    file.seek(0)
    return start


def not_csv(start: bytes) -> Fault | None:
    """What is wrong with a file that begins like this, where it cannot be CSV at all."""
    if not start.strip():
        return Fault(
            "file", "nothing" if not start else "only blank space", f"{_AS_CSV}, with a header line"
        )
    for mark, name in _NOT_TEXT.items():
        if start.removeprefix(_UTF8_MARK).lstrip().startswith(mark):
            return Fault("file", name, _AS_CSV)
    if b"\0" in start and not start.startswith(_UTF16_MARKS):
        return Fault("file", "binary content (NUL bytes)", _AS_CSV)
    return None


def rows(file: BinaryIO) -> Generator[Row | Fault]:
    """Rows of a CSV file from its beginning, blank lines left out, in bounded memory.

    UTF-8 with or without byte order mark, and UTF-16 with one. Nothing follows a fault.
    """
    encoding = "utf-16" if start_of(file).startswith(_UTF16_MARKS) else "utf-8-sig"
    text = io.TextIOWrapper(file, encoding, newline="")
    lines = csv.reader(iter(partial(text.readline, LONGEST_LINE), ""), strict=True)
    line = 0
    try:
        for cells in lines:
            line = lines.line_num
            if cells:
                yield line, cells
    except csv.Error as error:
        yield Fault(f"line {line + 1}", str(error), "cells separated by commas, quotes closed")
    except UnicodeDecodeError as error:
        given = f"the byte 0x{error.object[error.start]:02x}"
        line = line + 1 if encoding == "utf-16" else _undecodable_line(file)
        yield Fault(f"line {line}", given, "text in UTF-8: save the file as 'CSV UTF-8'")
    finally:
        if not file.closed:  # as it is by the time that rows nobody asked for are given up
            text.detach()  # or the file would be closed with it


def header(file: BinaryIO) -> list[str]:
    """Cells of the first line; none where it cannot be read."""
    with closing(rows(file)) as lines:
        first = next(lines, None)
    return first[1] if isinstance(first, tuple) else []


def complete(file: BinaryIO) -> bool:
    """Whether the last line has an end; a file cut while it was copied mostly has none."""
    file.seek(0, io.SEEK_END)
    file.seek(max(file.tell() - 2, 0))
    end = file.read()
    file.seek(0)
    return b"\n" in end


def _undecodable_line(file: BinaryIO) -> int:
    """Number of the first line that is not UTF-8; the decoder reads ahead and cannot tell."""
    file.seek(0)
    line = 0
    for text in iter(partial(file.readline, LONGEST_LINE), b""):
        line += 1
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            break
    return line
