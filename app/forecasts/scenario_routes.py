"""HTTP: scenarios."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Scenarios
from app.errors import (
    BadParameter,
    BeforeFirstFullRelease,
    CovariateNotForecast,
    SeriesHasEnded,
    TooBusy,
    TooShortHistory,
    UnknownSeries,
    problems,
)
from app.forecasts.scenario_answers import describe_scenario
from app.forecasts.scenario_requests import ScenarioRequest, read_scenario
from app.forecasts.scenario_schemas import ScenarioAnswer, ScenariosAnswer
from app.http.answers import ReadQuery, render_body
from app.http.uploads import TooLarge, body_file
from app.rate_limits import TooManyComputations

router = APIRouter(tags=["Forecasts"])

MOST_MEGABYTES = 1
_CSV = (
    "period,basis,mean,median,lower_50,upper_50,lower_80,upper_80,lower_95,upper_95\n"
    "2025-10,conditional,13100,12700,11500,14100,10400,15600,8900,18300\n"
)
_SCHEMA = ScenarioRequest.model_json_schema(ref_template="#/components/schemas/{model}")
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The scenario, one entry per month.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": _CSV}},
    }
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The assumptions.",
        "content": {
            "application/json": {
                "schema": _SCHEMA,
                "examples": {
                    "surge": {
                        "summary": "September as rumored, and 50% more from November on",
                        "value": {
                            "series": "usbp.southwest",
                            "figures": [{"period": "2025-09", "value": 12000}],
                            "events": [{"period": "2025-11", "factor": 1.5, "uncertainty": 1.25}],
                        },
                    }
                },
            }
        },
    }
}


@router.post(
    "/scenario",
    summary="Compute a scenario",
    response_model=ScenarioAnswer | ScenariosAnswer,
    responses=_ANSWER
    | problems(
        UnknownSeries,
        BadParameter,
        BeforeFirstFullRelease,
        TooShortHistory,
        CovariateNotForecast,
        SeriesHasEnded,
        TooLarge,
        TooManyComputations,
        TooBusy,
    ),
    openapi_extra=_BODY,
)
async def scenario(
    request: Request, query: Annotated[ReadQuery, Query()], service: Scenarios
) -> Response:
    """The coming months, in encounters per month, under assumed figures for some of them and
    assumed effects on the level. It needs no key, because it writes nothing.

    Assumed figures count as if they had been published, and the forecast starts after the last of
    them. An effect multiplies the sampled futures from its month on, at once or by and by; it is a
    factor, a percentage, or what a past event did (`like`). Several `scenarios` are compared in one
    answer. A scenario says what would follow, not what will follow. It is never archived, scored,
    or shown as a forecast.
    """
    async with body_file(request, most_megabytes=MOST_MEGABYTES) as file:
        asked = read_scenario(file.read())
    given = await service.inputs(asked.series, asked.model, asked.as_of)
    document = await describe_scenario(service, given, asked)
    name = f"{asked.series}-scenario-{given.series.end}"
    body, media_type, headers = render_body(request, query, document, document.table(), name=name)
    return Response(body, media_type=media_type, headers=headers | {"Cache-Control": "no-store"})
