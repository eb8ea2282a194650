"""Wire types of what planners ask of a forecast: thresholds and fiscal years."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.errors import BadParameter, Fault
from app.forecasts.fiscal_year import YearToDate
from app.forecasts.lookup import IssuedForecast
from app.forecasts.schemas import (
    DEFAULT_LEVELS,
    Horizon,
    Interval,
    Level,
    ModelField,
    StartField,
)
from app.forecasts.span import ForecastSpan, Start, When, classify_month
from app.forecasts.thresholds import Side, Threshold, ThresholdProbabilities
from app.http.answers import ReadQuery, Table
from app.http.parameters import AsOfField, MonthField, SeriesKey, WholeNumber
from app.observations.queries import History
from forecasting.distribution import Distribution
from forecasting.series import LONGEST_HORIZON

LARGEST_COUNT = 1_000_000_000
_DIGITS = 4  # of probabilities: more than some thousand draws can tell


class OutlookQuery(ReadQuery):
    """The parameters that both questions share with `/forecast`."""

    series: SeriesKey
    as_of: AsOfField | None = Field(
        None,
        description="Use the forecast from the figures as known at the end of this day (UTC), "
        "which must not be before the series' first full release. Default: today.",
        examples=["2024-05-16"],
    )
    fresh: bool = Field(
        False,
        description="If newer figures have just arrived, wait for their forecast instead of "
        "taking the previous one.",
    )
    model: ModelField = Field("auto", description="The model, as for `/forecast`.")


class ThresholdQuery(OutlookQuery):
    above: Annotated[int, WholeNumber(0, LARGEST_COUNT, example=150000)] | None = Field(
        None,
        description="Number to exceed in a month, in the unit of the series. Give either "
        "`above` or `below`.",
    )
    below: Annotated[int, WholeNumber(0, LARGEST_COUNT)] | None = Field(
        None,
        description="Number to stay below in a month, in the unit of the series.",
        examples=[5000],
    )
    run: Annotated[int, WholeNumber(1, LONGEST_HORIZON)] = Field(
        1,
        alias="for",
        description="Number of months in a row. `probability_by_then` is the probability of "
        "such a run.",
        examples=[3],
    )
    horizon: Horizon = Field(12, description="Number of months to show.", examples=[12])
    start: StartField = Start.ORIGIN

    @property
    def threshold(self) -> Threshold:
        """What is asked. Raises BadParameter unless exactly one number is given."""
        if (self.above is None) == (self.below is None):
            given = "neither" if self.above is None else f"{self.above} and below={self.below}"
            raise BadParameter(Fault("above", given, "a number for either above or below"))
        if self.above is not None:
            return Threshold(self.above, Side.ABOVE, self.run)
        assert self.below is not None, "one of the two is given"
        return Threshold(self.below, Side.BELOW, self.run)


class FiscalYearQuery(OutlookQuery):
    year: Annotated[int, WholeNumber(1900, 2200)] | None = Field(
        None,
        description="The series' own year, named by its last month: the US fiscal year from "
        "October to September, calendar years elsewhere. Default: the one of the month after the "
        "newest figure. Its end may lie up to 36 months ahead.",
        examples=[2026],
    )
    year_start: Annotated[int, WholeNumber(1, 12)] | None = Field(
        None,
        description="Month in which the year begins, 1 to 12, such as 7 for years that end in "
        "June. Default: that of the series, see `GET /series`.",
        examples=[10],
    )
    level: list[Level] = Field(
        list(DEFAULT_LEVELS),
        min_length=1,
        description="Central intervals, in percent, 1 to 99. Repeat for several: "
        "`level=50&level=80`.",
    )


class ThresholdMonth(BaseModel):
    """How likely one month's count is to be beyond the number."""

    period: MonthField = Field(description="Calendar month.", examples=["2024-05"])
    when: When = Field(
        description="State of the month on the day in question, as for `/forecast`.",
        examples=["future"],
    )
    probability: float = Field(
        description="Probability, 0 to 1, that this month's count is above (or below) the number.",
        examples=[0.28],
    )
    probability_by_then: float = Field(
        description="Probability, 0 to 1, that at least one month, or that many months in a "
        "row, up to and including this one is beyond the number.",
        examples=[0.31],
    )


