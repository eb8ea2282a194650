"""What became of asking a publisher."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.observations.loading import LoadReport
from app.sources.failures import SourceFailure
from app.sources.publisher import FileLink, Publisher
from forecasting import Month


class Result(StrEnum):
    """In one word, what asking a publisher gave."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class DayBasis(StrEnum):
    """How the day of a release is known."""

    FILE = "the file's Last-Modified"
    PAGE = "the page's date"
    SEEN = "the day it was first seen"


@dataclass(frozen=True, slots=True)
class ReleaseDay:
    """The day on which a file was published, and how that is known."""

    day: date
    basis: DayBasis


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A file that was loaded as a release.

    first_figures: how many of its figures are of months that had none
    """

    report: LoadReport
    day: ReleaseDay
    newest: Month
    size: int
    checksum: str
    first_figures: int

    @property
    def restated(self) -> int:
        """How many current figures got another value."""
        return len(self.report.changes.revised)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking one publisher gave.

    link: the newest file of the page, if it was found
    loaded: the release that the file became, if it was loaded
    failure: why it was not, if it failed
    kept: False after a dry run, which changes nothing
    """

    publisher: Publisher
    page: str
    result: Result
    link: FileLink | None = None
    loaded: LoadedFile | None = None
    failure: SourceFailure | None = None
    kept: bool = True

    def sentences(self) -> list[str]:
        """The outcome in words for an operator."""
        if self.failure is not None:
            return [str(self.failure), *self._by_hand()]
        if self.link is None:
            return [f"Nothing new: the page {self.page} is as it was."]
        if self.loaded is None:
            return [f"Nothing new: {self.link.address} is as it was."]
        return self._loaded(self.link, self.loaded)

    def _loaded(self, link: FileLink, loaded: LoadedFile) -> list[str]:
        report = loaded.report
        verb = "Loaded" if self.kept else "Would load"
        told = [
            f"{verb} {link.address} ({loaded.size:,} bytes), published on {loaded.day.day}, which "
            f"is {loaded.day.basis.value}.",
            f"Figures through {loaded.newest}: {report.received:,}, of which "
            f"{loaded.first_figures:,} are new, {loaded.restated:,} revised, {report.unchanged:,} "
            "as known before.",
        ]
        if report.known_before:
            told = [f"Nothing new: {link.address} was loaded before, as release {report.release}."]
        told += [
            f"Revised: {one.series} {one.period} from {one.before:,} to {one.after:,}."
            for one in report.changes.revised[:3]
            if one.after is not None
        ]
        if loaded.restated > 3:
            told.append(f"... and {loaded.restated - 3:,} more.")
        if report.left_out:
            told.append(f"{len(report.left_out)} series of the file are not known and left out.")
        if report.changes.due and self.kept:
            told.append(f"Forecasts out of date: {len(report.changes.due)} series.")
        return told

    def _by_hand(self) -> list[str]:
        """What an operator can do instead."""
        if self.failure is None or not self.failure.by_hand:
            return []
        publisher = self.publisher
        return [
            f"By hand: open {self.page} in a browser, save the newest {publisher.file_type.value} "
            f"file ({publisher.files.described}), and load it: bordercast load FILE --source "
            f"{publisher.source} --published-on YYYY-MM-DD."
        ]
