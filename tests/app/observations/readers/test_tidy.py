"""Tidy CSV: what its cells mean, what empty cells mean, and what is wrong with others."""

import io
from datetime import date
from itertools import islice

import pytest

from app.observations.new_release import NewObservation
from app.observations.observation import Qualifier, Status
from app.observations.readers import FileKind, LocatedObservation, read_file
from forecasting import Month
from tests.app.observations.readers.files import faults, reading


def observation(line: str, columns: str = "", source: str = "press") -> NewObservation:
    content = f"series,period,value{columns}\n{line}\n".encode()
    (item,) = reading(content, source=source, published_on=date(2024, 5, 7))
    assert isinstance(item, LocatedObservation)
    return item.observation


def test_a_line_gives_a_series_a_month_and_a_value() -> None:
    content = b"series,period,value\nusbp.southwest,2024-03,137480\nusbp.southwest,2024-04,128895\n"
    found = reading(content, source="press")
    assert found.kind is FileKind.TIDY
    assert list(found) == [
        LocatedObservation(
            "line 2",
            NewObservation("usbp.southwest", Month.parse("2024-03"), 137480, Status.PROVISIONAL),
        ),
        LocatedObservation(
            "line 3",
            NewObservation("usbp.southwest", Month.parse("2024-04"), 128895, Status.PROVISIONAL),
        ),
    ]


def test_columns_may_stand_in_any_order_with_capitals_and_spaces() -> None:
    content = b" Value ,SERIES,Qualifier,Period\r\n129000,usbp.southwest, About ,2024-04\r\n"
    (item,) = reading(content, source="press")
    assert isinstance(item, LocatedObservation)
    assert (item.observation.value, item.observation.qualifier) == (129000, Qualifier.ABOUT)


@pytest.mark.parametrize(
    ("line", "source", "status"),
    [
        ("usbp,2024-04,5", "press", "P"),
        ("usbp,2024-04,5", "cbp", "P"),
        ("usbp,2023-09,5", "cbp", "A"),
        ("usbp,2023-09,5", "ohss", "A"),
        ("usbp,2024-04,", "cbp", "O"),
    ],
)
def test_the_usual_status_is_that_of_the_source_and_of_a_figure_without_value(
    line: str, source: str, status: str
) -> None:
    assert observation(line, source=source).status == status


@pytest.mark.parametrize(
    ("value", "qualifier", "source", "unit"),
    [
        ("129000", "about", "press", 1000),
        ("128900", "about", "press", 100),
        ("140000", "about", "press", 1000),
        ("250000", "more_than", "press", 1000),
        ("0", "less_than", "press", 1),
        ("129000", "exact", "press", 1),
        ("128900", "exact", "ohss", 10),
        ("128895", "exact", "ohss", 1),
        ("", "exact", "ohss", 1),
    ],
)
def test_the_usual_rounding_is_what_the_wording_suggests(
    value: str, qualifier: str, source: str, unit: int
) -> None:
    assert (
        observation(f"usbp,2024-04,{value},{qualifier}", ",qualifier", source).rounding_unit == unit
    )


def test_what_a_line_says_of_itself_holds() -> None:
    found = observation(
        "usbp,2024-04,129000,u,about,500,heard on the phone", ",status,qualifier,rounding_unit,note"
    )
    assert (found.status, found.rounding_unit, found.note) == ("U", 500, "heard on the phone")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("usbp,2024-13,5,P,exact,1,", "period"),
        ("usbp,April 2024,5,P,exact,1,", "period"),
        ("usbp,,5,P,exact,1,", "period"),
        ("usbp,2024-04,-5,P,exact,1,", "value"),
        ("usbp,2024-04,5.5,P,exact,1,", "value"),
        ("usbp,2024-04,1e5,P,exact,1,", "value"),
        ("usbp,2024-04,1_000,P,exact,1,", "value"),
        ("usbp,2024-04,12O,P,exact,1,", "value"),
        ("usbp,2024-04,٣,P,exact,1,", "value"),
        ("usbp,2024-04,NaN,P,exact,1,", "value"),
        ("usbp,2024-04,9999999999999,P,exact,1,", "value"),
        ("usbp,2024-04,5,Z,exact,1,", "status"),
        ("usbp,2024-04,5,P,roughly,1,", "qualifier"),
        ("usbp,2024-04,5,P,exact,0,", "rounding_unit"),
        ("usbp,2024-04,5,P,exact,1,a\x07b", "note"),
        (",2024-04,5,P,exact,1,", "series"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(line: str, field: str) -> None:
    header = "series,period,value,status,qualifier,rounding_unit,note"
    content = f"{header}\nusbp,2024-03,1,,,,\n{line}\n".encode()
    (fault,) = faults(content)
    assert fault.parameter == f"line 3, {field}"


def test_every_wrong_cell_of_a_line_is_a_fault() -> None:
    found = faults(b"series,period,value\nusbp,2024-4,x\n")
    assert [fault.parameter for fault in found] == ["line 2, period", "line 2, value"]


@pytest.mark.parametrize(
    ("content", "parameter"),
    [
        (b"series,period\nusbp,2024-04\n", "line 1, value"),
        (b"series,period,value,color\nusbp,2024-04,5,red\n", "line 1"),
        (b"series,period,value,value\nusbp,2024-04,5,6\n", "line 1, value"),
        (b"series,period,value\n", "file"),
        (b"", "file"),
        (b"\n\n  \n", "file"),
        (b"series,period,value\nusbp,2024-04\n", "line 2"),
        (b"series,period,value\nusbp,2024-04,5,6\n", "line 2"),
        (b"series,period,value\nusbp,2024-03,5\n\nusbp,2024", "line 4"),
        (b'series,period,value\nusbp,2024-03,5\nusbp,"2024-04,5\nusbp,2024-05,7\n', "line 3"),
        (b"series;period;value\nusbp;2024-04;5\n", "line 1"),
    ],
)
def test_a_wrong_shape_is_a_fault(content: bytes, parameter: str) -> None:
    assert parameter in [fault.parameter for fault in faults(content)]


def test_a_file_is_read_line_by_line() -> None:
    lines = b"series,period,value\n" + b"usbp,2024-04,5\n" * 100_000
    file = io.BytesIO(lines)
    first = list(
        islice(iter(read_file(file, source="press", published_on=date(2024, 5, 7), known={})), 3)
    )
    assert len(first) == 3
    assert file.tell() < len(lines) / 10


def test_the_file_stays_open() -> None:
    file = io.BytesIO(b"series,period,value\nusbp,2024-04,5\n")
    assert len(list(read_file(file, source="press", published_on=date(2024, 5, 7), known={}))) == 1
    assert not file.closed
