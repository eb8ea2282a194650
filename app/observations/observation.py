"""Series and figures: a figure's value, how sure and how exact it was said to be, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from forecasting import Month

OFFICIAL_SOURCES = ("cbp", "ohss", "frontex", "home-office", "segob", "snm")
_FISCAL_YEAR_SOURCES = (
    "cbp",
    "ohss",
)  # which close their figures after September, not after December
_MONTHS_UNTIL_FINAL = {"frontex": 12}  # Frontex closes no year; its newest months rise for months
OHSS_ROUNDING = 10  # OHSS rounds every figure of its tables to the nearest ten


class Status(StrEnum):
    """Observation status: the codes of SDMX CL_OBS_STATUS 2.2."""

    NORMAL = "A"
    BREAK = "B"
    DEFINITION_DIFFERS = "D"
    ESTIMATED = "E"
    FORECAST = "F"
    EXPERIMENTAL = "G"
    HOLIDAY = "H"
    IMPUTED = "I"
    DEROGATION = "J"
    INCLUDED_ELSEWHERE = "K"
    NOT_COLLECTED = "L"
    CANNOT_EXIST = "M"
    NOT_SIGNIFICANT = "N"
    MISSING = "O"
    PROVISIONAL = "P"
    SUPPRESSED = "Q"
    SPECIAL_EVENT = "S"
    LOW_RELIABILITY = "U"
    UNVALIDATED = "V"
    INCLUDES_ANOTHER = "W"


class Qualifier(StrEnum):
    """How exactly a figure was stated."""

    EXACT = "exact"
    ABOUT = "about"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A monthly count, before the store knows it."""

    key: str
    title: str
    unit: str
    parent: str | None
    dimension: str
    ended: bool = False
    note: str | None = None
    breaks: tuple[Month, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure for one month, as one release gave it; `value` None is a withdrawal or a gap.

    `rounding_unit` is the step to which the value was rounded: 1 where it is exact.
    """

    period: Month
    value: int | None
    status: Status
    qualifier: Qualifier
    rounding_unit: int
    source: str
    published_on: date
    release: int
    note: str | None = None

    @property
    def vague(self) -> bool:
        return self.qualifier is not Qualifier.EXACT

    @property
    def official(self) -> bool:
        return self.source in OFFICIAL_SOURCES


def official_status(
    period: Month, published_on: date, breaks: Sequence[Month] = (), *, source: str = "cbp"
) -> Status:
    """Status of an official figure: provisional until its publisher's year has ended.

    The year is the US fiscal year for CBP and OHSS, else the calendar year; Frontex's figures are
    provisional until they are twelve months old. `breaks` are the months in which the series'
    definition changed: a break in those, and before the last of them another definition than
    today's.
    """
    if period in breaks:
        return Status.BREAK
    if any(period < changed for changed in breaks):
        return Status.DEFINITION_DIFFERS
    return (
        Status.NORMAL if published_on > _provisional_until(period, source) else Status.PROVISIONAL
    )


def _provisional_until(period: Month, source: str) -> date:
    """The last day on which a release leaves a figure provisional."""
    if source in _MONTHS_UNTIL_FINAL:
        return (period + _MONTHS_UNTIL_FINAL[source]).last_day
    if source in _FISCAL_YEAR_SOURCES:
        return Month.of(period.fiscal_year, 9).last_day
    return Month.of(period.year, 12).last_day
