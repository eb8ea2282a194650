"""The months of a scenario, and how they differ from those of the forecast."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, Field

from app.forecasts.encoding import decode_marginals
from app.forecasts.scenarios import Assumptions, ScenarioForecast
from app.forecasts.schemas import Interval
from app.forecasts.span import ForecastSpan, When, classify_month
from app.http.parameters import MonthField


class MonthBasis(StrEnum):
    """Where a month of a scenario comes from."""

    ASSUMED = "assumed"
    OPEN = "open"
    CONDITIONAL = "conditional"


class ScenarioMonth(BaseModel):
    """One month of a scenario."""

    period: MonthField = Field(description="Calendar month.", examples=["2025-10"])
    when: When = Field(
        description="State of the month on the day in question, as for `/forecast`.",
        examples=["future"],
    )
    basis: MonthBasis = Field(
        description="`assumed`: the count that the request gave; `open`: a month before the "
        "last assumed figure without a figure of its own; `conditional`: the "
        "distribution under the assumptions.",
        examples=["conditional"],
    )
    mean: int | None = Field(
        description="Expected count under the assumptions, in encounters; null if open.",
        examples=[13100],
    )
    median: int | None = Field(
        description="Median count under the assumptions, in encounters; null if open.",
        examples=[12700],
    )
    intervals: list[Interval] = Field(
        description="From narrowest to widest; empty if the month is assumed or open."
    )


class ScenarioDifference(BaseModel):
    """One month of a scenario compared with the forecast."""

    period: MonthField = Field(description="Calendar month.", examples=["2025-10"])
    mean: int | None = Field(
        description="Expected count under the assumptions minus that of the forecast; null if "
        "open.",
        examples=[4300],
    )
    median: int | None = Field(
        description="The same of the medians; null if open.", examples=[4200]
    )
    percent: float | None = Field(
        description="The difference of the medians in percent of the forecast's; null if open.",
        examples=[47.1],
    )

    @classmethod
    def of(cls, scenario: ScenarioMonth, plain: ScenarioMonth) -> Self:
        if scenario.mean is None or scenario.median is None:
            return cls(period=scenario.period, mean=None, median=None, percent=None)
        if plain.mean is None or plain.median is None:
            raise AssertionError("a forecast without assumptions has no open months")
        return cls(
            period=scenario.period,
            mean=scenario.mean - plain.mean,
            median=scenario.median - plain.median,
            percent=percent_of(scenario.median - plain.median, plain.median),
        )


class TotalCount(BaseModel):
    """The distribution of a total."""

    mean: int = Field(description="Expected total, in encounters.", examples=[150000])
    median: int = Field(description="Median total, in encounters.", examples=[147000])
    intervals: list[Interval] = Field(description="From narrowest to widest.")

    @classmethod
    def of(cls, total: bytes, levels: Sequence[int]) -> Self:
        marginals = decode_marginals(total)
        ends = ((level, *marginals.interval(level / 100)) for level in sorted(set(levels)))
        return cls(
            mean=round(float(marginals.mean[0])),
            median=round(float(marginals.median[0])),
            intervals=[
                Interval(level=level, lower=round(float(lower[0])), upper=round(float(upper[0])))
                for level, lower, upper in ends
            ],
        )


class TotalDifference(BaseModel):
    """The total of the months shown, under the assumptions and without them."""

    months: int = Field(description="How many months are shown.", examples=[12])
    plain_forecast: TotalCount = Field(description="Without the assumptions.")
    scenario: TotalCount = Field(description="Under the assumptions.")
    mean: int = Field(description="Difference of the expected totals.", examples=[42000])
    median: int = Field(description="Difference of the medians.", examples=[40000])
    percent: float | None = Field(
        description="Difference of the medians in percent of the forecast's.", examples=[37.4]
    )

    @classmethod
    def of(
        cls,
        made: ScenarioForecast,
        plain: ScenarioForecast,
        span: ForecastSpan,
        levels: Sequence[int],
    ) -> Self | None:
        """None if a month of the scenario is open."""
        if made.total is None or plain.total is None:
            return None
        without, under = TotalCount.of(plain.total, levels), TotalCount.of(made.total, levels)
        return cls(
            months=len(span.months),
            plain_forecast=without,
            scenario=under,
            mean=under.mean - without.mean,
            median=under.median - without.median,
            percent=percent_of(under.median - without.median, without.median),
        )


def percent_of(difference: int, whole: int) -> float | None:
    return round(100 * difference / whole, 1) if whole else None


def scenario_months(
    made: ScenarioForecast,
    assumptions: Assumptions,
    span: ForecastSpan,
    levels: Sequence[int],
    as_of: date,
) -> list[ScenarioMonth]:
    """The months shown, assumed ones among them."""
    marginals = decode_marginals(made.quantiles)
    ends = [(level, *marginals.interval(level / 100)) for level in sorted(set(levels))]
    months = []
    for period in span.months:
        when = classify_month(period, as_of)
        step = period - made.origin - 1
        if step < 0:
            value = assumptions.counts.get(period)
            basis = MonthBasis.OPEN if value is None else MonthBasis.ASSUMED
            months.append(
                ScenarioMonth(
                    period=period, when=when, basis=basis, mean=value, median=value, intervals=[]
                )
            )
            continue
        intervals = [
            Interval(level=level, lower=int(lower[step]), upper=int(upper[step]))
            for level, lower, upper in ends
        ]
        months.append(
            ScenarioMonth(
                period=period,
                when=when,
                basis=MonthBasis.CONDITIONAL,
                mean=int(marginals.mean[step]),
                median=int(marginals.median[step]),
                intervals=intervals,
            )
        )
    return months
