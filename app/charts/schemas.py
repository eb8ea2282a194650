"""Wire types of charts."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.charts.specifications import ChartFormat
from app.charts.style import Look, Scale, Theme
from app.errors import BadParameter, Fault
from app.evaluation.past_forecasts import LeadTime
from app.forecasts.schemas import Horizon, ModelField, StartField
from app.forecasts.span import Start
from app.forecasts.thresholds import Side, Threshold
from app.http.parameters import AsOfField, SeriesKey, WholeNumber

MOST_YEARS = 50
NARROWEST, WIDEST, USUAL_WIDTH = 320, 1600, 960

Years = Annotated[int, WholeNumber(1, MOST_YEARS)]
Number = Annotated[int, WholeNumber(0, 1_000_000_000, example=10000)]
Width = Annotated[int, WholeNumber(NARROWEST, WIDEST)]


class ChartQuery(BaseModel):
    """Parameters of every chart."""

    model_config = ConfigDict(extra="forbid")

    series: SeriesKey
    as_of: AsOfField | None = Field(
        None,
        description="Draw what was known at the end of this day (UTC). Default: today.",
        examples=["2024-05-16"],
    )
    width: Width = Field(
        USUAL_WIDTH,
        description="Width in pixels. The height follows from it. SVG scales to any size; PNG "
        "has two dots per pixel.",
    )
    theme: Theme = Field(Theme.LIGHT, description="Light or dark background.")
    lang: Literal["en", "es"] = Field("en", description="Language of the text in the chart.")

    def look(self, form: ChartFormat, *, scale: Scale = Scale.LINEAR) -> Look:
        return Look(self.width, self.theme, scale, self.lang, interactive=form is ChartFormat.JSON)


class HistoryChartQuery(ChartQuery):
    years: Years = Field(5, description="Number of years of history to draw.", examples=[5])
    scale: Scale = Field(
        Scale.LINEAR,
        description="`log` shows equal ratios as equal distances; `linear` starts at zero; `auto` "
        "is `log` if the largest count is more than 30 times the smallest.",
    )


class ForecastChartQuery(HistoryChartQuery):
    horizon: Horizon = Field(12, description="Number of months to forecast.", examples=[12])
    start: StartField = Start.ORIGIN
    model: ModelField = Field("auto", description="The model, as for `/forecast`.")
    above: Number | None = Field(
        None, description="Draw a line at this number, with the chance of more in each month."
    )
    below: Number | None = Field(
        None,
        description="Draw a line at this number, with the chance of fewer in each month; instead "
        "of `above`.",
    )

    @property
    def threshold(self) -> Threshold | None:
        """The number to draw, if one is asked for. Raises BadParameter for two."""
        if self.above is not None and self.below is not None:
            raise BadParameter(Fault("below", self.below, "either above or below"))
        if self.above is not None:
            return Threshold(self.above, Side.ABOVE)
        return None if self.below is None else Threshold(self.below, Side.BELOW)


class VintagesChartQuery(ChartQuery):
    months: Annotated[int, WholeNumber(2, 120)] = Field(
        24, description="Number of latest months to draw.", examples=[24]
    )


class PastForecastsChartQuery(ChartQuery):
    ahead: LeadTime = Field(
        LeadTime.NEAR,
        description="How many months ahead each forecast was made.",
        examples=["1-3"],
    )
    years: Years = Field(MOST_YEARS, description="Number of latest years to draw.", examples=[5])
    scale: Literal[Scale.LINEAR, Scale.LOG] = Field(
        Scale.LOG,
        description="`log` shows equal ratios as equal distances; `linear` starts at zero.",
    )
    model: ModelField = Field("auto", description="The model whose forecasts are drawn.")
