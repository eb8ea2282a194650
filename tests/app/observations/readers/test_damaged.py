"""Damaged files: whatever happens to one, it reads to the figures it had or is refused."""

import contextlib
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Fault
from tests.app.observations.readers.files import aor, figures, reading, southwest, state, workbook

TIDY = (
    b"series,period,value,status,qualifier,rounding_unit,note\r\n"
    b"usbp.southwest,2024-03,137480,P,exact,1,\r\n"
    b'usbp.southwest,2024-04,129000,P,about,1000,"heard, not seen"\r\n'
)
FILES = {"southwest": southwest(), "aor": aor(), "state": state()}
EXCERPTS = Path(__file__).parent / "excerpts"
DETECTIONS: list[list[str | int]] = [
    ["Route", "Border type or inland", "Nationality", "NOV2024", "DEC2024"],
    ["Western Balkan Route", "Land", "Syria", 30, 20],
]
WORKBOOKS = {
    "ohss": (workbook(), "ohss"),
    "frontex": (workbook({"Detections_of_IBC": DETECTIONS}), "frontex"),
    "home-office": ((EXCERPTS / "home_office.ods").read_bytes(), "home-office"),
}
NUMBERS = [b"-1", b"1e99", b"4294967296", b"A0", b"ZZZ9999999"]
Damage = Callable[[bytes], bytes]


def observation(content: bytes, source: str = "cbp") -> object:
    """Figures of a file, or None where it is refused."""
    items = list(reading(content, source=source))
    if any(isinstance(item, Fault) for item in items):
        return None
    return figures(content, source=source)


@st.composite
def cut(draw: st.DrawFn, content: bytes) -> bytes:
    """Cut within a line."""
    at = draw(st.integers(0, len(content) - 1))
    return content[:at] if not content[:at].endswith(b"\n") else content[: max(at - 2, 0)]


@st.composite
def one_cell_other(draw: st.DrawFn, content: bytes) -> bytes:
    """A letter in a count, or a word for another."""
    lines = content.splitlines(keepends=True)
    at = draw(st.integers(1, len(lines) - 1))
    line = bytearray(lines[at].rstrip())
    location = draw(st.integers(0, len(line) - 1))
    line[location : location + 1] = draw(st.sampled_from([b"x", b"\xff", b'"', b"\0", b"-", b".5"]))
    return b"".join([*lines[:at], bytes(line) + b"\r\n", *lines[at + 1 :]])


@st.composite
def row_twice(draw: st.DrawFn, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    again = draw(st.sampled_from(lines[1:]))
    at = draw(st.integers(1, len(lines)))
    return b"".join([*lines[:at], again, *lines[at:]])


@st.composite
def header_swapped(draw: st.DrawFn, content: bytes) -> bytes:
    header, _, below = content.partition(b"\r\n")
    names = header.split(b",")
    one, other = draw(st.lists(st.integers(0, len(names) - 1), min_size=2, max_size=2, unique=True))
    names[one], names[other] = names[other], names[one]
    return b",".join(names) + b"\r\n" + below


@st.composite
def recoded(draw: st.DrawFn, content: bytes) -> bytes:
    encoding = draw(
        st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp037", "latin-1"])
    )
    return content.decode().encode(encoding)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "damage",
    [cut, row_twice, recoded, header_swapped],
    ids=["cut", "row-twice", "recoded", "swapped"],
)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_damaged_export_reads_the_same_or_not_at_all(
    name: str, damage: Callable[..., Any], data: Any
) -> None:
    content = FILES[name]
    assert observation(data.draw(damage(content))) in (None, figures(content))


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_letter_in_a_count_is_refused(name: str, data: Any) -> None:
    content = FILES[name]
    lines = content.splitlines(keepends=True)
    at = data.draw(st.integers(1, len(lines) - 1))
    cells = lines[at].rstrip().rsplit(b",", 1)
    letter = data.draw(st.sampled_from([b"x", b"O", b"l", b"-", b".5", b"e3", b"\xff", b"%"]))
    location = data.draw(st.sampled_from([0, len(cells[1])]))
    broken = cells[1][:location] + letter + cells[1][location:]
    lines[at] = cells[0] + b"," + broken + b"\r\n"
    assert observation(b"".join(lines)) is None or broken.startswith(b".")


@pytest.mark.parametrize("content", [TIDY, *FILES.values()], ids=["tidy", *FILES])
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_no_damage_raises(content: bytes, data: Any) -> None:
    damage = data.draw(st.sampled_from([cut, one_cell_other, row_twice, header_swapped, recoded]))
    observation(data.draw(damage(content)))
    mess = data.draw(st.binary(max_size=40))
    at = data.draw(st.integers(0, len(content)))
    observation(content[:at] + mess + content[at + len(mess) :])


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_bytes_raise(content: bytes) -> None:
    observation(content)
    observation(b"PK\x03\x04" + content)
    observation(b"series,period,value\n" + content)


@pytest.mark.parametrize("name", WORKBOOKS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_workbook_reads_the_same_or_not_at_all(name: str, data: Any) -> None:
    content, source = WORKBOOKS[name]
    at = data.draw(st.integers(0, len(content) - 1))
    damaged = data.draw(
        st.sampled_from([content[:at], content[:at] + b"\x55" + content[at + 1 :], content[at:]])
    )
    assert observation(damaged, source) in (None, figures(content, source=source))


@pytest.mark.parametrize("name", WORKBOOKS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_workbook_with_a_damaged_part_raises_nothing(name: str, data: Any) -> None:
    content, source = WORKBOOKS[name]
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    part = data.draw(st.sampled_from(sorted(parts)))
    at = data.draw(st.integers(0, len(parts[part])))
    mess = data.draw(st.one_of(st.binary(max_size=5), st.sampled_from(NUMBERS)))
    parts[part] = parts[part][:at] + mess + parts[part][at + len(mess) :]
    damaged = BytesIO()
    with zipfile.ZipFile(damaged, "w") as archive:
        for each, kept in parts.items():
            archive.writestr(each, kept)
    with contextlib.closing(damaged):
        observation(damaged.getvalue(), source)
