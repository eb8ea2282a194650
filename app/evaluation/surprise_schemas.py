"""Wire types of surprises."""

from datetime import date
from typing import Self

from pydantic import BaseModel, Field

from app.evaluation.surprises import SIGNIFICANCE, Surprise
from app.forecasts.schemas import ModelField
from app.http.answers import ReadQuery, Table
from app.http.parameters import MonthField

_DIGITS = 4


class SurprisesQuery(ReadQuery):
    model: ModelField = Field("auto", description="The model whose forecasts are looked at.")
    only: bool = Field(
        False, description="`true` lists only the figures that are surprises, not every newest one."
    )


class SurpriseEntry(BaseModel):
    """The newest figure of a series beside what had been forecast for it."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    period: MonthField = Field(description="Month of the figure.", examples=["2026-08"])
    value: int = Field(description="The figure, in the series' unit.", examples=[8870])
    origin: MonthField = Field(
        description="Last month with a figure when it was forecast.", examples=["2026-07"]
    )
    vintage: str = Field(
        description="`live` for a forecast that was issued then, else how the figures of the "
        "hindcast were known.",
        examples=["live"],
    )
    median: int | None = Field(description="Median that was forecast.", examples=[8500])
    lower_80: int | None = Field(description="Lower end of its 80 % interval.", examples=[7600])
    upper_80: int | None = Field(description="Upper end of its 80 % interval.", examples=[9500])
    percentile: float = Field(
        description="Share of the forecast distribution below the figure, 0 to 1.", examples=[0.63]
    )
    probability: float = Field(
        description="Probability of a figure at least as far out on either side, 0 to 1.",
        examples=[0.74],
    )
    adjusted: float = Field(
        description="The probability corrected for how many series are looked at "
        "(Benjamini-Hochberg).",
        examples=[0.97],
    )
    surprise: bool = Field(
        description=f"Whether the adjusted probability is below {SIGNIFICANCE:g}.", examples=[False]
    )

    @classmethod
    def of(cls, found: Surprise) -> Self:
        score = found.score
        return cls(
            series=found.series,
            period=score.target,
            value=round(score.observed),
            origin=score.origin,
            vintage=score.vintage,
            median=_count(score.median),
            lower_80=_count(score.lower_80),
            upper_80=_count(score.upper_80),
            percentile=round(found.percentile, _DIGITS),
            probability=round(found.probability, _DIGITS),
            adjusted=round(found.adjusted, _DIGITS),
            surprise=found.is_surprise,
        )


class SurprisesAnswer(BaseModel):
    """The newest figure of every series against its forecast, the most surprising first."""

    model: str = Field(description="The model.", examples=["auto"])
    as_of: date = Field(description="The day of the answer (UTC).")
    surprises: list[SurpriseEntry] = Field(description="One entry a series.")

    def table(self) -> Table:
        """One row a series."""
        return list(SurpriseEntry.model_fields), (
            list(entry.model_dump().values()) for entry in self.surprises
        )


def _count(value: float | None) -> int | None:
    return None if value is None else round(value)
