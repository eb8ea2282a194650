"""Wire types of a year's total."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from app.forecasts.earlier_years import compare_with_earlier_years
from app.forecasts.fiscal_year import YearToDate
from app.forecasts.lookup import IssuedForecast
from app.forecasts.outlook_schemas import OutlookQuery
from app.forecasts.schemas import DEFAULT_LEVELS, Interval, Level
from app.http.answers import Table
from app.http.parameters import MonthField, WholeNumber
from app.observations.queries import History
from forecasting.distribution import SamplePaths

_DIGITS = 4  # of shares and probabilities: more than some thousand draws can tell


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


class YearComparison(BaseModel):
    """A year's total against that of an earlier year."""

    earlier: Literal["last_year", "record"] = Field(
        description="`last_year`, or `record` for the earlier year with the largest total.",
        examples=["record"],
    )
    year: int = Field(description="The earlier year, named by its last month.", examples=[2022])
    total: int = Field(description="Its total, as published.", examples=[2206436])
    probability: float = Field(
        description="Probability, 0 to 1, that the total is larger.", examples=[0.02]
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
    counted_share: float | None = Field(
        description="The counted total as a share of the median, 0 to 1 or, if the total is likely "
        "to be restated downwards, above it; null if the median is 0.",
        examples=[0.963],
    )
    comparisons: list[YearComparison] = Field(
        description="Against the year before and against the largest earlier year, if all their "
        "months have figures."
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
        found: SamplePaths,
        issued: IssuedForecast | None,
        levels: list[int],
    ) -> Self:
        """`issued` is the forecast of the months that have no figure, None where there are none."""
        archived = issued.archived if issued else None
        ends = [(level, *found.interval(level / 100)) for level in sorted(set(levels))]
        median = round(float(found.median[0]))
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
            counted_share=round(counted.total / median, _DIGITS) if median else None,
            comparisons=[
                YearComparison(
                    earlier=one.earlier,
                    year=one.year,
                    total=one.total,
                    probability=round(one.probability, _DIGITS),
                )
                for one in compare_with_earlier_years(history, counted, found)
            ],
            mean=round(float(found.mean[0])),
            median=median,
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
