"""Wire types of a reported figure: where it stands, and the forecast without and with it."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from app.forecasts.encoding import decode_marginals
from app.forecasts.lookup import IssuedForecast
from app.forecasts.reported_figure import (
    ReportedFigure,
    Reporter,
    Standing,
    percentile_among,
    rank_figure,
)
from app.forecasts.scenarios import Scenario
from app.forecasts.schemas import ModelField
from app.forecasts.span import When, classify_month
from app.http.answers import ReadQuery, Table
from app.http.parameters import AsOfField, MonthField, SeriesKey, WholeNumber
from app.observations.observation import Observation, Qualifier
from forecasting import Month
from forecasting.arrays import Array
from forecasting.distribution import Distribution
from forecasting.series import LONGEST_HORIZON

LARGEST_COUNT = 1_000_000_000
LEVEL = 80  # percent, of the intervals
HORIZON = 12  # months ahead, from the month after the figure
_DIGITS = 4


class ReportedFigureQuery(ReadQuery):
    series: SeriesKey
    period: MonthField = Field(
        description="The month of the figure, after the newest one with a figure and not after the "
        "current month.",
        examples=["2026-09"],
    )
    value: Annotated[int, WholeNumber(0, LARGEST_COUNT, example=8400)] = Field(
        description="The figure, in the unit of the series."
    )
    qualifier: Qualifier = Field(Qualifier.EXACT, description="How exactly it was stated.")
    reporter: Reporter = Field(
        Reporter.OFFICIAL,
        description="Who gives it: the publisher of the series, the press, or unnamed people. It "
        "says how much the figure may still change.",
    )
    as_of: AsOfField | None = Field(
        None,
        description="The day on which it came in: only other figures published by the end of that "
        "day (UTC) are used. Default: today.",
        examples=["2026-10-07"],
    )
    model: ModelField = Field("auto", description="The model, as for `/forecast`.")

    @property
    def figure(self) -> ReportedFigure:
        return ReportedFigure(self.period, self.value, self.qualifier, self.reporter)


class MonthRange(BaseModel):
    """The forecast of one month, in the unit of the series."""

    median: int = Field(description="Count exceeded as often as not.", examples=[9159])
    lower: int = Field(description="Lower end of the 80% interval.", examples=[7623])
    upper: int = Field(description="Upper end of the 80% interval.", examples=[11016])


class KnownFigure(BaseModel):
    """A figure that is known."""

    period: MonthField = Field(description="Calendar month.", examples=["2026-08"])
    value: int = Field(description="Count of the month.", examples=[8870])

    @classmethod
    def of(cls, figure: Observation) -> Self:
        return cls(period=figure.period, value=figure.value or 0)


class OutlookMonth(BaseModel):
    """One month ahead, without the figure and with it."""

    period: MonthField = Field(description="Calendar month.", examples=["2026-11"])
    when: When = Field(
        description="State of the month on the day in question, as for `/forecast`.",
        examples=["current"],
    )
    before: MonthRange = Field(description="The forecast without the figure.")
    after: MonthRange = Field(description="The forecast with it.")


class ReportedFigureAnswer(BaseModel):
    """Where a reported figure stands, and what it does to the forecast. It is not stored."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    period: MonthField = Field(description="The month of the figure.", examples=["2026-09"])
    value: int = Field(description="The figure.", examples=[8400])
    qualifier: Qualifier = Field(description="How exactly it was stated.")
    reporter: Reporter = Field(description="Who gives it.")
    origin: MonthField = Field(description="Last month with a figure.", examples=["2026-08"])
    as_of: date = Field(description="Only figures published by the end of this day are used.")
    model: str = Field(description="The model.", examples=["auto"])
    data_version: str = Field(
        description="Identifies the figures of the forecast, without the reported one."
    )
    expected: MonthRange = Field(description="What had been forecast for the month.")
    percentile: float = Field(
        description="Share of the sampled futures, 0 to 1, that are below the figure.",
        examples=[0.27],
    )
    rank: int = Field(
        description="Its place among all months with a figure, 1 for the highest.", examples=[271]
    )
    months: int = Field(description="Number of those months, with its own.", examples=[324])
    newest: KnownFigure = Field(description="The newest figure before it.")
    direction: Literal["higher", "lower"] = Field(
        description="Whether it is lower than that, or at least as high.", examples=["lower"]
    )
    since: KnownFigure | None = Field(
        description="The last figure as high or, if the direction is `lower`, as low; null if "
        "there never was one."
    )
    outlook: list[OutlookMonth] = Field(
        description="The twelve months after the figure's, without it and with it."
    )
    warnings: list[str] = Field(description="Warnings to read before use, as for `/forecast`.")

    @classmethod
    def of(
        cls, issued: IssuedForecast, paths: Array, asked: ReportedFigureQuery, made: Scenario
    ) -> Self:
        """paths: (draws, horizon) counts of the months after the origin."""
        history, origin = issued.inputs.history, issued.archived.origin
        standing: Standing = rank_figure(history.observations, asked.value)
        before = decode_marginals(issued.archived.quantiles)
        after = decode_marginals(made.computed.quantiles)
        step = asked.period - origin - 1
        months = range(1, min(HORIZON, LONGEST_HORIZON - step - 1) + 1)
        return cls(
            series=history.series.key,
            unit=history.series.unit,
            period=asked.period,
            value=asked.value,
            qualifier=asked.qualifier,
            reporter=asked.reporter,
            origin=origin,
            as_of=history.as_of,
            model=issued.archived.model,
            data_version=issued.archived.data_version,
            expected=_range(before, step),
            percentile=round(percentile_among(paths[:, step], asked.value), _DIGITS),
            rank=standing.rank,
            months=standing.months,
            newest=KnownFigure.of(standing.newest),
            direction="higher" if standing.is_higher(asked.value) else "lower",
            since=KnownFigure.of(standing.since) if standing.since else None,
            outlook=[
                OutlookMonth(
                    period=(period := asked.period + ahead),
                    when=classify_month(period, history.as_of),
                    before=_range(before, step + ahead),
                    after=_range(after, _step(made, period)),
                )
                for ahead in months
            ],
            warnings=[*history.warnings, *map(str, made.computed.warnings)],
        )

    def table(self) -> Table:
        """One row a month of the outlook."""
        ends = ("median", "lower", "upper")
        names = [
            f"{when}_{end}" if end == "median" else f"{when}_{end}_{LEVEL}"
            for when in ("before", "after")
            for end in ends
        ]
        return ["period", *names], (
            [
                month.period,
                *(getattr(each, end) for each in (month.before, month.after) for end in ends),
            ]
            for month in self.outlook
        )


def _step(made: Scenario, period: Month) -> int:
    return period - made.computed.origin - 1


def _range(marginals: Distribution, step: int) -> MonthRange:
    lower, upper = marginals.interval(LEVEL / 100)
    return MonthRange(
        median=int(marginals.median[step]), lower=int(lower[step]), upper=int(upper[step])
    )
