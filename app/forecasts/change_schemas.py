"""Wire types of how forecasts moved."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from app.forecasts.changes import (
    ChangedFigure,
    FigureChangeKind,
    ForecastChange,
    Issue,
    MonthComparison,
)
from app.forecasts.schemas import ModelField
from app.forecasts.span import When, classify_month
from app.http.answers import ReadQuery, Table
from app.http.parameters import MonthField, SeriesKey
from app.observations.tables import SeriesRow


class ChangesQuery(ReadQuery):
    series: SeriesKey
    model: ModelField = Field("auto", description="The model, as for `/forecast`.")


class IssueEntry(BaseModel):
    """One of the two compared forecasts."""

    id: int = Field(description="Number in the archive: `GET /forecasts/{id}`.", examples=[1204])
    issued_at: datetime = Field(description="When the forecast was computed (UTC).")
    origin: MonthField = Field(description="Last month with a figure.", examples=["2026-08"])
    reconciled: bool = Field(
        description="True if the compared medians and intervals add up with those of the series' "
        "hierarchy, as for `/forecast`; the archive has the forecast of the series by itself."
    )

    @classmethod
    def of(cls, issue: Issue) -> Self:
        return cls.model_validate(issue, from_attributes=True)


class MovedMonthEntry(BaseModel):
    """A month in both forecasts, in the series' unit."""

    period: MonthField = Field(description="Calendar month.", examples=["2026-12"])
    when: When = Field(description="State of the month today, as for `/forecast`.")
    median_before: int = Field(description="Median of the earlier forecast.", examples=[8600])
    median_after: int = Field(description="Median of the later forecast.", examples=[8100])
    percent: float | None = Field(
        description="Change of the median in percent; null if it was 0.", examples=[-5.8]
    )
    lower_80_before: int = Field(description="Lower end of the earlier 80% interval.")
    upper_80_before: int = Field(description="Upper end of the earlier 80% interval.")
    lower_80_after: int = Field(description="Lower end of the later 80% interval.")
    upper_80_after: int = Field(description="Upper end of the later 80% interval.")

    @classmethod
    def of(cls, moved: MonthComparison, today: date) -> Self:
        (median, lower, upper), (now, now_lower, now_upper) = moved.before, moved.after
        return cls(
            period=moved.period,
            when=classify_month(moved.period, today),
            median_before=median,
            median_after=now,
            percent=round(100 * (now - median) / median, 1) if median else None,
            lower_80_before=lower,
            upper_80_before=upper,
            lower_80_after=now_lower,
            upper_80_after=now_upper,
        )


class ChangedFigureEntry(BaseModel):
    """A figure that was published, restated, or withdrawn between the two forecasts."""

    period: MonthField = Field(description="Calendar month.", examples=["2026-08"])
    kind: FigureChangeKind = Field(
        description="What happened to the month's figure.", examples=["new"]
    )
    before: int | None = Field(
        description="Figure before; null if there was none.", examples=[None]
    )
    after: int | None = Field(description="Figure after; null if there is none.", examples=[8870])
    source: str | None = Field(description="Publisher of the later figure.", examples=["cbp"])
    published_on: date | None = Field(description="When the later figure was published.")

    @classmethod
    def of(cls, figure: ChangedFigure) -> Self:
        before, after = figure.before, figure.after
        return cls(
            period=figure.period,
            kind=figure.kind,
            before=before.value if before else None,
            after=after.value if after else None,
            source=after.source if after else None,
            published_on=after.published_on if after else None,
        )


class ChangesAnswer(BaseModel):
    """How the forecast of each month changed between the last two forecasts, and why."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    model: str = Field(description="The model.", examples=["auto"])
    previous: IssueEntry | None = Field(description="The earlier forecast; null if there is none.")
    latest: IssueEntry | None = Field(description="The later forecast; null if there is only one.")
    figures: list[ChangedFigureEntry] = Field(
        description="The series' own figures that changed in between, oldest month first. If "
        "there are none, figures of other series changed the forecast."
    )
    months: list[MovedMonthEntry] = Field(description="The months in both forecasts, oldest first.")

    @classmethod
    def of(cls, series: SeriesRow, model: str, change: ForecastChange | None, today: date) -> Self:
        """`change` is None without an earlier forecast."""
        both = (change.previous, change.latest) if change else ()
        issues = [IssueEntry.of(issue) for issue in both]
        return cls(
            series=series.key,
            unit=series.unit,
            model=model,
            previous=issues[0] if issues else None,
            latest=issues[1] if issues else None,
            figures=[ChangedFigureEntry.of(figure) for figure in change.figures] if change else [],
            months=[MovedMonthEntry.of(moved, today) for moved in change.months] if change else [],
        )

    def table(self) -> Table:
        """One row a month."""
        return list(MovedMonthEntry.model_fields), (
            list(month.model_dump().values()) for month in self.months
        )
