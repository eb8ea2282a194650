"""Wire types of forecasts."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.evaluation.track_record import TrackRecord
from app.evaluation.track_record_schemas import TrackRecordEntry
from app.forecasts.lookup import IssuedForecast
from app.forecasts.span import Start, When, choose_span
from app.forecasts.summary import MonthSummary, summarize_months
from app.http.answers import ReadQuery, Table
from app.http.parameters import AsOfField, MonthField, WholeNumber
from app.observations.schemas import ObservationEntry
from app.observations.selection import SeriesParameter
from app.observations.transformation_schemas import TransformationParameters
from forecasting import MODELS
from forecasting.series import LONGEST_HORIZON

DEFAULT_LEVELS = (50, 80, 95)


def _known_model(name: str) -> str:
    if name not in MODELS:
        raise PydanticCustomError(
            "model", "{expected}", {"expected": "one of " + ", ".join(MODELS)}
        )
    return name


ModelField = Annotated[
    str,
    AfterValidator(_known_model),
    WithJsonSchema({"type": "string", "enum": list(MODELS), "default": "auto"}),
]
Horizon = Annotated[int, WholeNumber(1, LONGEST_HORIZON)]
Level = Annotated[int, WholeNumber(1, 99)]
StartField = Annotated[
    Start,
    Field(
        alias="from",
        description="First month of the horizon: `origin` for the month after the newest "
        "figure, or `today` for the current month.",
        examples=["today"],
    ),
]


class ForecastQuery(TransformationParameters, ReadQuery, SeriesParameter):
    horizon: Horizon = Field(12, description="Number of months to show.", examples=[12])
    start: StartField = Start.ORIGIN
    level: list[Level] = Field(
        list(DEFAULT_LEVELS),
        min_length=1,
        description="Central intervals, in percent, 1 to 99. Repeat for several: "
        "`level=50&level=80`.",
    )
    as_of: AsOfField | None = Field(
        None,
        description="Forecast from the figures as known at the end of this day (UTC), which "
        "must not be before the series' first full release. Default: today.",
        examples=["2024-05-16"],
    )
    fresh: bool = Field(
        False,
        description="If newer figures have just arrived, wait for their forecast instead of "
        "taking the previous one.",
    )
    model: ModelField = Field(
        "auto",
        description="`auto` is the recommended model. The others are well-known models for "
        "comparison; `combination` is the mean of four of them.",
    )
    reconciled: bool = Field(
        True,
        description="Give the forecast that adds up with those of the series' hierarchy, if there "
        "is one; `false` gives that of the series by itself.",
    )


class Interval(BaseModel):
    """A central prediction interval."""

    level: int = Field(
        description="Probability, in percent, that the figure falls inside.", examples=[80]
    )
    lower: int = Field(description="Lower end, in encounters.", examples=[104000])
    upper: int = Field(description="Upper end, in encounters.", examples=[163000])


class ForecastMonth(BaseModel):
    """The distribution of one month's count."""

    period: MonthField = Field(description="Calendar month.", examples=["2024-05"])
    when: When = Field(
        description="State of the month on the day in question: `past_unpublished` has ended "
        "without a figure, `current` is under way, `future` has not begun.",
        examples=["future"],
    )
    mean: int = Field(description="Expected count, in encounters.", examples=[131000])
    median: int = Field(description="Median count, in encounters.", examples=[130400])
    intervals: list[Interval] = Field(description="From narrowest to widest.")

    @classmethod
    def of(cls, month: MonthSummary) -> Self:
        return cls.model_validate(month, from_attributes=True)


class ForecastAnswer(BaseModel):
    """A forecast, with what it was made from and when."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    origin: MonthField = Field(
        description="Last month with a figure. The forecast starts after it.", examples=["2024-04"]
    )
    as_of: date = Field(
        description="Only figures published by the end of this day are used.",
        examples=["2024-05-16"],
    )
    issued_at: datetime = Field(description="When the forecast was computed (UTC).")
    model: str = Field(description="The model.", examples=["auto"])
    data_version: str = Field(
        description="Identifies the figures used, those of the whole hierarchy if `reconciled`. "
        "The same figures have the same identifier."
    )
    reconciled: bool = Field(
        description="True if the forecast adds up with those of its hierarchy, all of which are "
        "there; false if it is that of the series by itself."
    )
    forecast: list[ForecastMonth] = Field(
        description="One entry per month, starting with the month after the origin or, with "
        "`from=today`, the current month."
    )
    provisional: list[ObservationEntry] = Field(
        description="The figures used that are not final or not exact."
    )
    provisional_share: float = Field(
        description="Share of the first month's variance (log scale) that comes from "
        "measurement error of the figures used, 0 to 1; 0 if all are exact and "
        "final.",
        examples=[0.04],
    )
    track_record: TrackRecordEntry | None = Field(
        description="How accurate this model's forecasts have been so far; null if none has a "
        "score."
    )
    warnings: list[str] = Field(
        description="Warnings to read before use, about the age of the figures or the fit."
    )
    stale: bool = Field(
        description="True if newer figures are known and their forecast is not ready yet."
    )

    @classmethod
    def of(
        cls, issued: IssuedForecast, query: ForecastQuery, record: TrackRecord | None = None
    ) -> Self:
        history, archived = issued.inputs.history, issued.archived
        span = choose_span(archived.origin, query.horizon, query.start, history.as_of)
        return cls(
            series=history.series.key,
            unit=history.series.unit,
            origin=archived.origin,
            as_of=history.as_of,
            issued_at=issued.issued_at,
            model=archived.model,
            data_version=issued.data_version,
            reconciled=issued.reconciled is not None,
            forecast=[
                ForecastMonth.of(month)
                for month in summarize_months(
                    issued.quantiles, span, history.as_of, tuple(query.level)
                )
            ],
            provisional=[
                ObservationEntry.of(observation) for observation in issued.inputs.provisional
            ],
            provisional_share=round(archived.provisional_share, 4),
            track_record=None if record is None else TrackRecordEntry.of(record),
            warnings=[*history.warnings, *span.warnings, *map(str, archived.warnings)],
            stale=issued.stale,
        )

    def table(self) -> Table:
        """One row a month, the intervals' ends as columns."""
        levels = [interval.level for interval in self.forecast[0].intervals]
        ends = [f"{end}_{level}" for level in levels for end in ("lower", "upper")]
        return ["period", "mean", "median", *ends], (
            [
                month.period,
                month.mean,
                month.median,
                *(end for i in month.intervals for end in (i.lower, i.upper)),
            ]
            for month in self.forecast
        )
