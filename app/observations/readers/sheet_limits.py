"""Limits on spreadsheets, measured in their XML before anything is expanded.

The library that reads sheets keeps each as a full grid with a text a cell, and has no limits of its
own: one cell in the last row and column of a tiny file, or a cell repeated a billion times, would
exhaust memory. So the size of every grid is worked out here first, from cells with and without
references and from repetitions.
"""

from collections.abc import Callable
from string import ascii_uppercase
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate

from app.observations.readers.archive import TooLargeError

MOST_CELLS = 1_000_000  # in the grids of a spreadsheet; Frontex's workbook has 180,000
MOST_ELEMENTS = 3_000_000  # of XML in a spreadsheet; OHSS's workbook has 480,000
LONGEST_TEXTS = 128 << 20  # characters, all texts of a spreadsheet as often as cells hold them
LONGEST_NUMBER = 20  # digits
_KEPT = ("office:", "table:formula")  # attributes of an .ods cell that the library keeps
_ENCODING = "utf-8"  # whatever a part declares, as the library reads no other

Attributes = dict[str, str]


class DamagedPartError(ValueError):
    """A part that is not the XML of a spreadsheet."""


class XlsxLimits:
    """Adds up the grids and texts of an .xlsx workbook, part by part."""

    def __init__(self) -> None:
        self._elements = 0
        self._cells = 0
        self._shared_texts = 0
        self._longest_shared = 0

    def add(self, name: str, content: bytes) -> None:
        """Raises TooLargeError, or DamagedPartError if the part is not well-formed."""
        part = _XlsxPart()
        most = MOST_ELEMENTS - self._elements
        self._elements += _parse(name, content, part.start, part.end, part.text, most)
        self._cells += max(part.filled, (part.last_row + 1) * (part.last_column + 1))
        _check_cells(self._cells)
        self._shared_texts += part.shared_texts
        self._longest_shared = max(self._longest_shared, part.longest_shared)
        _check_texts(self._shared_texts * self._longest_shared)


class _XlsxPart:
    """Cells of one worksheet, and the longest text of the part with the shared texts.

    A cell without a reference follows the one before it; empty cells take no room.
    """

    def __init__(self) -> None:
        self.last_row = self.last_column = -1
        self.filled = 0
        self.shared_texts = 0
        self.longest_shared = 0
        self._row = self._cell_row = self._column = 0
        self._in_cell = self._is_filled = self._is_shared = False
        self._in_text = False
        self._length = 0

    def start(self, element: str, attributes: Attributes) -> None:
        name = _local(element)
        if self._in_cell:
            self._fill()
        elif name == "c":
            self._in_cell = True
            self._is_filled = False
            self._is_shared = attributes.get("t") == "s"
            if "r" in attributes:
                self._cell_row, self._column = _reference(attributes["r"])
            else:
                self._cell_row = self._row
        elif name == "row" and "r" in attributes:
            self._row = _number(attributes["r"]) - 1
        elif name == "si":
            self._in_text, self._length = True, 0

    def end(self, element: str) -> None:
        name = _local(element)
        if name == "c":
            self._in_cell = False
            self._column += 1
        elif name == "row":
            self._row += 1
            self._column = 0
        elif name == "si":
            self._in_text = False
            self.longest_shared = max(self.longest_shared, self._length)

    def text(self, text: str) -> None:
        if self._in_text:
            self._length += len(text)

    def _fill(self) -> None:
        if self._is_filled:
            return
        self._is_filled = True
        self.filled += 1
        self.shared_texts += self._is_shared
        self.last_row = max(self.last_row, self._cell_row)
        self.last_column = max(self.last_column, self._column)
        _check_cells(max(self.filled, (self.last_row + 1) * (self.last_column + 1)))


def check_ods(name: str, content: bytes) -> None:
    """Check the grids and texts of an .ods spreadsheet's content.

    Raises TooLargeError, or DamagedPartError if it is not well-formed.
    """
    tables = _OdsTables()
    _parse(name, content, tables.start, tables.end, tables.text, MOST_ELEMENTS)


