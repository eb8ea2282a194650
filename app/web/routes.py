"""HTTP: the page and what it loads."""

import asyncio
import gzip
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from app.dependencies import Charts, Configured, Forecasts, Now, Store
from app.errors import (
    BadParameter,
    CovariateNotForecast,
    Problem,
    SeriesHasEnded,
    StillComputing,
    TooShortHistory,
    WorkersUnavailable,
    fault,
)
from app.forecasts.lookup import IssuedForecast
from app.forecasts.service import ForecastService
from app.forecasts.specification import Specification
from app.http.accept import order_by_preference
from app.http.answer_cache import kept_route
from app.http.answers import conditional_response
from app.http.origins import trusted_origin
from app.http.repeated import reject_repeated_parameters
from app.languages import Words, negotiate_language, words
from app.observations import store
from app.storage.database import Database, Session
from app.web import pages
from app.web.assets import FOR_EVER, MEDIA_TYPES, assets, bundle_name
from app.web.localization import series_of_problem
from app.web.overview.query import OverviewAddresses, OverviewQuery
from app.web.overview.view_model import build_overview
from app.web.query import Addresses, PageQuery
from app.web.view_model import build_page

PATIENCE_SECONDS = 8.0  # how long a page waits for a forecast before it is shown without


def _language(request: Request) -> str:
    return _chosen(request) or _negotiated(request)


def _site(request: Request) -> str:
    """What the canonical address of a page begins with."""
    return trusted_origin(request) or ""


page_router = APIRouter(include_in_schema=False, route_class=kept_route(_language, _site))


@page_router.get("/", response_class=HTMLResponse)
async def series_page(
    request: Request,
    forecasts: Forecasts,
    database: Store,
    settings: Configured,
    now: Now,
) -> Response:
    """One series: its forecast from the current month on, its latest figure, its track record."""
    language = _language(request)
    in_words = words(language)
    try:
        reject_repeated_parameters(request)
        query = PageQuery.model_validate(dict(request.query_params))
        issued, computing = await _forecast(forecasts, query)

        def build_and_render(session: Session) -> Response:
            page = build_page(
                session,
                query,
                in_words,
                today=now().date(),
                issued=issued,
                computing=computing,
                model=Specification("auto", settings.seed),
            )
            return conditional_response(
                request,
                pages.render_page(page, in_words, _addresses(request, query, language)),
                "text/html; charset=utf-8",
                modified=None,
                headers=pages.headers(in_words),
                lasting=not computing and not (issued and issued.stale),
            )

        return await database.read_in_thread(build_and_render)
    except ValidationError as error:
        return await _problem_page(request, database, in_words, _wrong_query(error))
    except Problem as problem:
        return await _problem_page(request, database, in_words, problem)


@page_router.get("/overview", response_class=HTMLResponse)
async def overview_page(
    request: Request, database: Store, settings: Configured, now: Now
) -> Response:
    """All series at a glance: headlines, a table to search and sort, and the sectors' map."""
    language = _language(request)
    in_words = words(language)
    try:
        reject_repeated_parameters(request)
        query = OverviewQuery.model_validate(dict(request.query_params))
        addresses = OverviewAddresses(query, language, _root(request), _site(request))

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
    except ValidationError as error:
        return await _problem_page(request, database, in_words, _wrong_query(error))
    except Problem as problem:
        return await _problem_page(request, database, in_words, problem)


router = APIRouter(include_in_schema=False)
router.include_router(page_router)


def _wrong_query(error: ValidationError) -> BadParameter:
    """What a query that is not valid is answered with."""
    return BadParameter(
        *(fault(e["type"], ("query", *e["loc"]), e.get("input"), e["msg"]) for e in error.errors())
    )


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


async def _forecast(
    forecasts: ForecastService, query: PageQuery
) -> tuple[IssuedForecast | None, bool]:
    """The forecast, if there is one, and whether it is still being computed."""
    try:
        wanted = forecasts.forecast(query.series, model="auto", as_of=query.as_of)
        return await asyncio.wait_for(wanted, PATIENCE_SECONDS), False
    except (TimeoutError, StillComputing, WorkersUnavailable):
        return None, True
    except (SeriesHasEnded, CovariateNotForecast, TooShortHistory):
        return None, False


async def _problem_page(
    request: Request, database: Database, in_words: Words, problem: Problem
) -> Response:
    """An error as a page: what was wrong, and where to go next."""
    came = dict(request.query_params)
    query = PageQuery(lang=_chosen(request))
    keys = series_of_problem(problem)
    names = await database.read_in_thread(_names, keys, in_words) if keys else {}
    body = pages.render(
        "problem.html",
        in_words,
        _addresses(request, query, in_words.language, came),
        problem=problem,
        names=names,
    )
    return HTMLResponse(
        body, problem.status.value, headers=pages.headers(in_words) | problem.headers
    )


def _chosen(request: Request) -> Literal["en", "es"] | None:
    """The language that an address asks for, whatever else it asks for."""
    match request.query_params.get("lang"):
        case ("en" | "es") as language:
            return language
        case _:
            return None


def _negotiated(request: Request) -> str:
    """The language of ours that the browser prefers."""
    header = ", ".join(request.headers.getlist("accept-language"))
    return negotiate_language(order_by_preference(header))


def _names(session: Session, keys: list[str], in_words: Words) -> dict[str, str]:
    """What some series are called, by their keys."""
    found = {key: store.find_series(session, key) for key in keys}
    return {
        key: in_words.name("series", key, series.title) for key, series in found.items() if series
    }


def _addresses(
    request: Request, query: PageQuery, language: str, came: dict[str, str] | None = None
) -> Addresses:
    return Addresses(query, language, _root(request), _site(request), came=came)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")
