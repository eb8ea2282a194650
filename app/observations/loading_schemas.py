"""Wire types of loading and retracting."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from app.http.answers import Table
from app.http.parameters import DayField, MonthField
from app.observations.changes import Changes
from app.observations.loading import LoadReport
from app.observations.readers import FileKind
from app.observations.release_schemas import ReleaseEntry
from app.observations.tables import ReleaseRow


class LoadQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    create: bool = Field(False, description="Make series that the store does not know.")
    source: str | None = Field(
        None,
        description="For files: who published, such as `cbp`, `frontex`, `home-office` or `press`.",
        examples=["cbp"],
    )
    published_on: DayField | None = Field(
        None, description="For files: day of publication.", examples=["2025-09-19"]
    )
    title: str | None = Field(
        None,
        description="For files: what was published. Default: the kind of file, recognized by its "
        f"header or sheets: {', '.join(kind for kind in FileKind if kind != FileKind.UNKNOWN)}.",
    )
    url: str | None = Field(None, description="For files: where it can be read.")


class RevisedFigure(BaseModel):
    """A current figure that now has another value."""

    model_config = ConfigDict(serialize_by_alias=True)

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    period: MonthField = Field(description="Calendar month.", examples=["2024-04"])
    before: int = Field(
        serialization_alias="from", description="Value until now.", examples=[129000]
    )
    after: int | None = Field(
        serialization_alias="to", description="Value from now on.", examples=[128900]
    )


class LoadAnswer(BaseModel):
    """What a load did."""

    release: int = Field(description="Number of the release, new or known before.", examples=[17])
    received: int = Field(description="How many figures came.", examples=[1])
    recorded: int = Field(description="How many of them say something new.", examples=[1])
    unchanged: int = Field(description="How many repeat what was known.", examples=[0])
    revised: list[RevisedFigure] = Field(description="Current figures that now have another value.")
    created: list[str] = Field(description="Series that were made.", examples=[[]])
    left_out: list[str] = Field(
        description="Series in the file that are not known; `create=true` makes them."
    )
    due: list[str] = Field(description="Series whose forecasts are out of date and recomputed.")

    @classmethod
    def of(cls, report: LoadReport) -> Self:
        return cls(
            release=report.release,
            received=report.received,
            recorded=report.recorded,
            unchanged=report.unchanged,
            revised=_revised(report.changes),
            created=report.created,
            left_out=report.left_out,
            due=report.changes.due,
        )

    def table(self) -> Table:
        """The revised figures."""
        return ("series", "period", "from", "to"), (
            (one.series, one.period, one.before, one.after) for one in self.revised
        )


class RetractionAnswer(BaseModel):
    """A retracted release, and what its retraction changed."""

    release: ReleaseEntry = Field(description="The release.")
    revised: list[RevisedFigure] = Field(description="Current figures that now have another value.")
    due: list[str] = Field(description="Series whose forecasts are out of date and recomputed.")

    @classmethod
    def of(cls, release: ReleaseRow, changes: Changes) -> Self:
        return cls(release=ReleaseEntry.of(release), revised=_revised(changes), due=changes.due)


def _revised(changes: Changes) -> list[RevisedFigure]:
    return [
        RevisedFigure(series=one.series, period=one.period, before=one.before, after=one.after)
        for one in changes.revised
    ]
