"""Wire types of the chance of more, or fewer, than a number."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.errors import BadParameter, Fault
from app.evaluation.threshold_record import ThresholdRecord
from app.forecasts.lookup import IssuedForecast
from app.forecasts.schemas import (
    Horizon,
    ModelField,
    StartField,
)
from app.forecasts.span import ForecastSpan, Start, When, classify_month
from app.forecasts.thresholds import Side, Threshold, ThresholdProbabilities
from app.http.answers import ReadQuery, Table
from app.http.parameters import AsOfField, MonthField, SeriesKey, WholeNumber
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


class ProbabilityGroupEntry(BaseModel):
    """Past statements with similar probabilities, and how many came true."""

    lower: float = Field(description="Lowest probability of the group, 0 to 1.", examples=[0.2])
    upper: float = Field(
        description="Its highest probability, not included unless it is 1.", examples=[0.4]
    )
    said: float = Field(description="Mean probability of its statements.", examples=[0.29])
    happened: float = Field(description="Share of them that came true, 0 to 1.", examples=[0.31])
    cases: int = Field(description="Number of them.", examples=[214])


class ThresholdRecordEntry(BaseModel):
    """How statements like these have fared: about as many times the newest figure of their time, in
    single months, 1 to 12 months ahead."""

    series: str | None = Field(
        description="The series that the record is of; null if it has too few scored forecasts and "
        "all series speak for it.",
        examples=["usbp.southwest"],
    )
    ratio: float = Field(description="The number divided by the newest figure.", examples=[1.13])
    groups: list[ProbabilityGroupEntry] = Field(
        description="The statements by their probability, lowest first, without empty groups. "
        "Probabilities are read from the median and the 80% interval of each past forecast."
    )

    @classmethod
    def of(cls, found: ThresholdRecord) -> Self:
        return cls(
            series=found.series,
            ratio=round(found.ratio, _DIGITS),
            groups=[
                ProbabilityGroupEntry(
                    lower=group.lower,
                    upper=group.upper,
                    said=round(group.said, _DIGITS),
                    happened=round(group.happened, _DIGITS),
                    cases=group.cases,
                )
                for group in found.groups
            ],
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
    reliability: ThresholdRecordEntry | None = Field(
        description="How such statements have fared; null if nothing is scored yet or the newest "
        "figure is 0."
    )
    warnings: list[str] = Field(description="Warnings to read before use, as for `/forecast`.")
    stale: bool = Field(
        description="True if newer figures are known and their forecast is not ready yet."
    )

    @classmethod
    def of(
        cls,
        issued: IssuedForecast,
        span: ForecastSpan,
        found: ThresholdProbabilities,
        record: ThresholdRecord | None,
    ) -> Self:
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
            reliability=ThresholdRecordEntry.of(record) if record else None,
            warnings=[*history.warnings, *span.warnings, *map(str, archived.warnings)],
            stale=issued.stale,
        )

    def table(self) -> Table:
        """One row a month; at any time is what the last one has by then."""
        return ("period", "probability", "probability_by_then"), (
            (month.period, month.probability, month.probability_by_then) for month in self.months
        )
