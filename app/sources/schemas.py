"""Wire types of publishers, and of what asking them gave."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from app.http.answers import ReadQuery, Table
from app.http.parameters import MonthField
from app.sources.outcome import Outcome, Result
from app.sources.rhythm import Delays
from app.sources.status import SourceStatus


class SourcesQuery(ReadQuery):
    pass


class DelaysEntry(BaseModel):
    """Days from the end of a month to the first publication of its figure."""

    median: int = Field(description="Median delay.", examples=[17])
    shortest: int = Field(description="Shortest delay.", examples=[12])
    longest: int = Field(description="Longest delay.", examples=[32])
    releases: int = Field(description="Number of past releases.", examples=[24])

    @classmethod
    def of(cls, past: Delays) -> Self:
        return cls(
            median=past.median, shortest=past.shortest, longest=past.longest, releases=past.releases
        )


class SourceEntry(BaseModel):
    """One publisher: its newest figure, its last requests, and when to expect more."""

    name: str = Field(
        description="Name of the publisher in `bordercast update`.", examples=["cbp-southwest"]
    )
    source: str = Field(description="Source of its releases.", examples=["cbp"])
    title: str = Field(
        description="Publisher and publication.", examples=["Frontex, monthly detections"]
    )
    page: str = Field(
        description="Page with the link to its file.", examples=["https://www.cbp.gov/"]
    )
    asked_by_service: bool = Field(description="Whether this service asks it on its own.")
    series: str = Field(
        description="Key of the series that shows how new its figures are.",
        examples=["usbp.southwest"],
    )
    newest_period: MonthField | None = Field(
        description="Newest month with a figure.", examples=["2026-08"]
    )
    newest_value: int | None = Field(description="Value of that figure.", examples=[8867])
    newest_published_on: date | None = Field(
        description="Publication date of that figure (UTC).", examples=["2026-09-16"]
    )
    last_asked_at: datetime | None = Field(description="When it was last asked (UTC).")
    last_answered_at: datetime | None = Field(
        description="When it last answered, with or without new figures (UTC)."
    )
    last_new_at: datetime | None = Field(description="When it last had new figures (UTC).")
    last_release: int | None = Field(
        description="Number of the release with its last file.", examples=[131]
    )
    file: str | None = Field(description="Address of that file.", examples=[None])
    next_period: MonthField | None = Field(
        description="Next month to be published.", examples=["2026-09"]
    )
    next_expected_on: date | None = Field(
        description="When it is expected: the end of the month plus the median delay.",
        examples=["2026-10-17"],
    )
    next_expected_from: date | None = Field(
        description="The same, with the shortest past delay.", examples=["2026-10-12"]
    )
    next_expected_to: date | None = Field(
        description="The same, with the longest past delay.", examples=["2026-11-01"]
    )
    overdue: bool = Field(
        description="Whether it is later than any release before.", examples=[False]
    )
    delay_days: DelaysEntry | None = Field(
        description="Past delays in days; null if fewer than three releases are known."
    )
    last_error: str | None = Field(
        description="Error of the last request; null if the publisher has answered since.",
        examples=[None],
    )
    last_error_kind: str | None = Field(
        description="Kind of the error, such as `access-denied` or `page-changed`.",
        examples=[None],
    )
    last_error_at: datetime | None = Field(
        description="When the error occurred (UTC).", examples=[None]
    )
    failures: int = Field(description="Total number of failed requests.", examples=[0])

    @classmethod
    def of(cls, status: SourceStatus, *, page: str, asked_by_service: bool, today: date) -> Self:
        memory, newest, expected = status.memory, status.newest, status.expected
        return cls(
            name=status.publisher.name,
            source=status.publisher.source,
            title=status.publisher.title,
            page=page,
            asked_by_service=asked_by_service,
            series=status.publisher.headline,
            newest_period=newest and newest.period,
            newest_value=newest and newest.value,
            newest_published_on=newest and newest.published_on,
            last_asked_at=memory and memory.asked_at,
            last_answered_at=memory and memory.answered_at,
            last_new_at=memory and memory.new_at,
            last_release=memory and memory.release_id,
            file=memory and memory.file,
            next_period=expected and expected.period,
            next_expected_on=expected and expected.day,
            next_expected_from=expected and expected.earliest,
            next_expected_to=expected and expected.latest,
            overdue=status.is_overdue(today),
            delay_days=DelaysEntry.of(status.delays) if status.delays else None,
            last_error=memory and memory.failure,
            last_error_kind=memory and memory.failure_kind,
            last_error_at=memory and memory.failed_at,
            failures=memory.failures if memory else 0,
        )


class SourcesAnswer(BaseModel):
    """The publishers, by name."""

    sources: list[SourceEntry] = Field(description="One entry per publisher.")

    def table(self) -> Table:
        columns = [name for name in SourceEntry.model_fields if name != "delay_days"]
        return columns, ([getattr(entry, name) for name in columns] for entry in self.sources)


class OutcomeEntry(BaseModel):
    """What asking one publisher gave."""

    name: str
    result: Result
    dry_run: bool
    page: str
    file: str | None
    edition: str | None
    published_on: date | None
    published_on_is: str | None
    checksum: str | None
    release: int | None
    newest_period: MonthField | None
    received: int
    new: int
    revised: int
    unchanged: int
    error: str | None
    error_kind: str | None
    messages: list[str]

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        link, loaded, failure = outcome.link, outcome.loaded, outcome.failure
        return cls(
            name=outcome.publisher.name,
            result=outcome.result,
            dry_run=not outcome.kept,
            page=outcome.page,
            file=link.address if link else None,
            edition=link.edition.label if link else None,
            published_on=loaded.day.day if loaded else None,
            published_on_is=loaded.day.basis.value if loaded else None,
            checksum=loaded.checksum if loaded else None,
            release=loaded.report.release if loaded and outcome.kept else None,
            newest_period=loaded.newest if loaded else None,
            received=loaded.report.received if loaded else 0,
            new=loaded.first_figures if loaded else 0,
            revised=loaded.restated if loaded else 0,
            unchanged=loaded.report.unchanged if loaded else 0,
            error=str(failure) if failure else None,
            error_kind=failure.kind if failure else None,
            messages=outcome.sentences(),
        )


class UpdateAnswer(BaseModel):
    """What asking some publishers gave, in the order in which they were asked."""

    outcomes: list[OutcomeEntry]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Self:
        return cls(outcomes=[OutcomeEntry.of(one) for one in outcomes])

    def table(self) -> Table:
        columns = [name for name in OutcomeEntry.model_fields if name != "messages"]
        return columns, ([getattr(entry, name) for name in columns] for entry in self.outcomes)
