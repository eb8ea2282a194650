"""Types of the API's parameters and fields: months and dates as people write them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from forecasting import Month


def _month(given: Any) -> Month:
    if isinstance(given, Month):
        return given
    try:
        month = Month.parse(str(given))
        return Month.containing(month.first_day)  # no calendar has a year 0
    except ValueError as error:
        raise PydanticCustomError("month", "a month written YYYY-MM, such as 2024-04") from error


def _day(given: Any) -> date:
    """The UTC day of a date or an instant."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    text = str(given)
    try:
        if len(text) == len("2024-05-16"):
            return date.fromisoformat(text)
        # in a query an unescaped + of a zone arrives as a space
        instant = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return (
            instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
        ).date()
    except (ValueError, OverflowError) as error:
        # the first and last day there are may be none in UTC
        raise PydanticCustomError(
            "as_of", "a date such as 2024-05-16 or an instant such as 2024-05-16T09:30:00Z"
        ) from error


def _written_day(given: Any) -> date:
    """A date as written. A number of seconds is not a date here."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    try:
        if len(str(given)) == len("2024-05-07"):
            return date.fromisoformat(str(given))
    except ValueError:
        pass
    raise PydanticCustomError("day", "a date written YYYY-MM-DD, such as 2024-05-07")


def _without_null(given: str) -> str:
    """A text that every database can compare; PostgreSQL's have no NUL."""
    if "\0" in given:
        raise PydanticCustomError("text", "a text without the character NUL")
    return given


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """Annotates an int between two bounds, both included, with one message for everything else."""

    lowest: int
    highest: int
    example: int | None = None

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        bounds = {"type": "integer", "minimum": self.lowest, "maximum": self.highest}
        return bounds if self.example is None else bounds | {"examples": [self.example]}

    def _check(self, given: Any) -> int:
        written = re.fullmatch(r"[+-]?[0-9]{1,10}", str(given))
        if written is None or not self.lowest <= int(written[0]) <= self.highest:
            expected = f"a whole number from {self.lowest} to {self.highest}"
            raise PydanticCustomError("whole_number", "{expected}", {"expected": expected})
        return int(written[0])


@dataclass(frozen=True, slots=True)
class PositiveNumber:
    """Annotates a float above zero and up to a bound, with one message for everything else."""

    highest: float
    example: float

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        bounds = {"type": "number", "exclusiveMinimum": 0, "maximum": self.highest}
        return bounds | {"examples": [self.example]}

    def _check(self, given: Any) -> float:
        try:
            number = float(str(given))
        except ValueError:
            number = 0.0
        if not 0 < number <= self.highest:  # neither is NaN
            expected = f"a number above 0 and up to {self.highest:g}"
            raise PydanticCustomError("positive_number", "{expected}", {"expected": expected})
        return number


MonthField = Annotated[
    Month,
    PlainValidator(_month),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$", "examples": ["2024-04"]}
    ),
]
LARGEST_ID = 2**31 - 1  # of any row, on every database
Text = Annotated[str, AfterValidator(_without_null)]
SeriesKey = Annotated[
    str,
    Field(description="Key of the series; `GET /series` lists them.", examples=["usbp.southwest"]),
]
DayField = Annotated[
    date,
    BeforeValidator(_written_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2024-05-07"]}),
]
AsOfField = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2024-05-16"]}),
]
