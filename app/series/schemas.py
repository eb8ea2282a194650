"""Wire types of publishers' own series."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.http.answers import Table
from app.http.parameters import WholeNumber
from app.observations.loading import EXPECTED_SOURCE, is_source
from app.observations.new_release import LONGEST_TITLE, is_text
from app.observations.publishers import BORDERS
from app.observations.tables import SeriesLogRow, SeriesRow
from app.series.management import SeriesDescription, describe
from app.series.removal import Removal

LONGEST_UNIT, LONGEST_NOTE = 50, 2000  # characters


def _text(longest: int) -> AfterValidator:
    def check(given: str) -> str:
        if not given.strip() or not is_text(given, longest=longest):
            raise PydanticCustomError("text", f"1 to {longest} printable characters")
        return given

    return AfterValidator(check)


def _source(given: str) -> str:
    if not is_source(given):
        raise PydanticCustomError("source", EXPECTED_SOURCE)
    return given


def _border(given: str) -> str:
    if given not in BORDERS:
        raise PydanticCustomError("border", f"one of {', '.join(BORDERS)}")
    return given


Title = Annotated[str, _text(LONGEST_TITLE)]
Unit = Annotated[str, _text(LONGEST_UNIT)]
Note = Annotated[str, _text(LONGEST_NOTE)]
Source = Annotated[str, AfterValidator(_source)]
BorderName = Annotated[str, AfterValidator(_border)]
YearStart = Annotated[int, WholeNumber(1, 12)]


class SeriesRequest(BaseModel):
    """A series to create."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(
        description="Key of the new series: lowercase words and digits joined by dots and hyphens.",
        examples=["shelter.el-paso.intakes"],
    )
    title: Title = Field(description="Name of the series.", examples=["Shelter intakes, El Paso"])
    unit: Unit = Field(
        "encounters", description="What is counted, per calendar month.", examples=["people"]
    )
    parent: str | None = Field(
        None, description="Key of the series that it is a part of.", examples=[None]
    )
    border: BorderName | None = Field(
        None,
        description=f"Whose border it is about: {', '.join(BORDERS)}. Series of one border and "
        "unit learn from each other. Default: the parent's, or what the key begins with.",
        examples=["us"],
    )
    year_start: YearStart | None = Field(
        None,
        description="Month in which its years begin, 1 to 12. Default: the parent's or the "
        "border's.",
        examples=[10],
    )
    official_source: Source | None = Field(
        None,
        description="The source whose figures are official for this series and take precedence "
        "over all others. Default: the publishers that `GET /sources` names.",
        examples=["el-paso"],
    )
    note: Note | None = Field(None, description="What to know about its figures.", examples=[None])

    def description(self) -> SeriesDescription:
        return SeriesDescription(**self.model_dump(exclude={"key"}))


class SeriesChanges(BaseModel):
    """What to say of a series from now on. Fields that are left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    title: Title = Field("", description="Name of the series.", examples=["Intakes, El Paso"])
    unit: Unit = Field("", description="What is counted, per calendar month.", examples=["people"])
    parent: str | None = Field(
        None, description="Key of the series that it is a part of; null for none."
    )
    border: BorderName | None = Field(
        None, description="Whose border it is about; null for what follows from parent and key."
    )
    year_start: YearStart | None = Field(
        None, description="Month in which its years begin; null for the parent's or the border's."
    )
    official_source: Source | None = Field(
        None,
        description="The source whose figures are official; null for the known publishers.",
    )
    note: Note | None = Field(None, description="What to know about its figures; null for nothing.")

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return self.model_dump(exclude_unset=True)


class OwnSeriesAnswer(BaseModel):
    """A series as a publisher describes it."""

    key: str = Field(description="Key of the series.", examples=["shelter.el-paso.intakes"])
    title: str = Field(description="Name of the series.", examples=["Shelter intakes, El Paso"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["people"])
    parent: str | None = Field(description="Series that it is a part of.")
    border: str = Field(description="Whose border it is about.", examples=["us"])
    year_start: int = Field(description="Month in which its years begin.", examples=[10])
    official_source: str | None = Field(
        description="The only source whose figures are official; null for the known publishers."
    )
    note: str | None = Field(description="What to know about its figures.")

    @classmethod
    def of(cls, series: SeriesRow) -> Self:
        described = describe(series)
        names = [name for name in cls.model_fields if name != "key"]
        return cls(key=series.key, **{name: getattr(described, name) for name in names})

    def table(self) -> Table:
        return list(self.model_dump()), [list(self.model_dump().values())]


class RemovalAnswer(BaseModel):
    """What was removed with a series."""

    key: str = Field(description="Key of the series.", examples=["shelter.el-paso.intakes"])
    removed_at: datetime = Field(description="When it was removed (UTC).")
    figures: int = Field(description="Number of figures removed.", examples=[24])
    forecasts: int = Field(description="Number of forecasts removed.", examples=[2])
    scores: int = Field(description="Number of scores removed.", examples=[12])
    retracted: list[int] = Field(
        description="Releases that gave figures for this series alone; they are retracted now, so "
        "that the same content can be loaded again.",
        examples=[[195]],
    )

    @classmethod
    def of(cls, removal: Removal) -> Self:
        return cls(
            key=removal.key,
            removed_at=removal.removed_at,
            figures=removal.figures,
            forecasts=removal.forecasts,
            scores=removal.scores,
            retracted=list(removal.retracted),
        )

    def table(self) -> Table:
        return list(self.model_dump()), [list(self.model_dump().values())]


class SeriesLogAnswer(BaseModel):
    """What was done to series."""

    entries: list["SeriesLogEntry"]

    def table(self) -> Table:
        return list(SeriesLogEntry.model_fields), (
            list(entry.model_dump().values()) for entry in self.entries
        )


class SeriesLogEntry(BaseModel):
    """One thing that was done to a series."""

    at: datetime
    by: str
    action: str
    key: str
    details: dict[str, Any]

    @classmethod
    def of(cls, row: SeriesLogRow) -> Self:
        return cls(at=row.at, by=row.by, action=row.action, key=row.key, details=row.details)
