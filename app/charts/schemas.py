"""Wire types of charts."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.forecasts.schemas import Horizon, ModelField
from app.parameters import AsOfField, SeriesKey, WholeNumber

MOST_YEARS = 50


class Picture(StrEnum):
    """The form of a chart: its Vega-Lite specification, or a picture."""

    JSON = "json"
    SVG = "svg"
    PNG = "png"


class ForecastChartQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    series: SeriesKey
    horizon: Horizon = Field(12, description="How many months ahead.", examples=[12])
    years: Annotated[int, WholeNumber(1, MOST_YEARS)] = Field(
        5, description="How many years of history to draw.", examples=[5]
    )
    as_of: AsOfField | None = Field(
        None,
        description="Draw what was known at the end of this day (UTC). Default: today.",
        examples=["2024-05-16"],
    )
    model: ModelField = Field("auto", description="The model, as for `/forecast`.")
