"""Sheets of an .xlsx or .ods workbook, read so that no workbook can exhaust memory."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from app.errors import Fault
from app.observations.readers.archive import DAMAGE, TooLargeError, unpack
from app.observations.readers.sheet_limits import MOST_CELLS, XlsxLimits, check_ods

Cell = object  # text, a number, a date or a truth value; empty text where there is nothing
Sheet = Sequence[Sequence[Cell]]

_ODS_CONTENT = "content.xml"
_ODS_PARTS = ("mimetype", "META-INF/manifest.xml", _ODS_CONTENT)
_XLSX_PARTS = (
    ".xml",
    ".rels",
)  # endings of the names of parts that hold cells, texts and how they relate
_UNREADABLE = (*DAMAGE, CalamineError)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that is small enough to read; `names` are those of its sheets."""

    names: tuple[str, ...]
    _opened: CalamineWorkbook

    def read_sheets(self, names: Iterable[str]) -> dict[str, Sheet] | Fault:
        """Those of the named sheets that the workbook has, by name, or what is wrong with it."""
        found: dict[str, Sheet] = {}
        for name in names:
            if name in self.names:
                try:
                    found[name] = self._opened.get_sheet_by_name(name).to_python(
                        skip_empty_area=False
                    )
                except _UNREADABLE as error:
                    return Fault(
                        f"sheet {name}", f"a damaged sheet ({error})", "the sheet as downloaded"
                    )
        return found


def open_workbook(file: BinaryIO) -> Workbook | Fault:
    """Open a file that begins as a zip archive does, or say what is wrong with it.

    The parts are unpacked and measured here and handed on unpacked, without those that hold no
    figures, as the library that reads sheets has no limits.
    """
    try:
        opened = CalamineWorkbook.from_filelike(_repacked(_measured(unpack(file))))
        return Workbook(tuple(opened.sheet_names), opened)
    except TooLargeError as error:
        expected = (
            f"a workbook of the size of Frontex's or OHSS's: at most {MOST_CELLS} cells in all"
        )
        return Fault("file", str(error), expected)
    except _UNREADABLE as error:
        expected = "a whole .xlsx or .ods workbook as downloaded"
        return Fault("file", f"a damaged workbook ({error})", expected)


def _measured(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts that are read. Raises TooLargeError or a ValueError where they cannot be."""
    if _ODS_CONTENT in parts:
        check_ods(_ODS_CONTENT, parts[_ODS_CONTENT])
        return {name: parts[name] for name in _ODS_PARTS if name in parts}
    kept = {name: content for name, content in parts.items() if name.lower().endswith(_XLSX_PARTS)}
    limits = XlsxLimits()
    for name, content in kept.items():
        limits.add(name, content)
    return kept


def _repacked(parts: Mapping[str, bytes]) -> io.BytesIO:
    """An archive of the parts without compression."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as plain:
        for name, content in parts.items():
            plain.writestr(name, content)
    archive.seek(0)
    return archive
