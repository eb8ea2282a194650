"""Workbooks that would exhaust memory: refused from their markup, before a grid is made."""

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.observations.readers import files
from tests.app.observations.readers.files import ods, ods_with, workbook

pytestmark = pytest.mark.slow

ONE = '<table:table-cell office:value-type="float" office:value="1"/>'
EMPTY = "<table:table-cell/>"
MEMORY = 512 << 20  # bytes for a whole process that reads a small file
MODULE = "tests.app.observations.readers.test_workbook_limits"


def with_rows(rows: str, **parts: bytes) -> bytes:
    """The workbook of OHSS with these rows at the end of its first sheet."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as plain:
        kept = {name: plain.read(name) for name in plain.namelist()}
    first = "xl/worksheets/sheet1.xml"
    kept[first] = kept[first].replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (kept | parts).items():
            archive.writestr(name, part)
    return content.getvalue()


def row(*cells: str, repeated: int = 1) -> str:
    content = "".join(cells)
    return f'<table:table-row table:number-rows-repeated="{repeated}">{content}</table:table-row>'


def cell(content: str, repeated: int) -> str:
    return content.replace(
        "<table:table-cell", f'<table:table-cell table:number-columns-repeated="{repeated}"', 1
    )


def sheet(*rows: str) -> bytes:
    return ods_with(f'<table:table table:name="SB_01">{"".join(rows)}</table:table>')


def text(content: str) -> str:
    paragraph = f"<text:p>{content}</text:p>"
    return f'<table:table-cell office:value-type="string">{paragraph}</table:table-cell>'


TOO_LARGE_XLSX: dict[str, Callable[[], bytes]] = {
    "cells-without-references": lambda: with_rows(
        '<row r="99999">' + "<c><v>1</v></c>" * 16384 + "</row>"
    ),
    "rows-without-references": lambda: with_rows(
        "<row/>" * 200_000 + "<row>" + "<c><v>1</v></c>" * 6 + "</row>"
    ),
    "one-far-cell": lambda: with_rows('<row r="1"><c r="XFD1048576"><v>1</v></c></row>'),
    "far-inline-text": lambda: with_rows(
        '<row r="9"><c r="XFD999" t="inlineStr"><is><t>a</t></is></c></row>'
    ),
    "far-formula": lambda: with_rows('<row r="9"><c r="XFD1048576"><f>1</f></c></row>'),
    "prefixed": lambda: with_rows(
        '<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
    ),
    "row-beyond-numbers": lambda: with_rows('<row r="4294967297"><c><v>1</v></c></row>'),
    "one-cell-many-times": lambda: with_rows(
        '<row r="9">' + '<c r="A9"><v>1</v></c>' * 1_000_001 + "</row>"
    ),
    "long-text-in-many-cells": lambda: with_rows(
        '<row r="9">' + '<c t="s"><v>0</v></c>' * 100 + "</row>",
        **{"xl/sharedStrings.xml": b"<sst><si><t>" + b"x" * (4 << 20) + b"</t></si></sst>"},
    ),
    "too-many-elements": lambda: with_rows(
        "", **{f"xl/{name}.xml": b"<a>" + b"<b/>" * 1_600_000 + b"</a>" for name in "ab"}
    ),
    "too-many-parts": lambda: with_rows(
        "", **{f"xl/{number}.xml": b"<a/>" for number in range(501)}
    ),
    "zeros": lambda: with_rows("", **{"xl/zeros.xml": bytes(65 << 20)}),
}
TOO_LARGE_ODS: dict[str, Callable[[], bytes]] = {
    "cells-repeated": lambda: sheet(row(cell(ONE, 1_000_000_000))),
    "empty-cells-repeated": lambda: sheet(row(cell(EMPTY, 1_000_000_000), ONE)),
    "rows-repeated": lambda: sheet(row(ONE, repeated=1_000_000_000)),
    "empty-rows-repeated": lambda: sheet(row(ONE), row(EMPTY, repeated=1_000_000_000), row(ONE)),
    "rows-and-cells-repeated": lambda: sheet(row(cell(ONE, 1001), repeated=1000)),
    "wide-and-long": lambda: sheet(row(cell(ONE, 1001)), row(ONE, repeated=1000)),
    "spaces-repeated": lambda: sheet(row(text('a<text:s text:c="2000000000"/>'))),
    "text-repeated": lambda: sheet(row(cell(text("x" * (1 << 20)), 200))),
    "tables": lambda: ods_with(
        "".join(
            f'<table:table table:name="{at}">{row(ONE, repeated=250_000)}</table:table>'
            for at in range(5)
        )
    ),
}


@pytest.mark.parametrize("name", TOO_LARGE_XLSX)
def test_a_workbook_that_spans_too_much_is_refused(name: str) -> None:
    (fault,) = files.faults(TOO_LARGE_XLSX[name](), source="ohss")
    assert fault.parameter == "file"
    assert "at most 1000000 cells" in fault.expected


@pytest.mark.parametrize("name", TOO_LARGE_ODS)
def test_an_open_workbook_that_spans_too_much_is_refused(name: str) -> None:
    (fault,) = files.faults(TOO_LARGE_ODS[name](), source="home-office")
    assert fault.parameter == "file"
    assert "at most 1000000 cells" in fault.expected


@pytest.mark.parametrize(
    "content",
    [
        with_rows('<row r="4"><c r="XFD1048576" s="1"/></row>'),
        with_rows('<row r="1048576" spans="1:3"/>'),
        with_rows("", **{"xl/media/picture.bin": bytes(1000)}),
    ],
    ids=["formatted-cell", "formatted-row", "picture"],
)
def test_what_holds_no_figure_takes_no_room(content: bytes) -> None:
    assert files.figures(content, source="ohss") == files.figures(workbook(), source="ohss")


def test_repetitions_at_the_ends_of_an_open_workbook_take_no_room() -> None:
    days = [f"2024-01-{day:02}" for day in range(1, 32)]
    rows = [["Date", "Migrants arrived"], *([day, "1"] for day in days)]
    plain = files.figures(ods({"SB_01": rows}), source="home-office")
    markup = row(text("Date"), text("Migrants arrived"), cell(EMPTY, 16382)) + "".join(
        row(text(day), ONE, cell(EMPTY, 16382)) for day in days
    )
    padded = sheet(markup, row(cell(EMPTY, 16384), repeated=1_048_544))
    assert (
        files.figures(padded, source="home-office") == plain == {("uk.small-boats", "2024-01"): 31}
    )


@pytest.mark.parametrize(
    ("content", "given"),
    [
        (with_rows('<row r="0"><c><v>1</v></c></row>'), "'0' instead of a number from 1"),
        (with_rows('<row><c r="7"><v>1</v></c></row>'), "the cell reference '7'"),
        (with_rows('<row><c r="A1_0"><v>1</v></c></row>'), "'1_0' instead of a number"),
        (with_rows("", **{"xl/more.xml": b"<a><b></a>"}), "xl/more.xml: mismatched tag"),
        (
            with_rows("", **{"xl/more.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "a document type declaration in xl/more.xml",
        ),
        (sheet(row(ONE, repeated=-1)), "'-1' instead of a number from 1"),
        (
            sheet(row(ONE.replace("/>", f">{ONE}</table:table-cell>"))),
            "a cell",
        ),
        (
            ods_with('<table:table table:name="a"><table:table table:name="b"/></table:table>'),
            "a table within a table",
        ),
    ],
    ids=[
        "row-zero",
        "reference-without-column",
        "reference-with-underscore",
        "mismatched-tag",
        "document-type",
        "negative-repetition",
        "cell-in-cell",
        "table-in-table",
    ],
)
def test_markup_that_no_program_writes_is_called_damaged(content: bytes, given: str) -> None:
    (fault,) = files.faults(content, source="ohss")
    assert fault.parameter == "file"
    assert given in fault.given
    assert fault.expected == "a whole .xlsx or .ods workbook as downloaded"


def test_an_archive_that_names_a_part_twice_is_called_damaged() -> None:
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    (fault,) = files.faults(content.getvalue(), source="ohss")
    assert "two parts named 'xl/workbook.xml'" in fault.given


@pytest.mark.parametrize("name", ["cells-without-references", "one-far-cell", "spaces-repeated"])
def test_a_refused_workbook_costs_a_process_little_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes((TOO_LARGE_XLSX | TOO_LARGE_ODS)[name]())
    answer = subprocess.run(
        [sys.executable, "-m", MODULE, str(path)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("file is ")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for problem in files.faults(Path(sys.argv[1]).read_bytes(), source="ohss"):
        sys.stdout.write(f"{problem}\n")
