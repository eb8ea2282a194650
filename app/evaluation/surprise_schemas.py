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
    model: ModelField = Field("auto", description="The model whose forecasts are compared.")
    only: bool = Field(False, description="`true` lists only the figures that are surprises.")


class SurpriseEntry(BaseModel):
    """A figure and its forecast."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    period: MonthField = Field(description="Month of the figure.", examples=["2026-08"])
    value: int = Field(description="The figure, in the unit of the series.", examples=[8870])
    origin: MonthField = Field(
        description="Last month with a figure when the forecast was made.", examples=["2026-07"]
    )
    vintage: str = Field(
        description="`live` or `live reconciled` for a forecast that was issued at the time; "
        "otherwise, how the "
        "figures of the hindcast were known.",
        examples=["live"],
    )
    median: int | None = Field(description="Median forecast.", examples=[8500])
    lower_80: int | None = Field(description="Lower end of the 80% interval.", examples=[7600])
    upper_80: int | None = Field(description="Upper end of the 80% interval.", examples=[9500])
    percentile: float = Field(
        description="Share of the forecast distribution below the figure, 0 to 1.", examples=[0.63]
    )
    probability: float = Field(
        description="Probability of a figure at least as far out on either side, 0 to 1.",
        examples=[0.74],
    )
    adjusted: float = Field(
        description="The probability, adjusted for the number of series compared "
        "(Benjamini-Hochberg).",
        examples=[0.97],
    )
    surprise: bool = Field(
        description=f"Whether the adjusted probability is below {SIGNIFICANCE:g}.", examples=[False]
    )
    newest: bool = Field(
        description="Whether the figure is the newest of its series. Earlier figures are listed if "
        "they were surprises when they were published.",
        examples=[True],
    )

    @classmethod
    def of(cls, found: Surprise) -> Self:
        return cls(
            series=found.series,
            period=found.period,
            value=found.value,
            origin=found.origin,
            vintage=found.vintage,
            median=_count(found.median),
            lower_80=_count(found.lower_80),
            upper_80=_count(found.upper_80),
            percentile=round(found.percentile, _DIGITS),
            probability=round(found.probability, _DIGITS),
            adjusted=round(found.adjusted, _DIGITS),
            surprise=found.is_surprise,
            newest=found.is_newest,
        )


class SurprisesAnswer(BaseModel):
    """The newest figure of every series and earlier surprises, most surprising first."""

    model: str = Field(description="The model.", examples=["auto"])
    as_of: date = Field(description="The day of the answer (UTC).")
    surprises: list[SurpriseEntry] = Field(description="One entry per figure.")

    def table(self) -> Table:
        """One row a figure."""
        return list(SurpriseEntry.model_fields), (
            list(entry.model_dump().values()) for entry in self.surprises
        )


def _count(value: float | None) -> int | None:
    return None if value is None else round(value)
