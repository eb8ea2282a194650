"""Wire types of the revision triangle."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from app.errors import BadParameter, Fault
from app.http.answers import ReadQuery, Table
from app.http.parameters import AsOfField, MonthField, SeriesKey, WholeNumber
from app.observations.observation import Qualifier, Status
from app.observations.queries import require_in_order
from app.observations.tables import SeriesRow
from app.observations.vintages import KnownFigure, RevisionTriangle
from forecasting import Month

MOST_MONTHS = 1200  # of one answer
MOST_VINTAGES = 1000  # columns of one wide answer


class Layout(StrEnum):
    """The shape of the triangle."""

    LONG = "long"
    WIDE = "wide"


class VintagesQuery(ReadQuery):
    series: SeriesKey
    layout: Layout = Field(
        Layout.LONG,
        description="`long` has one row per figure that was current, with the days from which and "
        "until which it was. `wide` has one row per month and one column per vintage, "
        "which is a day on which a figure of the series changed.",
    )
    start: MonthField | None = Field(None, description="First month.", examples=["2023-10"])
    end: MonthField | None = Field(None, description="Last month.", examples=["2024-04"])
    since: AsOfField | None = Field(
        None, description="Only vintages of this day (UTC) and later.", examples=["2024-01-01"]
    )
    as_of: AsOfField | None = Field(
        None,
        description="Only vintages up to the end of this day (UTC). Default: today.",
        examples=["2024-12-31"],
    )
    limit: Annotated[int, WholeNumber(1, MOST_MONTHS)] = Field(
        600, description="Number of months in one answer.", examples=[600]
    )
    cursor: MonthField | None = Field(
        None, description="The `next_cursor` of the previous answer: the month to go on with."
    )

    def months_of(self, triangle: RevisionTriangle) -> list[Month]:
        """The months from `start` through `end`, in all pages."""
        return [
            month
            for month in triangle.months
            if (self.start is None or month >= self.start)
            and (self.end is None or month <= self.end)
        ]

    def select(self, triangle: RevisionTriangle) -> tuple[RevisionTriangle, Month | None]:
        """The part to show, and the month that the next answer begins with.

        Raises BadParameter if `end` is before `start`.
        """
        require_in_order(self.start, self.end)
        months = [
            month
            for month in self.months_of(triangle)
            if self.cursor is None or month >= self.cursor
        ]
        following = months[self.limit : self.limit + 1]
        shown = triangle.of_months(months[: self.limit])
        return shown, following[0] if following else None


class VintageFigure(BaseModel):
    """A figure that was the current one of its month for some time."""

    period: MonthField = Field(description="Calendar month.", examples=["2024-04"])
    known_from: date = Field(
        description="Day from which it was the current figure.", examples=["2024-05-15"]
    )
    replaced_on: date | None = Field(
        description="Day on which another figure replaced it; null if it is still current.",
        examples=["2024-08-09"],
    )
    value: int | None = Field(
        description="The count, in the series' unit; null if withdrawn or missing.",
        examples=[128900],
    )
    status: Status = Field(description="SDMX observation status, as released.", examples=["P"])
    qualifier: Qualifier = Field(
        description="How exactly the figure was stated.", examples=["about"]
    )
    source: str = Field(description="Publisher.", examples=["press"])

    @classmethod
    def of(cls, known: KnownFigure) -> Self:
        figure = known.observation
        return cls(
            period=figure.period,
            known_from=known.known_from,
            replaced_on=known.replaced_on,
            value=figure.value,
            status=figure.status,
            qualifier=figure.qualifier,
            source=figure.source,
        )


class VintageRow(BaseModel):
    """One month in every vintage."""

    period: MonthField = Field(description="Calendar month.", examples=["2024-04"])
    values: list[int | None] = Field(
        description="The count as known at the end of each vintage's day, in the order of "
        "`vintages`; null if there was none.",
        examples=[[129000, 128900]],
    )


class LongVintagesAnswer(BaseModel):
    """The revision triangle of a series with one entry per figure that was current."""

    layout: Literal[Layout.LONG] = Field(description="`long`")
    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    as_of: date = Field(description="The figures known at the end of this day.")
    figures: list[VintageFigure] = Field(description="By month, then by day.")
    next_cursor: MonthField | None = Field(
        description="The `cursor` of the next answer; null if this is the last one."
    )

    @classmethod
    def of(cls, series: SeriesRow, day: date, query: VintagesQuery, all_: RevisionTriangle) -> Self:
        shown, following = query.select(all_)
        return cls(
            layout=Layout.LONG,
            series=series.key,
            unit=series.unit,
            as_of=day,
            figures=[
                VintageFigure.of(one)
                for one in shown.figures
                if query.since is None or one.known_from >= query.since
            ],
            next_cursor=following,
        )

    def table(self) -> Table:
        """One row a figure."""
        return list(VintageFigure.model_fields), (
            list(figure.model_dump().values()) for figure in self.figures
        )


class WideVintagesAnswer(BaseModel):
    """The revision triangle of a series with one entry per month and one value per vintage."""

    layout: Literal[Layout.WIDE] = Field(description="`wide`")
    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    as_of: date = Field(description="The figures known at the end of this day.")
    vintages: list[date] = Field(
        description="The days on which a figure of the series changed, oldest first."
    )
    months: list[VintageRow] = Field(description="One entry per month, oldest first.")
    next_cursor: MonthField | None = Field(
        description="The `cursor` of the next answer; null if this is the last one."
    )

    @classmethod
    def of(cls, series: SeriesRow, day: date, query: VintagesQuery, all_: RevisionTriangle) -> Self:
        """Raises BadParameter if there are more vintages than columns."""
        vintages = [one for one in all_.vintages if query.since is None or one >= query.since]
        if len(vintages) > MOST_VINTAGES:
            raise BadParameter(
                Fault(
                    "since",
                    query.since,
                    f"{vintages[-MOST_VINTAGES]} or later, because a wide answer has at most "
                    f"{MOST_VINTAGES} vintages and these are {len(vintages)}",
                )
            )
        shown, following = query.select(all_)
        return cls(
            layout=Layout.WIDE,
            series=series.key,
            unit=series.unit,
            as_of=day,
            vintages=vintages,
            months=[
                VintageRow(period=period, values=values) for period, values in shown.rows(vintages)
            ],
            next_cursor=following,
        )

    def table(self) -> Table:
        """One row a month, the vintages as columns."""
        rows: list[list[Any]] = [[month.period, *month.values] for month in self.months]
        return ["period", *map(str, self.vintages)], rows


VintagesAnswer = Annotated[LongVintagesAnswer | WideVintagesAnswer, Field(discriminator="layout")]
