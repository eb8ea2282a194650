"""Wire types of scenarios, which share nothing with those of forecasts but their intervals."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import LONGEST_ECHO, BadParameter, Fault, fault
from app.forecasts.encoding import decode_marginals
from app.forecasts.inputs import ForecastInputs
from app.forecasts.scenarios import Assumptions, Scenario
from app.forecasts.schemas import DEFAULT_LEVELS, Horizon, Interval, Level, ModelField, StartField
from app.forecasts.span import ForecastSpan, Start, When, choose_span, classify_month
from app.http.answers import Table
from app.http.parameters import AsOfField, MonthField, SeriesKey, WholeNumber
from forecasting import Effect, Month
from forecasting.series import LONGEST_HORIZON

LARGEST_COUNT = 1_000_000_000
MOST_EVENTS = 12
LARGEST_FACTOR = 100.0
LARGEST_UNCERTAINTY = 10.0


class MonthBasis(StrEnum):
    """Where a month of a scenario comes from."""

    ASSUMED = "assumed"
    OPEN = "open"
    CONDITIONAL = "conditional"


class AssumedFigure(BaseModel):
    """An assumed count."""

    model_config = ConfigDict(extra="forbid")

    period: MonthField = Field(description="A month after the newest figure.", examples=["2025-09"])
    value: Annotated[int, WholeNumber(0, LARGEST_COUNT)] = Field(
        description="Encounters in the month.", examples=[12000]
    )


class AssumedEvent(BaseModel):
    """An assumed effect, which changes the level from a month on."""

    model_config = ConfigDict(extra="forbid")

    period: MonthField = Field(
        description="First month with the effect. It must come after the last assumed figure, "
        "because figures already include earlier effects.",
        examples=["2025-11"],
    )
    factor: float = Field(
        ge=1 / LARGEST_FACTOR,
        le=LARGEST_FACTOR,
        description="Factor that multiplies counts: 2 doubles them, 0.5 halves them.",
        examples=[1.5],
    )
    uncertainty: float = Field(
        1.0,
        ge=1,
        le=LARGEST_UNCERTAINTY,
        description="The factor is between factor / uncertainty and factor * uncertainty with "
        "80% probability (log-normal). 1 means no uncertainty.",
        examples=[1.25],
    )


class ScenarioRequest(BaseModel):
    """What to assume and what to compute."""

    model_config = ConfigDict(extra="forbid")

    series: SeriesKey
    horizon: Horizon = Field(12, description="Number of months to show.", examples=[12])
    start: StartField = Start.ORIGIN
    level: list[Level] = Field(
        list(DEFAULT_LEVELS),
        min_length=1,
        max_length=99,
        description="Central intervals, in percent, 1 to 99.",
    )
    as_of: AsOfField | None = Field(
        None,
        description="Start from the figures as known at the end of this day (UTC). Default: today.",
        examples=[None],
    )
    model: ModelField = Field("auto", description="The model, as for `/forecast`.")
    figures: list[AssumedFigure] = Field(
        default_factory=list,
        max_length=LONGEST_HORIZON,
        description="Assumed counts, within the horizon and before its last month.",
    )
    events: list[AssumedEvent] = Field(
        default_factory=list,
        max_length=MOST_EVENTS,
        description="Assumed effects. If several apply to a month, their factors multiply.",
    )

    def span(self, inputs: ForecastInputs) -> ForecastSpan:
        """The months to show. Raises BadParameter if the figures are too old to reach today."""
        return choose_span(inputs.series.end, self.horizon, self.start, inputs.history.as_of)

    def assumptions(self, span: ForecastSpan) -> Assumptions:
        """What is assumed after the origin.

        Raises BadParameter if it does not fit into the months shown.
        """
        faults = self._faults(span.origin, span.origin + span.last)
        if faults:
            raise BadParameter(*faults)
        return Assumptions(
            {observation.period: observation.value for observation in self.figures},
            tuple(Effect(event.period, event.factor, event.uncertainty) for event in self.events),
        )

    def _faults(self, origin: Month, last: Month) -> list[Fault]:
        if not self.figures and not self.events:
            return [Fault("figures", [], "an assumed figure or event; without one, use /forecast")]
        seen: set[Month] = set()
        faults = []
        for at, observation in enumerate(self.figures):
            place, given = f"figures.{at}.period", str(observation.period)
            if not origin < observation.period < last:
                faults.append(
                    Fault(
                        place,
                        given,
                        f"a month after {origin} and before {last}, the last month of the horizon",
                    )
                )
            elif observation.period in seen:
                faults.append(Fault(place, given, "each month once"))
            seen.add(observation.period)
        known = max([origin, *seen])
        faults += [
            Fault(
                f"events.{at}.period", str(event.period), f"a month after {known} and up to {last}"
            )
            for at, event in enumerate(self.events)
            if not known < event.period <= last
        ]
        return faults


def read_scenario(body: bytes) -> ScenarioRequest:
    """Read a JSON body. Raises BadParameter naming every bad field."""
    try:
        return ScenarioRequest.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False)
        if found[0]["type"] == "json_invalid":
            raise BadParameter(
                Fault("body", body[:LONGEST_ECHO].decode(errors="replace"), "JSON")
            ) from error
        raise BadParameter(
            *(
                fault(each["type"], ("body", *each["loc"]), each.get("input"), each["msg"])
                for each in found
            )
        ) from error


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


class AssumptionsEcho(BaseModel):
    """The assumptions of a scenario."""

    figures: list[AssumedFigure] = Field(description="Assumed counts, oldest first.")
    events: list[AssumedEvent] = Field(description="Assumed effects, oldest first.")


class ScenarioAnswer(BaseModel):
    """A scenario: what would follow if the assumptions held.

    It is not a forecast, and it is not stored.
    """

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What is counted, per calendar month.", examples=["encounters"])
    origin: MonthField = Field(description="Last month with a figure.", examples=["2025-08"])
    as_of: date = Field(description="Only figures published by the end of this day are used.")
    model: str = Field(description="The model.", examples=["auto"])
    data_version: str = Field(description="Identifies the figures used, without the assumed ones.")
    assumptions: AssumptionsEcho = Field(description="The assumptions.")
    scenario: list[ScenarioMonth] = Field(
        description="One entry per month, starting with the month after the origin or, with "
        "`from=today`, the current month."
    )
    warnings: list[str] = Field(description="Warnings to read before use.")

    @classmethod
    def of(cls, made: Scenario, asked: ScenarioRequest) -> Self:
        history, span = made.inputs.history, asked.span(made.inputs)
        return cls(
            series=history.series.key,
            unit=history.series.unit,
            origin=span.origin,
            as_of=history.as_of,
            model=asked.model,
            data_version=made.inputs.data_version,
            assumptions=AssumptionsEcho(
                figures=sorted(asked.figures, key=lambda observation: observation.period),
                events=sorted(asked.events, key=lambda event: event.period),
            ),
            scenario=_months(made, span, asked),
            warnings=[*history.warnings, *span.warnings, *map(str, made.computed.warnings)],
        )

    def table(self) -> Table:
        """One row a month, the intervals' ends as columns; assumed and open months have none."""
        levels = [interval.level for interval in self.scenario[-1].intervals]
        ends = [f"{end}_{level}" for level in levels for end in ("lower", "upper")]
        return ["period", "basis", "mean", "median", *ends], (
            [month.period, month.basis.value, month.mean, month.median, *_ends(month, len(ends))]
            for month in self.scenario
        )


def _ends(month: ScenarioMonth, columns: int) -> list[Any]:
    ends: list[Any] = [
        end for interval in month.intervals for end in (interval.lower, interval.upper)
    ]
    return ends or [None] * columns


def _months(made: Scenario, span: ForecastSpan, asked: ScenarioRequest) -> list[ScenarioMonth]:
    marginals = decode_marginals(made.computed.quantiles)
    ends = [(level, *marginals.interval(level / 100)) for level in sorted(set(asked.level))]
    months = []
    for period in span.months:
        when = classify_month(period, made.inputs.history.as_of)
        step = period - made.computed.origin - 1
        if step < 0:
            value = made.assumptions.counts.get(period)
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
