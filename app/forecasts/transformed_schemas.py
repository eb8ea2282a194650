"""Wire types of forecasts in other units or by longer periods."""

from datetime import date, datetime
from typing import Self

import numpy as np
from pydantic import BaseModel, Field

from app.forecasts.lookup import IssuedForecast
from app.forecasts.span import ForecastSpan, When, classify_period
from app.forecasts.transformed_forecast import TransformedForecast
from app.http.answers import Table
from app.http.parameters import MonthField
from app.observations.transformation_schemas import PeriodEntry
from app.observations.transformations import Aggregate, Transformation, Units
from forecasting.arrays import Array


class TransformedInterval(BaseModel):
    """A central prediction interval."""

    level: int = Field(
        description="Probability, in percent, that the value falls inside.", examples=[80]
    )
    lower: int | float = Field(description="Lower end, in the answer's unit.", examples=[-21.3])
    upper: int | float = Field(description="Upper end, in the answer's unit.", examples=[18.9])


class ForecastPeriod(PeriodEntry):
    """The distribution of one period's value."""

    when: When = Field(
        description="State of the period on the day in question: `past_unpublished` has ended "
        "without all figures, `current` is under way, `future` has not begun.",
        examples=["future"],
    )
    counted_months: int = Field(
        description="Number of its months that have a figure and are not forecast.", examples=[1]
    )
    mean: int | float = Field(description="Expected value, in the answer's unit.", examples=[-2.1])
    median: int | float = Field(description="Median, in the answer's unit.", examples=[-3.4])
    intervals: list[TransformedInterval] = Field(description="From narrowest to widest.")


class TransformedForecastAnswer(BaseModel):
    """A forecast in other units or by longer periods, with what it was made from and when."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What the values are in.", examples=["percent change"])
    units: Units | None = Field(description="As in the request.", examples=["percent_year"])
    aggregate: Aggregate | None = Field(description="As in the request.", examples=["quarter"])
    origin: MonthField = Field(
        description="Last month with a figure. The forecast starts after it.", examples=["2024-04"]
    )
    as_of: date = Field(description="Only figures published by the end of this day are used.")
    issued_at: datetime = Field(description="When the forecast was computed (UTC).")
    model: str = Field(description="The model.", examples=["auto"])
    data_version: str = Field(
        description="Identifies the figures used. The same figures have the same identifier."
    )
    reconciled: bool = Field(description="As for monthly counts.")
    forecast: list[ForecastPeriod] = Field(
        description="One entry per period that ends in the months of the request, oldest first."
    )
    warnings: list[str] = Field(description="Warnings to read before use, as for monthly counts.")
    stale: bool = Field(
        description="True if newer figures are known and their forecast is not ready yet."
    )

    @classmethod
    def of(
        cls,
        issued: IssuedForecast,
        span: ForecastSpan,
        found: TransformedForecast,
        wanted: Transformation,
        levels: list[int],
    ) -> Self:
        history, archived = issued.inputs.history, issued.archived
        base = found.base.period if found.base else None
        return cls(
            series=history.series.key,
            unit=wanted.describe_unit(history.series.unit, base),
            units=wanted.units,
            aggregate=wanted.aggregate,
            origin=archived.origin,
            as_of=history.as_of,
            issued_at=issued.issued_at,
            model=archived.model,
            data_version=issued.data_version,
            reconciled=issued.reconciled is not None,
            forecast=_periods(found, span, wanted, levels, history.as_of),
            warnings=[
                *history.warnings,
                *span.warnings,
                *found.warnings,
                *map(str, archived.warnings),
            ],
            stale=issued.stale,
        )

    def table(self) -> Table:
        """One row a period, the intervals' ends as columns."""
        levels = (
            [interval.level for interval in self.forecast[0].intervals] if self.forecast else []
        )
        ends = [f"{end}_{level}" for level in levels for end in ("lower", "upper")]
        return ["period", "start", "end", "mean", "median", *ends], (
            [
                one.period,
                one.start,
                one.end,
                one.mean,
                one.median,
                *(end for i in one.intervals for end in (i.lower, i.upper)),
            ]
            for one in self.forecast
        )


def _periods(
    found: TransformedForecast,
    span: ForecastSpan,
    wanted: Transformation,
    levels: list[int],
    as_of: date,
) -> list[ForecastPeriod]:
    distribution = found.distribution
    ends = [(level, *distribution.interval(level / 100)) for level in sorted(set(levels))]
    mean, median = distribution.mean, distribution.median
    return [
        ForecastPeriod(
            period=str(period),
            start=period.start,
            end=period.end,
            when=classify_period(period.start, period.end, as_of),
            counted_months=int(np.clip(span.origin - period.start + 1, 0, period.months)),
            mean=_number(mean, place, wanted),
            median=_number(median, place, wanted),
            intervals=[
                TransformedInterval(
                    level=level,
                    lower=_number(lower, place, wanted),
                    upper=_number(upper, place, wanted),
                )
                for level, lower, upper in ends
            ],
        )
        for place, period in enumerate(found.periods)
    ]


def _number(values: Array, place: int, wanted: Transformation) -> int | float:
    number = wanted.rounded(values[place])
    assert number is not None, "periods without a value are left out"
    return number
