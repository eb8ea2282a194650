"""Wire types of scenarios, which share nothing with those of forecasts but their intervals."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, Field

from app.events import PolicyEvent
from app.forecasts.scenario_months import (
    ScenarioDifference,
    ScenarioMonth,
    TotalDifference,
    scenario_months,
)
from app.forecasts.scenario_requests import (
    PLAIN,
    AssumedEvent,
    AssumedFigure,
    AssumptionSet,
    ScenarioRequest,
)
from app.forecasts.scenario_text import describe_difference, describe_effect
from app.forecasts.scenarios import Assumptions, Scenario
from app.forecasts.schemas import ForecastMonth
from app.forecasts.span import ForecastSpan
from app.http.answers import Table
from app.http.parameters import MonthField
from app.languages import words
from forecasting import EstimatedEffect

PERCENT_DIGITS = 1
Estimates = dict[tuple[date, int], tuple[PolicyEvent, EstimatedEffect]]


class AssumptionsEcho(BaseModel):
    """The assumptions of a scenario."""

    figures: list[AssumedFigure] = Field(description="Assumed counts, oldest first.")
    events: list[AssumedEvent] = Field(description="Assumed effects, oldest first.")

    @classmethod
    def of(cls, asked: AssumptionSet) -> Self:
        return cls(
            figures=sorted(asked.figures, key=lambda observation: observation.period),
            events=sorted(asked.events, key=lambda event: event.period),
        )


class PlaceboEntry(BaseModel):
    """What the same method finds at another date."""

    period: MonthField = Field(description="First month of the supposed effect.")
    percent: float = Field(description="The effect, in percent.", examples=[-3.2])


class EstimatedEffectEntry(BaseModel):
    """The effect of a past event on the level of counts, as it is estimated."""

    day: date = Field(description="Day of the event.", examples=["2023-05-11"])
    title: str = Field(description="The event.", examples=["Title 42 ends"])
    period: MonthField = Field(
        description="First month of the effect: that of the event or, if it came after the 15th, "
        "the next one.",
        examples=["2023-05"],
    )
    phase_in: int = Field(description="Months over which the effect builds up.", examples=[0])
    percent: float = Field(description="Estimated effect, in percent.", examples=[-17.8])
    lower_percent: float = Field(
        description="Lower end of its 80% interval, in percent.", examples=[-36.0]
    )
    upper_percent: float = Field(
        description="Upper end of its 80% interval, in percent.", examples=[6.0]
    )
    factor: float = Field(description="The effect as a factor.", examples=[0.822])
    uncertainty: float = Field(
        description="The factor is between factor / uncertainty and factor * uncertainty with 80% "
        "probability.",
        examples=[1.28],
    )
    first_period: MonthField = Field(description="First month used.", examples=["2013-05"])
    last_period: MonthField = Field(description="Last month used.", examples=["2023-10"])
    inflation: float = Field(
        description="By how much the model's standard error was multiplied, so that it agrees with "
        "the placebo dates; 1 or more.",
        examples=[1.04],
    )
    placebo_share: float | None = Field(
        description="Share of the placebo dates with an effect at least as large; null if there "
        "are none.",
        examples=[0.333],
    )
    placebos: list[PlaceboEntry] = Field(
        description="The same at earlier dates without a listed event, oldest first."
    )

    @classmethod
    def of(cls, event: PolicyEvent, found: EstimatedEffect, lang: str) -> Self:
        lower, upper = found.interval(0.8)
        share = found.placebo_share
        return cls(
            day=event.day,
            title=event.long(words(lang)),
            period=found.period,
            phase_in=found.phase_in,
            percent=_in_percent(found.factor),
            lower_percent=_in_percent(lower),
            upper_percent=_in_percent(upper),
            factor=round(found.factor, 4),
            uncertainty=round(found.uncertainty, 4),
            first_period=found.first,
            last_period=found.last,
            inflation=round(found.inflation, 3),
            placebo_share=None if share is None else round(share, 4),
            placebos=[
                PlaceboEntry(period=one.period, percent=_in_percent(one.factor))
                for one in found.placebos
            ],
        )


class ScenarioResult(BaseModel):
    """What follows from some assumptions, and how it differs from the forecast."""

    assumptions: AssumptionsEcho = Field(description="The assumptions.")
    scenario: list[ScenarioMonth] = Field(
        description="One entry per month, starting with the month after the origin or, with "
        "`from=today`, the current month."
    )
    difference: list[ScenarioDifference] = Field(
        description="How each month differs from the forecast without the assumptions."
    )
    total: TotalDifference | None = Field(
        description="The total of the months shown; null if a month is open."
    )
    effects: list[EstimatedEffectEntry] = Field(
        description="The estimated effects of the past events that `like` names."
    )
    sentences: list[str] = Field(description="The difference in words.")
    warnings: list[str] = Field(description="Warnings to read before use.")

    def rows(self, ends: int) -> list[list[Any]]:
        return [
            [month.period, month.basis.value, month.mean, month.median, *_ends(month, ends)]
            for month in self.scenario
        ]


class NamedScenario(ScenarioResult):
    """One of several scenarios."""

    name: str = Field(description="What the request calls it.", examples=["Surge"])


class ScenarioHead(BaseModel):
    """What scenarios start from, and the forecast that they are compared with."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    origin: MonthField = Field(description="Last month with a figure.", examples=["2025-08"])
    as_of: date = Field(description="Only figures published by the end of this day are used.")
    model: str = Field(description="The model.", examples=["auto"])
    data_version: str = Field(description="Identifies the figures used, without the assumed ones.")
    label: str = Field(
        description="What to show beside every number of a scenario.",
        examples=["Scenario, not a forecast"],
    )
    plain_forecast: list[ForecastMonth] = Field(
        description="The same months without the assumptions."
    )


