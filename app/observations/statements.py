"""What somebody hands in: a publication and the figures that it states."""

from dataclasses import dataclass
from datetime import date

from app.observations.figures import Qualifier, Status
from forecasting import Month


@dataclass(frozen=True, slots=True)
class Publication:
    """A release to be recorded: who published what, when, and where it can be read."""

    source: str
    title: str
    published_on: date
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure as a release states it; None withdraws what the source said before."""

    series: str
    period: Month
    value: int | None
    status: Status
    qualifier: Qualifier = Qualifier.EXACT
    rounding_unit: int = 1
    note: str | None = None
