"""Wire types of past forecasts, one by one."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from app.evaluation.past_forecasts import LeadTime, Scored
from app.forecasts.schemas import ModelField
from app.http.answers import ReadQuery, Table
from app.http.parameters import AsOfField, MonthField, SeriesKey, WholeNumber
from forecasting.series import LONGEST_HORIZON

_DIGITS = 6  # significant, of scores


class PastForecastsQuery(ReadQuery):
    series: SeriesKey
    model: ModelField = Field("auto", description="Only forecasts by this model.")
    horizon: Annotated[int, WholeNumber(1, LONGEST_HORIZON)] | None = Field(
        None, description="Only forecasts this many months ahead.", examples=[3]
    )
    ahead: LeadTime | None = Field(
        None,
        description="Only one forecast per month, as on the page and in the chart "
        "`past-forecasts`: the newest one made that many months ahead. It is from a "
        "hindcast only if none was issued live.",
        examples=["1-3"],
    )
    start: MonthField | None = Field(
        None, description="First forecast month.", examples=["2018-01"]
    )
    end: MonthField | None = Field(None, description="Last forecast month.", examples=["2025-08"])
    as_of: AsOfField | None = Field(
        None,
        description="Only forecasts issued and figures published by the end of this day (UTC); "
        "each forecast is held against the figure that was current then. Default: today.",
        examples=["2024-05-16"],
    )


class PastForecast(BaseModel):
    """What was forecast for a month, the actual figure, and the scores."""

    period: MonthField = Field(description="Forecast month.", examples=["2025-08"])
    origin: MonthField = Field(
        description="Last month whose figure the forecast used.", examples=["2025-06"]
    )
    horizon: int = Field(description="Months from the origin to the forecast month.", examples=[2])
    vintage: str = Field(
        description="`live` for a forecast that was issued, `live reconciled` for one that was "
        "reconciled. For a hindcast, `as known` if it "
        "used figures as known at the time, or `reconstructed` if it used figures "
        "from later releases.",
        examples=["as known"],
    )
    issued_at: datetime | None = Field(
        description="When it was issued (UTC); null for a hindcast.", examples=[None]
    )
    forecast: int | None = Field(
        description="Its number in the archive (`GET /forecasts/{id}`); null for a hindcast.",
        examples=[None],
    )
    median: int | None = Field(
        description="Median forecast, in encounters; null for hindcasts of models other than "
        "`auto`, which do not keep it.",
        examples=[6284],
    )
    lower_80: int | None = Field(
        description="Lower end of the 80% interval; null in the same cases.", examples=[3850]
    )
    upper_80: int | None = Field(
        description="Upper end of the 80% interval; null in the same cases.", examples=[10600]
    )
    observed: int = Field(description="Actual figure, in encounters.", examples=[6321])
    inside_80: bool = Field(
        description="Whether the actual figure is inside the 80% interval.", examples=[True]
    )
    inside_50: bool = Field(
        description="Whether the actual figure is inside the 50% interval.", examples=[True]
    )
    inside_95: bool = Field(
        description="Whether the actual figure is inside the 95% interval.", examples=[True]
    )
    wis: float = Field(description="Weighted interval score, in encounters.", examples=[1010.0])
    log_wis: float = Field(description="The same for log(1 + count).", examples=[0.152])
    crps: float = Field(
        description="Continuous ranked probability score, in encounters.", examples=[1120.0]
    )
    pit: float = Field(
        description="Share of the forecast distribution below the actual figure, 0 to 1.",
        examples=[0.515],
    )
    scaled_error: float | None = Field(
        description="Absolute error of the median, divided by the mean seasonal change of the "
        "history; null if there is none.",
        examples=[0.0021],
    )
    baseline_wis: float = Field(
        description="The baseline's weighted interval score.", examples=[1170.0]
    )
    baseline_log_wis: float = Field(description="The same for log(1 + count).", examples=[0.164])
    baseline_crps: float = Field(
        description="The baseline's continuous ranked probability score.", examples=[1300.0]
    )

    @classmethod
    def of(cls, scored: Scored) -> Self:
        score, issued_at = scored
        return cls(
            period=score.target,
            origin=score.origin,
            horizon=score.horizon,
            vintage=score.vintage,
            issued_at=issued_at,
            forecast=score.forecast_id,
            median=_count(score.median),
            lower_80=_count(score.lower_80),
            upper_80=_count(score.upper_80),
            observed=int(score.observed),
            inside_80=score.covered_80,
            inside_50=score.covered_50,
            inside_95=score.covered_95,
            wis=_short(score.wis),
            log_wis=_short(score.log_wis),
            crps=_short(score.crps),
            pit=_short(score.pit),
            scaled_error=None if score.scaled_error is None else _short(score.scaled_error),
            baseline_wis=_short(score.baseline_wis),
            baseline_log_wis=_short(score.baseline_log_wis),
            baseline_crps=_short(score.baseline_crps),
        )


class PastForecastsAnswer(BaseModel):
    """Past forecasts of a series and the actual figures: oldest month first.

    Within a month the newest forecast comes first.
    """

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    model: str = Field(description="The model.", examples=["auto"])
    forecasts: list[PastForecast] = Field(description="One entry per forecast of a month.")

    def table(self) -> Table:
        return list(PastForecast.model_fields), (_row(entry) for entry in self.forecasts)


def _row(entry: PastForecast) -> list[Any]:
    issued_at = entry.issued_at.isoformat() if entry.issued_at else None
    return list((entry.model_dump() | {"issued_at": issued_at}).values())


def _count(value: float | None) -> int | None:
    return None if value is None else int(value)


def _short(score: float) -> float:
    return float(f"{score:.{_DIGITS}g}")
