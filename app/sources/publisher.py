"""What is known of a publisher: its page, what its files are called, and how its figures behave."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from forecasting import Month


class FileType(StrEnum):
    """The type of a publisher's file, by the end of its name."""

    CSV = ".csv"
    XLSX = ".xlsx"
    ODS = ".ods"


@dataclass(frozen=True, slots=True)
class Edition:
    """Which of a publisher's files one is, as its name says.

    `label` is a month or a day in ISO 8601, so that labels sort as editions follow each other.
    `version` orders several files of one edition, the newest last. `month` is the newest month with
    figures, if names say it.
    """

    label: str
    month: Month | None = None
    version: tuple[int, ...] = ()

    @property
    def age(self) -> tuple[str, tuple[int, ...]]:
        """Grows from each edition to the next."""
        return self.label, self.version


@dataclass(frozen=True, slots=True)
class FileLink:
    """The link to one edition of a publisher's file."""

    address: str
    text: str
    edition: Edition


@dataclass(frozen=True, slots=True)
class FileNames:
    """How to recognize a publisher's files among the links of its page.

    `described` says in words what is looked for, `resembling` matches the path of every file of the
    kind, and `edition` tells which one a path is, or None if it cannot tell.
    """

    described: str
    resembling: re.Pattern[str]
    edition: Callable[[str], Edition | None]


@dataclass(frozen=True, slots=True)
class Restatements:
    """The largest change of a published figure that is believed, as a share of it.

    A change of at most `few` is believed in any series, `of_headline` in the headline series, and
    `of_part` in all others.
    """

    of_headline: float
    of_part: float
    few: int

    def allowed(self, before: int, *, is_headline: bool) -> float:
        """Largest believed change of a figure, in the figure's unit."""
        return max(self.few, before * (self.of_headline if is_headline else self.of_part))


@dataclass(frozen=True, slots=True)
class AskingTimes:
    """When the service asks: days and hours in UTC, written as in crontab, give or take
    `jitter_minutes`."""

    days_of_week: str
    hours: str
    jitter_minutes: int = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """One file that somebody keeps publishing.

    name: what commands and settings call it, lower case with hyphens
    source: the source of its releases
    title: in words, for messages
    page: address of the page that links the file
    bytes_between: smallest and largest size that is taken for the file
    headline: key of the series whose newest figure says how new the publisher's figures are
    paced_by: key of the series from whose past releases the next is expected; the headline by
        default
    month_first: whether the page writes its days as `02/20/2025`
    """

    name: str
    source: str
    title: str
    page: str
    files: FileNames
    file_type: FileType
    bytes_between: tuple[int, int]
    headline: str
    restatements: Restatements
    asked_at: AskingTimes
    paced_by: str | None = None
    month_first: bool = False
