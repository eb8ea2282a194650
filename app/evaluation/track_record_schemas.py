"""Wire types of the track record in short."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, PlainSerializer

from app.evaluation.track_record import HorizonRecord, TrackRecord
from app.http.parameters import MonthField

Rounded = Annotated[float, PlainSerializer(lambda value: round(value, 4), return_type=float)]
"""Four digits where it is written as JSON; all of them for who rounds it himself."""


class HorizonEntry(BaseModel):
    """How accurate forecasts a span of months ahead have been."""

    horizon: str = Field(description="Months ahead, first and last.", examples=["1-3"])
    cells: int = Field(
        description="Number of scored forecasts, each for one month.", examples=[492]
    )
    coverage_50: Rounded = Field(
        description="Share of outcomes inside the 50% interval, 0 to 1. The goal is 0.5.",
        examples=[0.51],
    )
    coverage_80: Rounded = Field(
        description="Share of outcomes inside the 80% interval, 0 to 1.", examples=[0.79]
    )
    coverage_95: Rounded = Field(
        description="Share of outcomes inside the 95% interval, 0 to 1.", examples=[0.94]
    )
    inside_80: int = Field(
        description="Number of outcomes inside the 80% interval.",
        examples=[389],
    )
    relative_wis: Rounded | None = Field(
        description="Weighted interval score relative to the log random walk's. Below 1 is better.",
        examples=[0.84],
    )
    relative_log_wis: Rounded | None = Field(
        description="The same for log(1 + count), which weighs errors by their ratio rather "
        "than their size.",
        examples=[0.93],
    )

    @classmethod
    def of(cls, record: HorizonRecord) -> Self:
        return cls.model_validate(record, from_attributes=True)


class TrackRecordEntry(BaseModel):
    """How accurate this model's forecasts have been so far. `GET /evaluation` has more."""

    series: str | None = Field(
        description="Key of the series; null if it has too few scores of its own, so that these "
        "are for all series together.",
        examples=["usbp.southwest"],
    )
    first: MonthField = Field(
        description="First month that was forecast and scored.", examples=["2012-01"]
    )
    last: MonthField = Field(
        description="Last month that was forecast and scored.", examples=["2025-08"]
    )
    vintages: dict[str, int] = Field(
        description="Number of forecasts that were issued `live`, and of hindcasts from figures "
        "`as known` at the time or `reconstructed` from later releases.",
        examples=[{"as known": 576, "reconstructed": 1368}],
    )
    by_horizon: list[HorizonEntry] = Field(description="By months ahead, nearest first.")

    @classmethod
    def of(cls, record: TrackRecord) -> Self:
        return cls(
            series=record.series,
            first=record.first,
            last=record.last,
            vintages=record.vintages,
            by_horizon=[HorizonEntry.of(one) for one in record.by_horizon],
        )
