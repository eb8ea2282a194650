"""The command that computes a scenario."""

from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import messages, open_store, print_answer, validate_query
from app.commands.shared import AsCsv, AsJson, AsOf, Key, Start
from app.config import Settings
from app.errors import BadParameter, Fault
from app.forecasts.effect_estimates import CannotEstimate, estimate_event_effect, require_event
from app.forecasts.inputs import ForecastInputs
from app.forecasts.lookup import look_up_inputs
from app.forecasts.pools import get_or_learn_pool
from app.forecasts.scenario_assembly import assemble
from app.forecasts.scenario_requests import ScenarioRequest, days_of_events
from app.forecasts.scenario_schemas import Estimates, ScenariosAnswer, build_answer
from app.forecasts.scenarios import Scenario, compute_scenarios
from app.forecasts.schemas import DEFAULT_LEVELS
from forecasting import MODELS

_LIKE = "like:"

cli = typer.Typer()


@cli.command()
def scenario(
    key: Key,
    assume: Annotated[
        list[str] | None,
        typer.Option(help="Assumed figure, such as 2025-09=12000. Repeat for several."),
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(
            help="Assumed effect from a month on, such as 2025-11=1.5, or 2025-11=1.5~1.25 if "
            "the factor is between 1.5 / 1.25 and 1.5 * 1.25 with 80% probability; "
            "2025-11=+50%; 2025-11=like:2023-05-11 for that of a past event. /6 at the end lets it "
            "build up over 6 months. Repeat for several."
        ),
    ] = None,
    horizon: Annotated[str, typer.Option(help="Number of months to show, 1 to 36.")] = "12",
    start: Start = "origin",
    level: Annotated[
        list[str] | None, typer.Option(help="Interval in percent. Repeat for several.")
    ] = None,
    as_of: AsOf = None,
    model: Annotated[str, typer.Option(help="One of " + ", ".join(MODELS) + ".")] = "auto",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show what would follow under assumed figures or effects.

    This is not a forecast, and it is not stored.
    """
    query = validate_query(
        ScenarioRequest,
        series=key,
        horizon=horizon,
        **{"from": start},
        level=level or DEFAULT_LEVELS,
        as_of=as_of,
        model=model,
        figures=[_figure(one) for one in assume or []],
        events=[_event(one) for one in event or []],
    )
    settings = Settings()
    with open_store(settings) as database, messages.status("Computing"):
        with database.reading() as session:
            given = look_up_inputs(
                session, key, query.model, today=utc_now().date(), as_of=query.as_of
            )
        span = query.span(given)
        query.require_fit(span)
        estimates = _estimates(given, query)
        several = [assemble(assumed, given, estimates) for _, assumed in query.sets]
        pool = get_or_learn_pool(database, utc_now, given.pool)
        plain, *computed = compute_scenarios(
            given.series,
            several,
            span.months,
            query.model,
            settings.seed,
            pool,
            data_version=given.data_version,
        )
    made = [
        Scenario(given, assumptions, one, plain)
        for assumptions, one in zip(several, computed, strict=True)
    ]
    document = build_answer(made, query, estimates)
    title = (
        f"{key}, {document.unit} per month under the assumptions, from figures through "
        f"{document.origin}"
    )
    remarks = [document.label]
    if not isinstance(document, ScenariosAnswer):
        remarks += [*document.sentences, *document.warnings]
    print_answer(document, as_json=as_json, as_csv=as_csv, title=title, remarks=remarks)


def _figure(text: str) -> dict[str, str]:
    period, equals, value = text.partition("=")
    if not equals:
        raise BadParameter(Fault("assume", text, "a month and a count, such as 2025-09=12000"))
    return {"period": period, "value": value}


def _event(text: str) -> dict[str, str]:
    period, equals, size = text.partition("=")
    if not equals:
        raise BadParameter(Fault("event", text, "a month and a factor, such as 2025-11=1.5"))
    size, _, phase_in = size.partition("/")
    size, _, uncertainty = size.partition("~")
    more = {"uncertainty": uncertainty, "phase_in": phase_in}
    given = {name: value for name, value in more.items() if value}
    if size.startswith(_LIKE):
        return {"period": period, "like": size.removeprefix(_LIKE)} | given
    if size.endswith("%"):
        return {"period": period, "percent": size.rstrip("%")} | given
    return {"period": period, "factor": size} | given


def _estimates(given: ForecastInputs, query: ScenarioRequest) -> Estimates:
    """The effects of the past events that are named. Raises BadParameter."""
    found: Estimates = {}
    for place, day, phase_in in days_of_events(query):
        event = require_event(day, place)
        effect = estimate_event_effect(given.series, event, phase_in)
        if isinstance(effect, str):
            raise CannotEstimate(event, effect, parameter=place)
        found[day, phase_in] = event, effect
    return found
