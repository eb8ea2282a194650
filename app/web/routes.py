"""HTTP: the pages and what they load."""

import asyncio
import gzip

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from app.dependencies import Charts, Configured, Forecasts, Now, Scenarios, Store
from app.errors import (
    BadParameter,
    CovariateNotForecast,
    Problem,
    SeriesHasEnded,
    StillComputing,
    TooBusy,
    TooShortHistory,
    WorkersUnavailable,
)
from app.forecasts.lookup import IssuedForecast
from app.forecasts.reported_answers import describe_reported_figure
from app.forecasts.reported_schemas import ReportedFigureAnswer, ReportedFigureQuery
from app.forecasts.scenario_answers import describe_scenario
from app.forecasts.scenario_requests import ScenarioRequest
from app.forecasts.scenario_schemas import ScenarioAnswer
from app.forecasts.scenarios import ScenarioService
from app.forecasts.service import ForecastService
from app.forecasts.specification import Specification
from app.http.answer_cache import kept_route
from app.http.answers import conditional_response
from app.http.repeated import reject_repeated_parameters
from app.languages import words
from app.rate_limits import TooManyComputations
from app.storage.database import Database, Session
from app.web import pages
from app.web.assets import FOR_EVER, MEDIA_TYPES, assets, bundle_name
from app.web.overview.query import OverviewAddresses, OverviewQuery
from app.web.overview.view_model import build_overview
from app.web.query import Addresses, PageQuery, Part, asks_for_series
from app.web.requests import (
    describe_wrong_query,
    page_language,
    problem_page,
    root_of,
    site_of,
)
from app.web.sections.reporter import named_as_on_the_page, reported_figure_query
from app.web.sections.scenario import scenario_request
from app.web.view_model import build_page

PATIENCE_SECONDS = 8.0  # how long a page waits for a forecast before it is shown without
ASKED_PATIENCE_SECONDS = 25.0  # for what a visitor has asked for with a form
SHORT_PATIENCE_SECONDS = 1.0  # if the forecast is only in its title
SHOWING_FORECASTS = (Part.OUTLOOK, Part.WHAT_IF)
_NOT_YET = (TimeoutError, StillComputing, TooBusy, TooManyComputations, WorkersUnavailable)

page_router = APIRouter(include_in_schema=False, route_class=kept_route(page_language, site_of))


@page_router.get("/", response_class=HTMLResponse)
async def front_page(
    request: Request,
    forecasts: Forecasts,
    scenarios: Scenarios,
    database: Store,
    settings: Configured,
    now: Now,
) -> Response:
    """All series at a glance or, if a parameter asks for it, one of them."""
    in_words = words(page_language(request))
    try:
        reject_repeated_parameters(request)
        if asks_for_series(request.query_params.keys()):
            return await _series_page(request, forecasts, scenarios, database, settings, now)
        return await _overview_page(request, database, settings, now)
    except ValidationError as error:
        return await problem_page(request, database, in_words, describe_wrong_query(error))
    except Problem as problem:
        return await problem_page(request, database, in_words, problem)


@page_router.get("/overview")
async def moved_overview(request: Request) -> RedirectResponse:
    """The overview was at this address before it became the front page."""
    asked = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{root_of(request)}/{asked}", status_code=308)


async def _series_page(
    request: Request,
    forecasts: Forecasts,
    scenarios: Scenarios,
    database: Store,
    settings: Configured,
    now: Now,
) -> Response:
    """One series: its forecast from the current month on, its latest figure, its track record."""
    in_words = words(page_language(request))
    query = PageQuery.model_validate(dict(request.query_params))
    addresses = Addresses(query, in_words.language, root_of(request), site_of(request))
    issued, computing = await _forecast(forecasts, query)
    part = query.shown
    paths = await forecasts.paths_with_past(issued) if issued and part is Part.OUTLOOK else None
    reported, waiting = None, False
    asked = reported_figure_query(query, issued.inputs.history) if issued else None
    if asked and part is Part.WHAT_IF:
        reported = await _reported_figure(asked, database, forecasts, scenarios)
        waiting = reported is None
    assumed = None
    if issued and part is Part.WHAT_IF and (effect := scenario_request(query, issued, in_words)):
        assumed = await _scenario(effect, issued, scenarios)
        waiting = waiting or assumed is None

    def build_and_render(session: Session) -> Response:
        page = build_page(
            session,
            query,
            in_words,
            today=now().date(),
            issued=issued,
            paths=paths,
            reported=reported,
            assumed=assumed,
            computing=computing,
            model=Specification("auto", settings.seed),
        )
        return conditional_response(
            request,
            pages.render_page(page, in_words, addresses),
            "text/html; charset=utf-8",
            modified=None,
            headers=pages.headers(in_words),
            lasting=not computing and not waiting and not (issued and issued.stale),
        )

    return await database.read_in_thread(build_and_render)


