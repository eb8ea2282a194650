"""A calendar month, the only unit of time in the statistics."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self, overload

_WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month, written `2024-04` (ISO 8601, SDMX TIME_PERIOD).

    `ordinal` counts months since January of year 0, so that months add and subtract as integers.
    """

    ordinal: int

    @classmethod
    def of(cls, year: int, month: int) -> Self:
        """The month `month` (1 to 12) of calendar year `year`."""
        if not 1 <= month <= 12:
            raise ValueError(f"month is {month}, expected 1 to 12")
        return cls(year * 12 + month - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY-MM`. Raises ValueError that quotes what was given."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a month, expected YYYY-MM such as 2024-04")
        return cls.of(int(match[1]), int(match[2]))

    @classmethod
    def containing(cls, day: date) -> Self:
        return cls.of(day.year, day.month)

    @property
    def year(self) -> int:
        return self.ordinal // 12

    @property
    def month(self) -> int:
        return self.ordinal % 12 + 1

    @property
    def fiscal_year(self) -> int:
        """US federal fiscal year: FY N runs from October N-1 to September N."""
        return (self.ordinal + 3) // 12

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return (self + 1).first_day - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __add__(self, months: int) -> Self:
        return type(self)(self.ordinal + months)

    @overload
    def __sub__(self, other: int) -> "Month": ...
    @overload
    def __sub__(self, other: "Month") -> int: ...
    def __sub__(self, other: "int | Month") -> "int | Month":
        """A month some months earlier, or the number of months since another month."""
        if isinstance(other, Month):
            return self.ordinal - other.ordinal
        return type(self)(self.ordinal - other)


def months_between(first: Month, last: Month) -> list[Month]:
    """Every month from `first` to `last`, both included; empty where `last` is before `first`."""
    return [first + step for step in range(last - first + 1)]
