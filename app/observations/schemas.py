"""Wire types of series and observations."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.http.answers import Format, ReadQuery, Table
from app.http.parameters import AsOfField, MonthField, WholeNumber
from app.observations.observation import Observation, Qualifier, Status
from app.observations.publishers import PUBLISHERS
from app.observations.queries import History
from app.observations.selection import SeriesParameter
from app.observations.store import SeriesSummary
from app.observations.transformation_schemas import TransformationParameters

MOST_SERIES = 1000  # in one answer


class SeriesQuery(ReadQuery):
    as_of: AsOfField | None = Field(
        None,
        description="Describe the series as known at the end of this day (UTC). Default: today.",
    )
    search: str | None = Field(
        None,
        max_length=200,
        description="Only series whose names have all of these words, or words that begin with "
        "them, in English or Spanish; case and accents do not matter.",
        examples=["tucson"],
    )
    limit: Annotated[int, WholeNumber(1, MOST_SERIES)] = Field(
        MOST_SERIES, description="Largest number of series in one answer."
    )
    cursor: str | None = Field(None, description="The `next_cursor` of the previous answer.")


class HistoryFormat(StrEnum):
    """The format of a history."""

    JSON = "json"
    CSV = "csv"
    SDMX_CSV = "sdmx-csv"


class HistoryQuery(TransformationParameters, SeriesParameter):
    format: HistoryFormat | None = Field(
        None,
        description="`json` (default), `csv` (`Accept: text/csv` also selects CSV), or `sdmx-csv` "
        "for SDMX-CSV 2.1 of the monthly counts.",
    )
    start: MonthField | None = Field(None, description="First month.", examples=["2023-10"])
    end: MonthField | None = Field(None, description="Last month.", examples=["2024-04"])
    as_of: AsOfField | None = Field(
        None,
        description="Give the figures as known at the end of this day (UTC), which must not be "
        "before the series' first full release. An instant counts as its day. "
        "Default: today.",
        examples=["2024-05-16"],
    )
    first_release: bool = Field(
        False,
        description="Give the figure that was published first for each month instead of the "
        "current one.",
    )

    @property
    def read(self) -> ReadQuery:
        """The same as a read of any other kind, where SDMX-CSV is not asked for."""
        return ReadQuery(format=None if self.format is None else Format(self.format.value))


class ObservationEntry(BaseModel):
    """One figure for one month, as one release gave it."""

    period: MonthField = Field(description="Calendar month.", examples=["2024-04"])
    value: int | None = Field(
        description="Encounters in the month; null if missing.", examples=[128900]
    )
    status: Status = Field(
        description="SDMX observation status: A final, P provisional, U low reliability, B "
        "break in the series, D definition other than today's, O missing.",
        examples=["P"],
    )
    qualifier: Qualifier = Field(
        description="How exactly the figure was stated.", examples=["about"]
    )
    source: str = Field(
        description="Publisher: `cbp`, `frontex`, `press`, or another.", examples=["press"]
    )
    published_on: date = Field(
        description="Publication date of its release.", examples=["2024-05-15"]
    )

    @classmethod
    def of(cls, observation: Observation) -> "ObservationEntry":
        return cls.model_construct(  # what the store gives needs no validation
            period=observation.period,
            value=observation.value,
            status=observation.status,
            qualifier=observation.qualifier,
            source=observation.source,
            published_on=observation.published_on,
        )


class HistoryAnswer(BaseModel):
    """The figures of a series, oldest month first."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    as_of: date = Field(
        description="The figures known at the end of this day.", examples=["2024-05-16"]
    )
    observations: list[ObservationEntry] = Field(description="One entry per month, oldest first.")
    warnings: list[str] = Field(
        description="Warnings to read before use, such as the age of the figures.", examples=[[]]
    )

    @classmethod
    def of(cls, history: History) -> Self:
        return cls(
            series=history.series.key,
            unit=history.series.unit,
            as_of=history.as_of,
            observations=[ObservationEntry.of(observation) for observation in history.observations],
            warnings=history.warnings,
        )

    def table(self) -> Table:
        columns = list(ObservationEntry.model_fields)
        return columns, (list(entry.model_dump().values()) for entry in self.observations)


class SeriesEntry(BaseModel):
    """One series."""

    key: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    title: str = Field(
        description="Name of the series.", examples=["Border Patrol encounters, southwest border"]
    )
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    source: str | None = Field(description="Source of the newest figure.", examples=["cbp"])
    border: str = Field(
        description="Whose border it is about: `us`, `eu`, `uk`, `mexico`, `panama`, or `other`. "
        "Units of different borders are never added up.",
        examples=["us"],
    )
    parent: str | None = Field(description="Series that this one is a part of.", examples=["usbp"])
    dimension: str = Field(
        description="How it differs from its parent: component, region, sector, family-status, "
        "citizenship, title, route, or border-type; total and covariate for those without one.",
        examples=["region"],
    )
    first_period: MonthField | None = Field(
        description="First month with a figure.", examples=["1999-10"]
    )
    last_period: MonthField | None = Field(
        description="Last month with a figure.", examples=["2025-08"]
    )
    last_status: Status | None = Field(description="Status of the newest figure.", examples=["P"])
    first_full_release: date | None = Field(
        description="Earliest valid `as_of`: the day of the first release that covers the history.",
        examples=["2021-08-01"],
    )
    year_start: int = Field(
        description="Month in which its years begin, 1 to 12: 10 for US fiscal years, 1 for "
        "calendar years.",
        examples=[10],
    )
    ended: bool = Field(
        description="True if the series has ended and is no longer forecast.", examples=[False]
    )
    covariate: bool = Field(
        description="True if it explains counts and is none; it is then not forecast.",
        examples=[False],
    )
    publisher: str | None = Field(
        description="Who publishes its newest figure; null unless the source is official.",
        examples=["U.S. Customs and Border Protection"],
    )
    license: str | None = Field(
        description="On what terms the publisher's figures may be used.",
        examples=["Work of the US government, public domain"],
    )
    url: str | None = Field(
        description="The publisher's page.", examples=["https://www.cbp.gov/newsroom/stats"]
    )
    note: str | None = Field(description="What to know about its figures.", examples=[None])
    official_source: str | None = Field(
        description="The only source whose figures are official for this series; null if they are "
        "those of the known publishers.",
        examples=[None],
    )

    @classmethod
    def of(cls, summary: SeriesSummary) -> Self:
        series, latest = summary.series, summary.latest
        publisher = PUBLISHERS.get(latest.source) if latest else None
        return cls(
            key=series.key,
            title=series.title,
            unit=series.unit,
            source=latest.source if latest else None,
            border=series.border,
            parent=series.parent.key if series.parent else None,
            dimension=series.dimension,
            first_period=summary.first_period,
            last_period=latest.period if latest else None,
            last_status=latest.status if latest else None,
            first_full_release=summary.first_full_release,
            year_start=series.year_start,
            ended=series.ended,
            covariate=series.covariate,
            publisher=publisher.name if publisher else None,
            license=publisher.license if publisher else None,
            url=publisher.url if publisher else None,
            note=series.note,
            official_source=series.official_source,
        )


class SeriesAnswer(BaseModel):
    """The series."""

    series: list[SeriesEntry] = Field(description="The series, by border and key.")
    next_cursor: str | None = Field(
        None, description="`cursor` for the next answer; null at the end."
    )

    def table(self) -> Table:
        return list(SeriesEntry.model_fields), (
            list(entry.model_dump().values()) for entry in self.series
        )
