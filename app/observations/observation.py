"""Series and figures: a figure's value, how sure and how exact it was said to be, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.observations.publishers import OFFICIAL_SOURCES, PUBLISHERS
from forecasting import Month
from forecasting.series import FEWEST_OBSERVED

OHSS_ROUNDING = PUBLISHERS["ohss"].rounding_unit


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
    """A monthly count, before the store knows it.

    border, year_start: None takes them from the parent or, without one, from the key
    ended: no more figures are expected; `resumable` if a newer file may extend it all the same
    covariate: it explains counts and is none: in no pool and not forecast
    fewest_figures: how many figures it needs to be forecast
    official_source: the only source whose figures of it are official; None takes the publishers
        that the service knows
    """

    key: str
    title: str
    unit: str
    parent: str | None
    dimension: str
    ended: bool = False
    note: str | None = None
    breaks: tuple[Month, ...] = ()
    border: str | None = None
    year_start: int | None = None
    resumable: bool = False
    covariate: bool = False
    fewest_figures: int = FEWEST_OBSERVED
    official_source: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure for one month, as one release gave it; `value` None is a withdrawal or a gap.

    `rounding_unit` is the step to which the value was rounded: 1 where it is exact.
    `official_source` is the one whose figures of the series are official, if it has one of its own.
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
    official_source: str | None = None

    @property
    def vague(self) -> bool:
        return self.qualifier is not Qualifier.EXACT

    @property
    def official(self) -> bool:
        if self.official_source is not None:
            return self.source == self.official_source
        return self.source in OFFICIAL_SOURCES


def official_status(
    period: Month, published_on: date, breaks: Sequence[Month] = (), *, source: str = "cbp"
) -> Status:
    """Status of an official figure: provisional until its publisher's year has ended.

    Frontex's figures are provisional until they are twelve months old. `breaks` are the months in
    which the series' definition changed: a break in those, and before the last of them another
    definition than today's.
    """
    if period in breaks:
        return Status.BREAK
    if any(period < changed for changed in breaks):
        return Status.DEFINITION_DIFFERS
    if source not in PUBLISHERS:
        return Status.PROVISIONAL  # until it says otherwise itself
    return (
        Status.NORMAL
        if published_on > _last_provisional_day(period, source)
        else Status.PROVISIONAL
    )


def _last_provisional_day(period: Month, source: str) -> date:
    publisher = PUBLISHERS[source]
    if publisher.months_to_final is not None:
        return (period + publisher.months_to_final).last_day
    year = period.reporting_year(publisher.year_start)
    return last_month_of_year(year, publisher.year_start).last_day


def last_month_of_year(year: int, year_start: int) -> Month:
    """The last month of a year that begins in month `year_start` (1 to 12) and is named by that
    month."""
    return Month.of(year, (year_start - 2) % 12 + 1)
