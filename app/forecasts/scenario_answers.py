"""The answer to what a scenario asks, for the HTTP interface and the page alike."""

from app.forecasts.effect_estimates import CannotEstimate, require_event
from app.forecasts.inputs import ForecastInputs
from app.forecasts.scenario_assembly import assemble
from app.forecasts.scenario_requests import ScenarioRequest, days_of_events
from app.forecasts.scenario_schemas import (
    Estimates,
    ScenarioAnswer,
    ScenariosAnswer,
    build_answer,
)
from app.forecasts.scenarios import ScenarioService


async def describe_scenario(
    service: ScenarioService, given: ForecastInputs, asked: ScenarioRequest
) -> ScenarioAnswer | ScenariosAnswer:
    """What follows from assumptions about a series.

    Raises BadParameter if they do not fit, and TooBusy.
    """
    span = asked.span(given)
    asked.require_fit(span)
    estimates = await _estimates(service, given, asked)
    several = [assemble(assumed, given, estimates) for _, assumed in asked.sets]
    made = await service.compare(given, several, span.months, asked.model)
    return build_answer(made, asked, estimates)


async def _estimates(
    service: ScenarioService, given: ForecastInputs, asked: ScenarioRequest
) -> Estimates:
    """The effects of the past events that a request names. Raises BadParameter."""
    found: Estimates = {}
    for place, day, phase_in in days_of_events(asked):
        event = require_event(day, place)
        try:
            found[day, phase_in] = event, await service.estimate(given, event, phase_in)
        except CannotEstimate as refusal:
            raise refusal.at(place) from None
    return found
