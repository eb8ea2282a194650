"""Wire types of releases, versions of a figure and revisions."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.http.answers import ReadQuery, Table
from app.http.parameters import AsOfField, MonthField, SeriesKey, Text, WholeNumber
from app.observations.queries import ObservationVersions
from app.observations.revisions import Age, Era, FigureRevision, RevisionSummary
from app.observations.schemas import ObservationEntry
from app.observations.tables import ReleaseRow

MOST_RELEASES = 1000


class VersionsQuery(ReadQuery):
    series: SeriesKey
    period: MonthField = Field(description="Month of the figure.", examples=["2024-04"])
    as_of: AsOfField | None = Field(
        None, description="Only versions known at the end of this day (UTC)."
    )


class ReleaseEntry(BaseModel):
    """One publication."""

    id: int = Field(description="Its number in this store.", examples=[17])
    source: str = Field(description="Publisher.", examples=["press"])
    title: str = Field(
        description="Title of the publication.", examples=["Figures in the press on cis.org"]
    )
    published_on: date = Field(description="Publication date (UTC).", examples=["2024-05-15"])
    url: str | None = Field(
        description="Web address of the publication.", examples=["https://cis.org/"]
    )
    note: str | None = Field(description="Note.", examples=[None])
    checksum: str = Field(
        description="Identifies its content. The same figures have the same checksum."
    )
    recorded_at: datetime = Field(description="When this store recorded it (UTC).")
    recorded_by: str = Field(
        description="Name of the key that loaded it.", examples=["bundled record"]
    )
    retracted: bool = Field(
        description="True if it was loaded by mistake. Nothing uses it.", examples=[False]
    )
    retracted_at: datetime | None = Field(description="When it was retracted.", examples=[None])

    @classmethod
    def of(cls, release: ReleaseRow) -> Self:
        return cls(
            id=release.id,
            source=release.source,
            title=release.title,
            published_on=release.published_on,
            url=release.url,
            note=release.note,
            checksum=release.checksum,
            recorded_at=release.recorded_at,
            recorded_by=release.recorded_by,
            retracted=release.retracted_at is not None,
            retracted_at=release.retracted_at,
        )


class Version(ObservationEntry):
    """One published version of a figure, with the release that gave it."""

    rounding_unit: int = Field(
        description="Unit to which the value was rounded; 1 is exact.", examples=[100]
    )
    note: str | None = Field(description="Note.", examples=["rounded"])
    current: bool = Field(description="True for the version that histories show.", examples=[True])
    why: str | None = Field(description="Why the current version is current.")
    release: ReleaseEntry = Field(description="The release that gave it.")


class VersionsAnswer(BaseModel):
    """Every published version of one figure, newest first."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    as_of: date = Field(description="The versions known at the end of this day.")
    observations: list[Version] = Field(
        description="The versions, newest first, without retracted ones."
    )

    @classmethod
    def of(cls, found: ObservationVersions) -> Self:
        return cls(
            series=found.series.key,
            unit=found.series.unit,
            as_of=found.as_of,
            observations=[
                Version(
                    **ObservationEntry.of(observation).model_dump(),
                    rounding_unit=observation.rounding_unit,
                    note=observation.note,
                    current=observation is found.current,
                    why=found.why if observation is found.current else None,
                    release=ReleaseEntry.of(found.releases[observation.release]),
                )
                for observation in found.observations
            ],
        )

    def table(self) -> Table:
        columns = [
            *ObservationEntry.model_fields,
            "rounding_unit",
            "current",
            "release",
            "title",
            "url",
            "recorded_at",
        ]
        return columns, (
            [
                *ObservationEntry.model_validate(entry.model_dump()).model_dump().values(),
                entry.rounding_unit,
                entry.current,
                entry.release.id,
                entry.release.title,
                entry.release.url,
                entry.release.recorded_at.isoformat(),
            ]
            for entry in self.observations
        )


class ReleasesQuery(ReadQuery):
    source: Text | None = Field(
        None, description="Only releases from this source.", examples=["cbp"]
    )
    limit: Annotated[int, WholeNumber(1, MOST_RELEASES)] = Field(
        100, description="Largest number of releases in one answer."
    )
    cursor: str | None = Field(None, description="The `next_cursor` of the previous answer.")


class ReleasesAnswer(BaseModel):
    """Releases, newest first."""

    releases: list[ReleaseEntry] = Field(description="One entry per release, newest first.")
    next_cursor: str | None = Field(description="`cursor` for the next answer; null at the end.")

    def table(self) -> Table:
        return list(ReleaseEntry.model_fields), (
            list(entry.model_dump().values()) for entry in self.releases
        )


class RevisionsQuery(ReadQuery):
    series: SeriesKey
    as_of: AsOfField | None = Field(
        None, description="Only versions known at the end of this day (UTC)."
    )


class RevisionSummaryEntry(BaseModel):
    """How large revisions were, in percent of the first published values."""

    source: str = Field(description="The source, compared with itself.", examples=["cbp"])
    era: Era = Field(
        description="Era of the months. Title 42 was in force from 2020-03 to 2023-05."
    )
    age: Age = Field(
        description="Age of the figure at the comparison with its first published value."
    )
    count: int = Field(description="Number of months.", examples=[14])
    median_absolute: float = Field(
        description="Median size of the revisions, in percent.", examples=[0.11]
    )
    p90_absolute: float = Field(
        description="Size that 90% of the revisions do not exceed, in percent.", examples=[0.6]
    )
    largest_absolute: float = Field(
        description="Size of the largest revision, in percent.", examples=[1.3]
    )
    mean_signed: float = Field(
        description="Mean revision, in percent; positive if figures were revised upward.",
        examples=[0.1],
    )

    @classmethod
    def of(cls, summary: RevisionSummary) -> Self:
        return cls(
            source=summary.source,
            era=summary.era,
            age=summary.age,
            count=summary.count,
            median_absolute=_percent(summary.median_absolute),
            p90_absolute=_percent(summary.p90_absolute),
            largest_absolute=_percent(summary.largest_absolute),
            mean_signed=_percent(summary.mean_signed),
        )


class FigureRevisionEntry(BaseModel):
    """One month's first value and its later value."""

    period: MonthField = Field(description="Calendar month.", examples=["2022-05"])
    source: str = Field(description="The source.", examples=["cbp"])
    era: Era = Field(description="Era of the month.")
    age: Age = Field(description="Age of the figure at the comparison.")
    first: int = Field(description="First published value.", examples=[222656])
    later: int = Field(description="Value at that age.", examples=[224220])
    percent: float = Field(description="Revision in percent of the first value.", examples=[0.7])

    @classmethod
    def of(cls, revision: FigureRevision) -> Self:
        return cls(
            period=revision.period,
            source=revision.source,
            era=revision.era,
            age=revision.age,
            first=revision.first,
            later=revision.later,
            percent=_percent(revision.percent),
        )


class RevisionsAnswer(BaseModel):
    """Size and direction of a series' revisions. The CSV form has the figures behind them."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    as_of: date = Field(description="Only versions known at the end of this day are used.")
    revisions: list[RevisionSummaryEntry] = Field(description="By source, era, and age.")
    figures: list[FigureRevisionEntry] = Field(description="The figures behind the summary.")

    def table(self) -> Table:
        return list(FigureRevisionEntry.model_fields), (
            list(entry.model_dump().values()) for entry in self.figures
        )


def _percent(value: float) -> float:
    return round(value, 4)
