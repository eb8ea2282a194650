"""What somebody hands in: a publication and the figures that it states."""

from dataclasses import dataclass
from datetime import date

from app.observations.observation import Qualifier, Status
from forecasting import Month

LONGEST_TITLE, LONGEST_ADDRESS = 300, 2000  # characters


def is_text(given: str, *, longest: int) -> bool:
    """Whether a text can be kept and shown: printable but for line ends and tabs, not too long."""
    return len(given) <= longest and given.translate(_BLANK).isprintable()


_BLANK = str.maketrans(dict.fromkeys("\n\r\t\u00a0", " "))


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A release to be recorded: who published what, when, and where it can be read."""

    source: str
    title: str
    published_on: date
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NewObservation:
    """A figure as a release states it; None withdraws what the source said before."""

    series: str
    period: Month
    value: int | None
    status: Status
    qualifier: Qualifier = Qualifier.EXACT
    rounding_unit: int = 1
    note: str | None = None