class _OdsTables:
    """Cells of the tables, each as often as it is repeated, without the empty ones at the ends."""

    def __init__(self) -> None:
        self._cells = self._texts = 0
        self._in_table = self._in_row = self._in_cell = self._is_filled = False
        self._rows = self._width = self._empty_rows = 0
        self._repeats = self._row_width = self._empty_cells = self._row_texts = 0
        self._cell_repeats = self._length = 0

    def start(self, element: str, attributes: Attributes) -> None:
        match element:
            case "table:table":
                if self._in_table:
                    raise DamagedPartError("a table within a table")
                self._in_table = True
                self._rows = self._width = self._empty_rows = 0
            case "table:table-row" if self._in_table:
                self._in_row = True
                self._repeats = _repeats(attributes, "table:number-rows-repeated")
                self._row_width = self._empty_cells = self._row_texts = 0
            case "table:table-cell" | "table:covered-table-cell" if self._in_row:
                if self._in_cell:
                    raise DamagedPartError("a cell within a cell")
                self._in_cell = True
                self._cell_repeats = _repeats(attributes, "table:number-columns-repeated")
                values = [text for key, text in attributes.items() if key.startswith(_KEPT)]
                self._is_filled = bool(values)
                self._length = sum(map(len, values))
            case "text:s" if self._in_cell:
                self._length += _repeats(attributes, "text:c")
                _check_texts(self._length)

    def text(self, text: str) -> None:
        if self._in_cell:
            self._is_filled |= not text.isspace()
            self._length += len(text)

    def end(self, element: str) -> None:
        match element:
            case "table:table-cell" | "table:covered-table-cell" if self._in_cell:
                self._in_cell = False
                if not self._is_filled:
                    self._empty_cells += self._cell_repeats
                    return
                self._row_width += self._empty_cells + self._cell_repeats
                self._empty_cells = 0
                self._row_texts += self._length * self._cell_repeats
                _check_cells(self._row_width)
                _check_texts(self._row_texts)
            case "table:table-row" if self._in_row:
                self._in_row = False
                self._end_row()
            case "table:table":
                self._in_table = False
                self._cells += self._rows * self._width
                _check_cells(self._cells)

    def _end_row(self) -> None:
        if not self._row_width:
            self._empty_rows += self._repeats
            return
        self._rows += self._empty_rows + self._repeats
        self._empty_rows = 0
        self._width = max(self._width, self._row_width)
        self._texts += self._row_texts * self._repeats
        _check_cells(self._cells + self._rows * self._width)
        _check_texts(self._texts)


def _parse(
    name: str,
    content: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    most: int,
) -> int:
    """Walk through a part; returns how many elements it has, which may be `most`."""
    elements = 0

    def count_and_start(element: str, attributes: Attributes) -> None:
        nonlocal elements
        elements += 1
        if elements > most:
            raise TooLargeError(f"more than {MOST_ELEMENTS} elements, counted to {name[:80]}")
        start(element, attributes)

    def refuse(*_: object) -> NoReturn:
        raise DamagedPartError(f"a document type declaration in {name[:80]}")

    parser = ParserCreate(_ENCODING)
    parser.buffer_text = True
    parser.StartElementHandler = count_and_start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except ExpatError as error:
        raise DamagedPartError(f"{name[:80]}: {error}") from error
    return elements


def _reference(text: str) -> tuple[int, int]:
    """Row and column, from 0, of a reference such as `B7`."""
    digits = text.lstrip(_LETTERS)
    column = 0
    for letter in text[: len(text) - len(digits)].upper():
        column = column * 26 + ascii_uppercase.index(letter) + 1
    row = _number(digits)
    if not column:
        raise DamagedPartError(f"the cell reference {text[:20]!r}")
    return row - 1, column - 1


_LETTERS = ascii_uppercase + ascii_uppercase.lower()


def _repeats(attributes: Attributes, name: str) -> int:
    return _number(attributes[name]) if name in attributes else 1


def _number(text: str) -> int:
    """A number from 1."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER and int(text)):
        raise DamagedPartError(f"{text[:20]!r} instead of a number from 1")
    return int(text)


def _local(element: str) -> str:
    """The name of an element without its prefix."""
    return element.rpartition(":")[2]


def _check_cells(cells: int) -> None:
    if cells > MOST_CELLS:
        raise TooLargeError(f"more than {MOST_CELLS} cells in the rows and columns that it spans")


def _check_texts(characters: int) -> None:
    if characters > LONGEST_TEXTS:
        raise TooLargeError("very long texts in very many cells")