async def _overview_page(
    request: Request, database: Store, settings: Configured, now: Now
) -> Response:
    """All series at a glance: headlines, a table to search and sort, and the sectors' map."""
    in_words = words(page_language(request))
    query = OverviewQuery.model_validate(dict(request.query_params))
    addresses = OverviewAddresses(query, in_words.language, root_of(request), site_of(request))

    def build_and_render(session: Session) -> Response:
        view = build_overview(
            session,
            query,
            in_words,
            today=now().date(),
            model=Specification("auto", settings.seed),
        )
        return conditional_response(
            request,
            pages.render_overview(view, in_words, addresses),
            "text/html; charset=utf-8",
            modified=None,
            headers=pages.headers(in_words),
        )

    return await database.read_in_thread(build_and_render)


router = APIRouter(include_in_schema=False)
router.include_router(page_router)


@router.get("/assets/{name}")
async def asset(request: Request, name: str, charts: Charts) -> Response:
    """A file of the page; its name changes with its content, so browsers may keep it."""
    if name == bundle_name():
        return _unpacked(request, await charts.browser_bundle())
    found = assets().get(name)
    if found is None:
        return Response(status_code=404)
    return Response(found.body, media_type=found.media_type, headers=FOR_EVER)


def _unpacked(request: Request, packed: bytes) -> Response:
    """A script that is packed already, as a browser takes it."""
    headers = FOR_EVER | {"Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type=MEDIA_TYPES[".js"], headers=headers)
    return Response(
        packed, media_type=MEDIA_TYPES[".js"], headers=headers | {"Content-Encoding": "gzip"}
    )


async def _reported_figure(
    asked: ReportedFigureQuery,
    database: Database,
    forecasts: ForecastService,
    scenarios: ScenarioService,
) -> ReportedFigureAnswer | None:
    """What a reported figure would mean; None while that takes longer than a page waits.

    Raises BadParameter with the parameters of the page.
    """
    try:
        wanted = describe_reported_figure(asked, database, forecasts, scenarios)
        return await asyncio.wait_for(wanted, ASKED_PATIENCE_SECONDS)
    except _NOT_YET:
        return None
    except BadParameter as problem:
        raise named_as_on_the_page(problem) from None


async def _scenario(
    asked: ScenarioRequest, issued: IssuedForecast, scenarios: ScenarioService
) -> ScenarioAnswer | None:
    """What would follow from an effect; None while that takes longer than a page waits.

    Raises BadParameter with the parameters of the page.
    """
    try:
        wanted = describe_scenario(scenarios, issued.inputs, asked)
        found = await asyncio.wait_for(wanted, ASKED_PATIENCE_SECONDS)
    except _NOT_YET:
        return None
    except BadParameter as problem:
        raise named_as_on_the_page(problem) from None
    assert isinstance(found, ScenarioAnswer), "one scenario was asked for"
    return found


async def _forecast(
    forecasts: ForecastService, query: PageQuery
) -> tuple[IssuedForecast | None, bool]:
    """The forecast, if there is one, and whether it is still being computed."""
    try:
        wanted = forecasts.forecast(query.series, model="auto", as_of=query.as_of)
        patience = PATIENCE_SECONDS if query.shown in SHOWING_FORECASTS else SHORT_PATIENCE_SECONDS
        return await asyncio.wait_for(wanted, patience), False
    except _NOT_YET:
        return None, True
    except (SeriesHasEnded, CovariateNotForecast, TooShortHistory):
        return None, False