class ScenarioAnswer(ScenarioResult, ScenarioHead):
    """A scenario: what would follow if the assumptions held.

    It is not a forecast, and it is not stored.
    """

    def table(self) -> Table:
        """One row a month, the intervals' ends as columns; assumed and open months have none."""
        columns = _columns(self.plain_forecast)
        return columns, self.rows(len(columns) - 4)


class ScenariosAnswer(ScenarioHead):
    """Several scenarios beside the forecast: what would follow if their assumptions held.

    None of them is a forecast, and none is stored.
    """

    scenarios: list[NamedScenario] = Field(description="The scenarios, in the order requested.")

    def table(self) -> Table:
        """One row a month and scenario, first those of the forecast."""
        columns = _columns(self.plain_forecast)
        plain = [
            [month.period, PLAIN, month.mean, month.median, *_ends(month, len(columns) - 4)]
            for month in self.plain_forecast
        ]
        rows = [[PLAIN, *row] for row in plain]
        for one in self.scenarios:
            rows += [[one.name, *row] for row in one.rows(len(columns) - 4)]
        return ["scenario", *columns], rows


def build_answer(
    made: Sequence[Scenario], asked: ScenarioRequest, estimates: Estimates
) -> ScenarioAnswer | ScenariosAnswer:
    """The answer to a request, whose scenarios are in its order."""
    inputs, span = made[0].inputs, asked.span(made[0].inputs)
    history = inputs.history
    months = scenario_months(made[0].plain, Assumptions({}, ()), span, asked.level, history.as_of)
    head: dict[str, Any] = {
        "series": history.series.key,
        "unit": history.series.unit,
        "origin": span.origin,
        "as_of": history.as_of,
        "model": asked.model,
        "data_version": inputs.data_version,
        "label": words(asked.lang)("scenario.label"),
        "plain_forecast": [
            ForecastMonth.model_validate(month.model_dump(exclude={"basis"})) for month in months
        ],
    }
    results = [
        _result(one, assumed, asked, span, months, estimates)
        for one, (_, assumed) in zip(made, asked.sets, strict=True)
    ]
    if not asked.scenarios:
        return ScenarioAnswer(**head, **results[0])
    named = zip(asked.scenarios, results, strict=True)
    return ScenariosAnswer(
        **head, scenarios=[NamedScenario(name=one.name, **result) for one, result in named]
    )


def _result(
    made: Scenario,
    assumed: AssumptionSet,
    asked: ScenarioRequest,
    span: ForecastSpan,
    plain: Sequence[ScenarioMonth],
    estimates: Estimates,
) -> dict[str, Any]:
    history, in_words = made.inputs.history, words(asked.lang)
    months = scenario_months(made.computed, made.assumptions, span, asked.level, history.as_of)
    difference = [
        ScenarioDifference.of(month, other) for month, other in zip(months, plain, strict=True)
    ]
    total = TotalDifference.of(made.computed, made.plain, span, asked.level)
    found = [
        estimates[event.like, event.phase_in] for event in assumed.events if event.like is not None
    ]
    effects = [EstimatedEffectEntry.of(event, effect, asked.lang) for event, effect in found]
    return {
        "assumptions": AssumptionsEcho.of(assumed),
        "scenario": months,
        "difference": difference,
        "total": total,
        "effects": effects,
        "sentences": [
            *describe_difference(months, plain, total, history.series.unit, in_words),
            *(describe_effect(event, effect, in_words) for event, effect in found),
        ],
        "warnings": [*history.warnings, *span.warnings, *map(str, made.computed.warnings)],
    }


def _columns(plain: Sequence[ForecastMonth]) -> list[str]:
    levels = [interval.level for interval in plain[0].intervals]
    ends = [f"{end}_{level}" for level in levels for end in ("lower", "upper")]
    return ["period", "basis", "mean", "median", *ends]


def _ends(month: ScenarioMonth | ForecastMonth, columns: int) -> list[Any]:
    ends: list[Any] = [
        end for interval in month.intervals for end in (interval.lower, interval.upper)
    ]
    return ends or [None] * columns


def _in_percent(factor: float) -> float:
    return round(100 * (factor - 1), PERCENT_DIGITS)
