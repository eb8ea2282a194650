"""A calendar month, the only unit of time in the statistics."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Self, overload

_WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month, written `2024-04` (ISO 8601, SDMX TIME_PERIOD).

    Months are ordered, and they add and subtract like integers.

    Parameters
    ----------
    ordinal : int
        Months since January of year 0. `Month.of` and `Month.parse` are easier to use.

    Examples
    --------
    >>> april = Month.parse("2024-04")
    >>> str(april + 12), april - Month.of(2023, 10), april.fiscal_year
    ('2025-04', 6, 2024)
    """

    ordinal: int

    @classmethod
    def of(cls, year: int, month: int) -> Self:
        """Return a month of a calendar year.

        Parameters
        ----------
        year : int
        month : int
            1 to 12.

        Returns
        -------
        Month

        Raises
        ------
        ValueError
            If `month` is not 1 to 12.
        """
        if not 1 <= month <= 12:
            raise ValueError(f"month is {month}, expected 1 to 12")
        return cls(year * 12 + month - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a month written `YYYY-MM`.

        Parameters
        ----------
        text : str

        Returns
        -------
        Month

        Raises
        ------
        ValueError
            If `text` is not a month; the message quotes it.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a month, expected YYYY-MM such as 2024-04")
        return cls.of(int(match[1]), int(match[2]))

    @classmethod
    def containing(cls, day: date) -> Self:
        """Return the month that contains a day."""
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
        return self.reporting_year(10)

    def reporting_year(self, first_month: int) -> int:
        """The year that this month is in if years begin in `first_month` (1 to 12), named by its
        last month."""
        return (self.ordinal + (13 - first_month) % 12) // 12

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

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
    """List the months from one to another, both included.

    Parameters
    ----------
    first, last : Month

    Returns
    -------
    list of Month
        Empty if `last` is before `first`.

    Examples
    --------
    >>> [str(month) for month in months_between(Month.of(2023, 12), Month.of(2024, 2))]
    ['2023-12', '2024-01', '2024-02']
    """
    return [first + step for step in range(last - first + 1)]
