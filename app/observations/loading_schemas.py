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

    create: bool = Field(False, description="Create series that the store does not have.")
    source: str | None = Field(
        None,
        description="For files: publisher, such as `cbp`, `frontex`, `home-office`, or `press`.",
        examples=["cbp"],
    )
    published_on: DayField | None = Field(
        None, description="For files: publication date.", examples=["2025-09-19"]
    )
    title: str | None = Field(
        None,
        description="For files: title of the publication. Default: the kind of file, recognized by "
        "its header or sheets: "
        f"{', '.join(kind for kind in FileKind if kind != FileKind.UNKNOWN)}.",
    )
    url: str | None = Field(None, description="For files: web address of the publication.")


class RevisedFigure(BaseModel):
    """A current figure that changed."""

    model_config = ConfigDict(serialize_by_alias=True)

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    period: MonthField = Field(description="Calendar month.", examples=["2024-04"])
    before: int = Field(
        serialization_alias="from", description="Previous value.", examples=[129000]
    )
    after: int | None = Field(serialization_alias="to", description="New value.", examples=[128900])


class LoadAnswer(BaseModel):
    """What a load did."""

    release: int = Field(description="Number of the release, new or known before.", examples=[17])
    received: int = Field(description="Number of figures received.", examples=[1])
    recorded: int = Field(description="Number of figures that were new or changed.", examples=[1])
    unchanged: int = Field(description="Number of figures that were already known.", examples=[0])
    revised: list[RevisedFigure] = Field(description="Current figures that changed.")
    created: list[str] = Field(description="Series that were created.", examples=[[]])
    left_out: list[str] = Field(
        description="Unknown series in the file, which were left out; `create=true` creates them."
    )
    due: list[str] = Field(
        description="Series whose forecasts are out of date and will be recomputed."
    )

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
    """A retracted release and what its retraction changed."""

    release: ReleaseEntry = Field(description="The release.")
    revised: list[RevisedFigure] = Field(description="Current figures that changed.")
    due: list[str] = Field(
        description="Series whose forecasts are out of date and will be recomputed."
    )

    @classmethod
    def of(cls, release: ReleaseRow, changes: Changes) -> Self:
        return cls(release=ReleaseEntry.of(release), revised=_revised(changes), due=changes.due)


def _revised(changes: Changes) -> list[RevisedFigure]:
    return [
        RevisedFigure(series=one.series, period=one.period, before=one.before, after=one.after)
        for one in changes.revised
    ]
