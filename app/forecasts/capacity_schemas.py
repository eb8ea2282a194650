"""Wire types of capacity: how many beds are enough."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.errors import BadParameter, Fault
from app.forecasts.capacity import CapacityPlan, Demand, probability_for_costs
from app.forecasts.lookup import IssuedForecast
from app.forecasts.outlook_schemas import OutlookQuery
from app.forecasts.schemas import Horizon, StartField
from app.forecasts.span import ForecastSpan, Start, When, classify_month
from app.http.answers import Table
from app.http.parameters import MonthField, PositiveNumber, WholeNumber

DEFAULT_RISK = 10  # percent
DEFAULT_SHARE, DEFAULT_STAY = 100.0, 1.0
LEAST, MOST = 0.005, 0.995  # probabilities that some thousand sampled futures can tell
_DIGITS = 4

Cost = Annotated[float, PositiveNumber(1e9, example=540)]


class CapacityQuery(OutlookQuery):
    share: Annotated[float, PositiveNumber(100, example=5)] = Field(
        DEFAULT_SHARE, description="Percent of the people counted who need a bed here."
    )
    stay: Annotated[float, PositiveNumber(1000, example=3)] = Field(
        DEFAULT_STAY, description="Days that they stay, on average."
    )
    risk: Annotated[int, WholeNumber(1, 99, example=10)] | None = Field(
        None,
        description="Percent of months, 1 to 99, in which the beds may be too few. Default: "
        f"{DEFAULT_RISK}, if there are no costs.",
    )
    cost_missing: Cost | None = Field(
        None,
        description="What each missing bed costs, in any currency. With `cost_empty`, the beds are "
        "those that cost least on average; instead of `risk`.",
    )
    cost_empty: Cost | None = Field(None, description="What each empty bed costs.", examples=[60])
    horizon: Horizon = Field(12, description="Number of months to show.", examples=[12])
    start: StartField = Start.ORIGIN

    @property
    def demand(self) -> Demand:
        return Demand(self.share, self.stay)

    @property
    def enough(self) -> float:
        """The probability of having enough beds.

        Raises BadParameter for one cost without the other, for costs beside a risk, and for costs
        so far apart that a forecast cannot tell what they ask for.
        """
        if self.cost_missing is None and self.cost_empty is None:
            return 1 - (DEFAULT_RISK if self.risk is None else self.risk) / 100
        if self.cost_missing is None or self.cost_empty is None:
            absent = "cost_missing" if self.cost_missing is None else "cost_empty"
            raise BadParameter(Fault(absent, None, "both costs, or neither"))
        if self.risk is not None:
            raise BadParameter(Fault("risk", self.risk, "either a risk or the two costs"))
        enough = probability_for_costs(self.cost_missing, self.cost_empty)
        if not LEAST <= enough <= MOST:
            raise BadParameter(
                Fault("cost_missing", self.cost_missing, "at most 199 times the other cost")
            )
        return enough


class CapacityMonth(BaseModel):
    """How many beds are enough in one month."""

    period: MonthField = Field(description="Calendar month.", examples=["2026-11"])
    when: When = Field(
        description="State of the month on the day in question, as for `/forecast`.",
        examples=["current"],
    )
    people: int = Field(
        description="Count of the month, in the unit of the series, that is not exceeded with "
        "probability `enough`.",
        examples=[12500],
    )
    beds: int = Field(
        description="Beds for that many people: the number in the house on an average night, "
        "rounded up.",
        examples=[63],
    )
    median_beds: int = Field(
        description="The same for the median count, which is exceeded as often as not.",
        examples=[48],
    )


class CapacityAnswer(BaseModel):
    """How many beds are enough, month by month, with a chosen probability."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest.el-paso"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    share: float = Field(description="Percent of the people counted who need a bed.", examples=[5])
    stay: float = Field(description="Days that they stay, on average.", examples=[3])
    enough: float = Field(
        description="Probability, 0 to 1, that a month's beds are enough: 1 minus the risk, or "
        "the cost of a missing bed divided by the sum of both costs.",
        examples=[0.9],
    )
    all_months: int = Field(
        description="Beds that are enough in every month shown with that probability; more than "
        "any month needs by itself.",
        examples=[71],
    )
    origin: MonthField = Field(description="Last month with a figure.", examples=["2026-08"])
    as_of: date = Field(description="Only figures published by the end of this day are used.")
    issued_at: datetime = Field(description="When the forecast was computed (UTC).")
    model: str = Field(description="The model.", examples=["auto"])
    data_version: str = Field(
        description="Identifies the figures used. The same figures have the same identifier."
    )
    reconciled: bool = Field(
        description="True if the forecast adds up with those of its hierarchy, as for `/forecast`."
    )
    months: list[CapacityMonth] = Field(
        description="One entry per month, starting with the month after the origin or, with "
        "`from=today`, the current month."
    )
    warnings: list[str] = Field(description="Warnings to read before use, as for `/forecast`.")
    stale: bool = Field(
        description="True if newer figures are known and their forecast is not ready yet."
    )

    @classmethod
    def of(
        cls, issued: IssuedForecast, span: ForecastSpan, demand: Demand, plan: CapacityPlan
    ) -> Self:
        history, archived = issued.inputs.history, issued.archived
        numbers = zip(span.months, plan.people, plan.beds, plan.median_beds, strict=True)
        return cls(
            series=history.series.key,
            unit=history.series.unit,
            share=demand.share,
            stay=demand.stay,
            enough=round(plan.enough, _DIGITS),
            all_months=plan.all_months,
            origin=archived.origin,
            as_of=history.as_of,
            issued_at=issued.issued_at,
            model=archived.model,
            data_version=issued.data_version,
            reconciled=issued.reconciled is not None,
            months=[
                CapacityMonth(
                    period=period,
                    when=classify_month(period, history.as_of),
                    people=int(people),
                    beds=int(beds),
                    median_beds=int(median),
                )
                for period, people, beds, median in numbers
            ],
            warnings=[*history.warnings, *span.warnings, *map(str, archived.warnings)],
            stale=issued.stale,
        )

    def table(self) -> Table:
        """One row a month."""
        return ("period", "people", "beds", "median_beds"), (
            (month.period, month.people, month.beds, month.median_beds) for month in self.months
        )