class ThresholdAnswer(BaseModel):
    """How likely encounters are to exceed a number: month by month, and at any time."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    above: int | None = Field(
        description="The number to exceed, per month; null if the request gave `below`.",
        examples=[150000],
    )
    below: int | None = Field(
        description="The number to stay below, per month; null if the request gave `above`.",
        examples=[None],
    )
    months_in_a_row: int = Field(
        description="Number of months in a row, as given with `for`.", examples=[1]
    )
    origin: MonthField = Field(description="Last month with a figure.", examples=["2024-04"])
    as_of: date = Field(description="Only figures published by the end of this day are used.")
    issued_at: datetime = Field(description="When the forecast was computed (UTC).")
    model: str = Field(description="The model.", examples=["auto"])
    data_version: str = Field(
        description="Identifies the figures used. The same figures have the same identifier."
    )
    reconciled: bool = Field(
        description="True if the forecast adds up with those of its hierarchy, as for `/forecast`."
    )
    any_month: float = Field(
        description="Probability, 0 to 1, that at least one month shown, or that many in a row, "
        "is beyond the number.",
        examples=[0.44],
    )
    months: list[ThresholdMonth] = Field(
        description="One entry per month, starting with the month after the origin or, with "
        "`from=today`, the current month."
    )
    draws: int = Field(
        description="Number of sampled futures. They cannot tell a probability below 1 / (draws "
        "+ 1) from 0, or one above draws / (draws + 1) from 1, so no probability "
        "lies outside these bounds.",
        examples=[2000],
    )
    warnings: list[str] = Field(description="Warnings to read before use, as for `/forecast`.")
    stale: bool = Field(
        description="True if newer figures are known and their forecast is not ready yet."
    )

    @classmethod
    def of(cls, issued: IssuedForecast, span: ForecastSpan, found: ThresholdProbabilities) -> Self:
        history, archived = issued.inputs.history, issued.archived
        asked = found.threshold
        return cls(
            series=history.series.key,
            unit=history.series.unit,
            above=asked.number if asked.side is Side.ABOVE else None,
            below=asked.number if asked.side is Side.BELOW else None,
            months_in_a_row=asked.run,
            origin=archived.origin,
            as_of=history.as_of,
            issued_at=issued.issued_at,
            model=archived.model,
            data_version=issued.data_version,
            reconciled=issued.reconciled is not None,
            any_month=round(float(found.by_then[-1]), _DIGITS),
            months=[
                ThresholdMonth(
                    period=period,
                    when=classify_month(period, history.as_of),
                    probability=round(float(in_month), _DIGITS),
                    probability_by_then=round(float(by_then), _DIGITS),
                )
                for period, in_month, by_then in zip(
                    span.months, found.in_month, found.by_then, strict=True
                )
            ],
            draws=found.draws,
            warnings=[*history.warnings, *span.warnings, *map(str, archived.warnings)],
            stale=issued.stale,
        )

    def table(self) -> Table:
        """One row a month; at any time is what the last one has by then."""
        return ("period", "probability", "probability_by_then"), (
            (month.period, month.probability, month.probability_by_then) for month in self.months
        )


class CountedPart(BaseModel):
    """The months of the year that have figures, without those whose figures are rejected."""

    months: int = Field(description="Number of months, 0 to 12.", examples=[11])
    last: MonthField | None = Field(
        description="The last of them; null if there is none.", examples=["2025-08"]
    )
    total: int = Field(description="Their sum, as published.", examples=[229000])
    provisional_months: int = Field(
        description="Number of them whose figures are not final or not exact. The other months "
        "are taken as known.",
        examples=[11],
    )
    provisional_total: int = Field(
        description="Sum of those, as published. They enter the distribution of the total with "
        "their own uncertainty; `total` minus this is taken as known.",
        examples=[229000],
    )
    rejected: list[MonthField] = Field(
        description="Months that are not counted because their figures are of low reliability and "
        "far from what the series leads to expect. They are forecast instead.",
        examples=[[]],
    )


class FiscalYearAnswer(BaseModel):
    """Distribution of a year's total: the part that is counted plus the part that is forecast."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per year.", examples=["encounters"])
    year: int = Field(description="The year, named by its last month.", examples=[2026])
    start: MonthField = Field(description="Its first month.", examples=["2025-10"])
    end: MonthField = Field(description="Its last month.", examples=["2026-09"])
    as_of: date = Field(description="Only figures published by the end of this day are used.")
    origin: MonthField | None = Field(
        description="Last month with a figure, after which the forecast starts; null if nothing "
        "is forecast.",
        examples=["2025-08"],
    )
    issued_at: datetime | None = Field(
        description="When the forecast was computed (UTC); null if nothing is forecast."
    )
    model: str | None = Field(
        description="The model; null if nothing is forecast.", examples=["auto"]
    )
    data_version: str | None = Field(
        description="Identifies the figures that the forecast used; null if nothing is forecast."
    )
    reconciled: bool = Field(
        description="True if the forecast adds up with those of its hierarchy, as for `/forecast`; "
        "false if nothing is forecast."
    )
    counted: CountedPart = Field(description="The part with figures, as published.")
    forecast_months: int = Field(
        description="Number of forecast months, those with rejected figures included; 0 if the "
        "year is complete.",
        examples=[1],
    )
    mean: int = Field(description="Expected total.", examples=[238000])
    median: int = Field(description="Total exceeded as often as not.", examples=[237400])
    intervals: list[Interval] = Field(
        description="Intervals of the total, from narrowest to widest; without width if all "
        "figures are final and exact. They include the uncertainty of the forecast months and of "
        "figures that may still be restated."
    )
    warnings: list[str] = Field(description="Warnings to read before use, as for `/forecast`.")
    stale: bool = Field(
        description="True if newer figures are known and their forecast is not ready yet."
    )

    @classmethod
    def of(
        cls,
        history: History,
        counted: YearToDate,
        found: Distribution,
        issued: IssuedForecast | None,
        levels: list[int],
    ) -> Self:
        """`issued` is the forecast of the months that have no figure, None where there are none."""
        archived = issued.archived if issued else None
        ends = [(level, *found.interval(level / 100)) for level in sorted(set(levels))]
        return cls(
            series=history.series.key,
            unit=history.series.unit,
            year=counted.year,
            start=counted.first,
            end=counted.year_end,
            as_of=history.as_of,
            origin=archived.origin if archived else None,
            issued_at=issued.issued_at if issued else None,
            model=archived.model if archived else None,
            data_version=issued.data_version if issued else None,
            reconciled=issued is not None and issued.reconciled is not None,
            counted=CountedPart(
                months=len(counted.figures),
                last=counted.figures[-1].period if counted.figures else None,
                total=counted.total,
                provisional_months=len(counted.provisional),
                provisional_total=counted.provisional_total,
                rejected=[observation.period for observation in counted.rejected],
            ),
            forecast_months=12 - len(counted.figures),
            mean=round(float(found.mean[0])),
            median=round(float(found.median[0])),
            intervals=[
                Interval(level=level, lower=round(float(lower[0])), upper=round(float(upper[0])))
                for level, lower, upper in ends
            ],
            warnings=[*history.warnings, *map(str, archived.warnings if archived else ())],
            stale=issued.stale if issued else False,
        )

    def table(self) -> Table:
        """One row, the intervals' ends as columns."""
        ends = {
            f"{end}_{interval.level}": getattr(interval, end)
            for interval in self.intervals
            for end in ("lower", "upper")
        }
        row = {
            "year": self.year,
            "mean": self.mean,
            "median": self.median,
            **ends,
            "counted_months": self.counted.months,
            "counted": self.counted.total,
            "provisional": self.counted.provisional_total,
            "forecast_months": self.forecast_months,
        }
        return list(row), [list(row.values())]
