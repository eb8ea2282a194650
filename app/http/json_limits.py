"""JSON bodies counted part by part, before a document of unknown size is built in memory."""

from os import SEEK_END
from typing import BinaryIO

import ijson

from app.errors import LONGEST_ECHO, BadParameter, Fault

LONGEST_TEXT = 1 << 20  # bytes of one text or number
SMALL_BODY = 1 << 20  # bytes, which cannot have too many parts to hold
_CHUNK = 1 << 16  # bytes
_BEGINNINGS = ("start_map", "start_array")
_SCALARS = ("string", "number", "boolean", "null")


class _TextLimit:
    """Reads a file and refuses to read on within one value that is too long."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.without_value = 0

    def read(self, size: int) -> bytes:
        if self.without_value > LONGEST_TEXT:
            raise BadParameter(
                Fault("body", None, f"JSON without a value longer than {LONGEST_TEXT:,} bytes")
            )
        found = self._file.read(size)
        self.without_value += len(found)
        return found


def require_limited_json(file: BinaryIO, *, most_values: int, longest_array: int) -> None:
    """Read a JSON file through without keeping it.

    Raises BadParameter if it is large and not JSON, or as soon as it has more than `most_values`
    values of any kind, or `longest_array` members in the arrays of its first level.
    """
    limited = _TextLimit(file)
    depth = values = members = 0
    in_array = False  # of the first level
    try:
        for event, _ in ijson.basic_parse(limited, use_float=True, buf_size=_CHUNK):
            limited.without_value = 0
            if event in _BEGINNINGS or event in _SCALARS:
                values += 1
                members += in_array and depth == 2
                if values > most_values or members > longest_array:
                    raise _too_many(most_values, longest_array)
            if depth == 1:
                in_array = event == "start_array"
            depth += (event in _BEGINNINGS) - (event in ("end_map", "end_array"))
    except ijson.JSONError as error:
        if file.seek(0, SEEK_END) > SMALL_BODY:
            raise not_json(file) from error
        # a small one is left to who reads it, who says what is wrong with NaN, for instance


def not_json(file: BinaryIO) -> BadParameter:
    """The problem with a body that is not JSON; it shows how the body begins."""
    file.seek(0)
    return BadParameter(Fault("body", file.read(LONGEST_ECHO).decode(errors="replace"), "JSON"))


def _too_many(most_values: int, longest_array: int) -> BadParameter:
    return BadParameter(
        Fault(
            "body",
            f"more than {longest_array:,} figures or {most_values:,} values",
            f"at most {longest_array:,} figures; send the others in another release or as CSV",
        )
    )
