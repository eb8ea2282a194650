"""What a scenario assumes: figures, effects, and past events, in one set or in several."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.errors import BadParameter, Fault
from app.forecasts.inputs import ForecastInputs
from app.forecasts.schemas import DEFAULT_LEVELS, Horizon, Level, ModelField, StartField
from app.forecasts.span import ForecastSpan, Start, choose_span
from app.http.json_bodies import parse_json
from app.http.parameters import AsOfField, DayField, MonthField, SeriesKey, Text, WholeNumber
from app.observations.observation import Qualifier
from forecasting import Effect, Month
from forecasting.series import LONGEST_HORIZON

LARGEST_COUNT = 1_000_000_000
MOST_EVENTS = 12
MOST_SCENARIOS = 5
LONGEST_PHASE_IN = 24  # months
LARGEST_FACTOR = 100.0
LARGEST_UNCERTAINTY = 10.0
PLAIN = "forecast"  # the name of the forecast among scenarios


def _is_none(value: object) -> bool:
    return value is None


def _is_zero(value: object) -> bool:
    return value == 0


def _is_exact(value: object) -> bool:
    return value is Qualifier.EXACT


class AssumedFigure(BaseModel):
    """An assumed count."""

    model_config = ConfigDict(extra="forbid")

    period: MonthField = Field(description="A month after the newest figure.", examples=["2025-09"])
    value: Annotated[int, WholeNumber(0, LARGEST_COUNT)] = Field(
        description="Encounters in the month.", examples=[12000]
    )
    qualifier: Qualifier = Field(
        Qualifier.EXACT,
        exclude_if=_is_exact,
        description="How exactly it is stated: `exact`, `about`, `more_than`, or `less_than`. The "
        "uncertainty of a vague one becomes part of the scenario.",
        examples=["about"],
    )


class AssumedEvent(BaseModel):
    """An assumed effect, which changes the level from a month on: a factor, a percentage, or what a
    past event did."""

    model_config = ConfigDict(extra="forbid")

    period: MonthField = Field(
        description="First month with the effect. It must come after the last assumed figure, "
        "because figures already include earlier effects.",
        examples=["2025-11"],
    )
    factor: float | None = Field(
        None,
        ge=1 / LARGEST_FACTOR,
        le=LARGEST_FACTOR,
        exclude_if=_is_none,
        description="Factor that multiplies counts: 2 doubles them, 0.5 halves them.",
        examples=[1.5],
    )
    percent: float | None = Field(
        None,
        ge=100 / LARGEST_FACTOR - 100,
        le=100 * LARGEST_FACTOR - 100,
        exclude_if=_is_none,
        description="The same as a change in percent: 100 doubles counts, -50 halves them.",
        examples=[None],
    )
    like: DayField | None = Field(
        None,
        exclude_if=_is_none,
        description="Day of a past event that `GET /events` lists. Its effect is estimated, with "
        "its uncertainty, from the figures around it.",
        examples=[None],
    )
    uncertainty: float = Field(
        1.0,
        ge=1,
        le=LARGEST_UNCERTAINTY,
        description="The factor is between factor / uncertainty and factor * uncertainty with "
        "80% probability (log-normal). 1 means no uncertainty.",
        examples=[1.25],
    )
    phase_in: Annotated[int, WholeNumber(0, LONGEST_PHASE_IN)] = Field(
        0,
        exclude_if=_is_zero,
        description="Months over which the effect builds up, in equal steps of its logarithm. 0 "
        "means that it is there at once. With `like`, the past effect is estimated likewise.",
        examples=[0],
    )

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        sizes = [self.factor, self.percent, self.like]
        if sum(size is not None for size in sizes) != 1:
            raise PydanticCustomError("one_size", "exactly one of factor, percent, and like")
        if self.like is not None and "uncertainty" in self.model_fields_set:
            raise PydanticCustomError(
                "estimated", "no uncertainty with like, because it is estimated"
            )
        return self

    @property
    def stated(self) -> Effect | None:
        """The effect as stated; None if it has to be estimated."""
        factor = self.factor
        if self.percent is not None:
            factor = 1 + self.percent / 100
        if factor is None:
            return None
        return Effect(self.period, factor, self.uncertainty, self.phase_in)


class AssumptionSet(BaseModel):
    """What is assumed together."""

    model_config = ConfigDict(extra="forbid")

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

    def find_faults(self, span: ForecastSpan, place: str) -> list[Fault]:
        """What does not fit into the months shown. `place` is where the set is in the request."""
        origin, last = span.origin, span.origin + span.last
        if not self.figures and not self.events:
            expected = "an assumed figure or event; without one, use /forecast"
            return [Fault(f"{place}figures", [], expected)]
        seen: set[Month] = set()
        faults = []
        for at, observation in enumerate(self.figures):
            where, given = f"{place}figures.{at}.period", str(observation.period)
            if not origin < observation.period < last:
                expected = (
                    f"a month after {origin} and before {last}, the last month of the horizon"
                )
                faults.append(Fault(where, given, expected))
            elif observation.period in seen:
                faults.append(Fault(where, given, "each month once"))
            seen.add(observation.period)
        known = max([origin, *seen])
        return faults + [
            Fault(
                f"{place}events.{at}.period",
                str(event.period),
                f"a month after {known} and up to {last}",
            )
            for at, event in enumerate(self.events)
            if not known < event.period <= last
        ]


class NamedAssumptions(AssumptionSet):
    """One of several scenarios."""

    name: Text = Field(
        min_length=1, max_length=100, description="What to call it.", examples=["Surge"]
    )


class ScenarioRequest(AssumptionSet):
    """What to assume and what to compute."""

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
    scenarios: list[NamedAssumptions] = Field(
        default_factory=list,
        max_length=MOST_SCENARIOS,
        description="Several scenarios to compare, instead of `figures` and `events`.",
    )
    lang: Literal["en", "es"] = Field("en", description="Language of the label and the sentences.")

    @property
    def sets(self) -> list[tuple[str, AssumptionSet]]:
        """What is assumed together, and where in the request it stands."""
        if not self.scenarios:
            return [("", self)]
        return [(f"scenarios.{at}.", one) for at, one in enumerate(self.scenarios)]

    def span(self, inputs: ForecastInputs) -> ForecastSpan:
        """The months to show. Raises BadParameter if the figures are too old to reach today."""
        return choose_span(inputs.series.end, self.horizon, self.start, inputs.history.as_of)

    def require_fit(self, span: ForecastSpan) -> None:
        """Raises BadParameter for what does not fit into the months shown."""
        faults = [fault for place, one in self.sets for fault in one.find_faults(span, place)]
        names = [one.name for one in self.scenarios]
        faults += [
            Fault(f"scenarios.{at}.name", name, f"a name of its own, and not {PLAIN}")
            for at, name in enumerate(names)
            if name in (*names[:at], PLAIN)
        ]
        if self.scenarios and (self.figures or self.events):
            faults.append(Fault("scenarios", None, "no figures or events beside scenarios"))
        if faults:
            raise BadParameter(*faults)


def read_scenario(body: bytes) -> ScenarioRequest:
    """Read a JSON body. Raises BadParameter naming every bad field."""
    return parse_json(ScenarioRequest, body)


def days_of_events(request: ScenarioRequest) -> list[tuple[str, date, int]]:
    """Every past event that a request names: where, its day, and how its effect builds up."""
    return [
        (f"{place}events.{at}.like", event.like, event.phase_in)
        for place, one in request.sets
        for at, event in enumerate(one.events)
        if event.like is not None
    ]
