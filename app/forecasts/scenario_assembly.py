"""From what a request assumes to what is computed: effects of past events, and vague figures."""

from app.forecasts.inputs import ForecastInputs
from app.forecasts.measurement_noise import observation_noise
from app.forecasts.revision_history import learn_revision_history
from app.forecasts.scenario_requests import AssumedEvent, AssumptionSet
from app.forecasts.scenario_schemas import Estimates
from app.forecasts.scenarios import Assumptions
from app.observations.observation import Observation, Qualifier, Status
from app.observations.readers.tidy import infer_rounding_unit
from forecasting import Effect

SOURCE = "assumed"  # of figures that nobody has published
NO_RELEASE = 0


def assemble(assumed: AssumptionSet, given: ForecastInputs, estimates: Estimates) -> Assumptions:
    """What is computed from some assumptions; `estimates` has the events that they name."""
    figures = [
        Observation(
            one.period,
            one.value,
            Status.NORMAL,
            one.qualifier,
            infer_rounding_unit(one.value, one.qualifier, SOURCE),
            SOURCE,
            given.history.as_of,
            NO_RELEASE,
        )
        for one in assumed.figures
    ]
    final = learn_revision_history([])  # an assumed figure is not revised
    noise = {
        one.period: observation_noise(one, final)
        for one in figures
        if one.qualifier is not Qualifier.EXACT
    }
    return Assumptions(
        {one.period: one.value for one in assumed.figures},
        tuple(_effect(event, estimates) for event in assumed.events),
        {period: error for period, error in noise.items() if error is not None},
    )


def _effect(event: AssumedEvent, estimates: Estimates) -> Effect:
    stated = event.stated
    if stated is not None:
        return stated
    assert event.like is not None, "one of the three sizes is given"
    return estimates[event.like, event.phase_in][1].at(event.period)
