"""Encodings, and files that are not what they claim to be."""

import gzip
import io
import zipfile

import pytest

from app.observations.readers import FileKind
from tests.app.observations.readers.files import faults, figures, reading, southwest

TEXT = "series,period,value,note\nusbp,2024-04,5,señor\nusbp,2024-05,6,señora\n"
BOTH = {("usbp", "2024-04"): 5, ("usbp", "2024-05"): 6}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_marked_utf_16_are_read(encoding: str) -> None:
    assert figures(TEXT.encode(encoding)) == BOTH


def test_another_encoding_is_refused_with_the_line_and_what_to_do() -> None:
    (fault,) = [fault for fault in faults(TEXT.encode("cp1252")) if "UTF-8" in fault.expected]
    assert (fault.parameter, fault.given) == ("line 2", "the byte 0xf1")


def test_a_wrong_byte_far_down_is_found_in_its_line() -> None:
    content = b"series,period,value\n" + b"usbp,2024-04,5\n" * 50_000 + b"usbp\xff,2024-04,5\n"
    assert [fault.parameter for fault in faults(content)] == ["line 50002"]


def archive(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        written.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        archive("figures.csv", southwest()),
        archive("figures.csv", southwest())[:60],
        gzip.compress(southwest()),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"%PDF-1.7\n",
        b"<!DOCTYPE html><html><body>Access denied</body></html>",
        b'{"series": "usbp"}',
        TEXT.encode("utf-16-le"),
        bytes(1_000_000),
        b"0" * 5_000_000,
    ],
    ids=["zip", "cut-zip", "gzip", "xls", "pdf", "html", "json", "utf-16-le", "NULs", "zeros"],
)
def test_a_file_that_is_no_table_is_one_fault(content: bytes) -> None:
    found = reading(content)
    assert found.kind is FileKind.UNKNOWN
    assert len(list(found)) == 1


def test_an_endless_line_is_cut_and_refused() -> None:
    found = faults(b"series,period,value\n" + b"0" * 5_000_000)
    assert found
    assert {fault.expected for fault in found} == {"3 cells, as in the header"}
