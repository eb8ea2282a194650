"""HTTP: frames for the pages of others, and oEmbed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from app.charts import chart_data
from app.charts.captions import description
from app.charts.lines import build_lines
from app.charts.specifications import ChartFormat, SeriesSpecification
from app.dependencies import Forecasts, Now, Store
from app.embeds.oembed import (
    NothingToEmbed,
    OEmbedAnswer,
    OEmbedQuery,
    OnlyJson,
    find_frame,
)
from app.embeds.query import (
    NARROW,
    NARROW_BELOW,
    WIDE,
    EmbedAddresses,
    EmbedQuery,
    EmbedTheme,
    forecast_query,
    history_query,
)
from app.errors import (
    BadParameter,
    CovariateNotForecast,
    Problem,
    SeriesHasEnded,
    TooShortHistory,
    UnknownSeries,
    problems,
)
from app.forecasts.lookup import IssuedForecast
from app.http.accept import order_by_preference
from app.http.answer_cache import kept_route
from app.http.answers import conditional_response
from app.http.origins import own_origin, trusted_origin
from app.languages import Words, negotiate_language, words
from app.observations.queries import require_series
from app.storage.database import Session
from app.web import pages
from app.web.query import FIRST_SERIES

POLICY = "; ".join(
    [
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
    ]
)
"""A frame runs no script, loads its own pictures only, and may be shown anywhere."""
_FRAME: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The frame.",
        "content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>"}},
    },
    304: {"description": "Your copy is current (`If-None-Match`)."},
}


def _language(request: Request) -> str:
    given = request.query_params.get("lang")
    if given in ("en", "es"):
        return given
    header = ", ".join(request.headers.getlist("accept-language"))
    return negotiate_language(order_by_preference(header))


def _site(request: Request) -> str:
    return trusted_origin(request) or ""


router = APIRouter(tags=["Charts"], route_class=kept_route(_language, _site))


@router.get(
    "/embed/forecast",
    summary="Show the forecast in a frame",
    response_class=HTMLResponse,
    responses=_FRAME | problems(UnknownSeries, BadParameter, TooShortHistory),
)
async def embed_forecast(
    request: Request,
    query: Annotated[EmbedQuery, Query()],
    forecasts: Forecasts,
    database: Store,
    now: Now,
) -> Response:
    """A page to embed anywhere in an `iframe`: the chart of the forecast, in English or Spanish,
    light or dark, with a link back and without scripts. Its counts are encounters per month.

    A series that is not forecast shows its history.
    """
    language = _language(request)
    try:
        issued = await forecasts.forecast(query.series, model="auto")
    except (SeriesHasEnded, CovariateNotForecast, TooShortHistory):
        return await _embed_history(request, query, database, now, language)
    except Problem as problem:
        return _problem(request, query, problem, language)

    def build(session: Session) -> Response:
        specification = chart_data.specify_forecast_chart(
            session, now().date(), forecast_query(query, language), ChartFormat.SVG, issued
        )
        return _frame(request, query, "forecast", specification, language, issued)

    return await database.read_in_thread(build)


@router.get(
    "/embed/history",
    summary="Show the history in a frame",
    response_class=HTMLResponse,
    responses=_FRAME | problems(UnknownSeries, BadParameter, TooShortHistory),
)
async def embed_history(
    request: Request, query: Annotated[EmbedQuery, Query()], database: Store, now: Now
) -> Response:
    """The same for the figures alone: encounters per month as published."""
    return await _embed_history(request, query, database, now, _language(request))


@router.get(
    "/oembed",
    summary="Get what embeds a page",
    response_model=OEmbedAnswer,
    responses=problems(UnknownSeries, BadParameter, NothingToEmbed, OnlyJson)
    | {304: {"description": "Your copy is current (`If-None-Match`)."}},
)
async def oembed(
    request: Request, query: Annotated[OEmbedQuery, Query()], database: Store
) -> Response:
    """The oEmbed answer for the address of a series' page or of a frame: an `iframe` that other
    pages and content management systems show in its place.
    """
    if query.format != "json":
        raise OnlyJson("oEmbed answers are JSON only. Leave format out, or give format=json.")
    root = str(request.scope.get("root_path", "")).rstrip("/")
    frame = find_frame(query.url, site=f"{own_origin(request)}{root}", first_series=FIRST_SERIES)
    series = await database.read_in_thread(require_series, frame.series)
    in_words = words(frame.given.get("lang", _language(request)))
    title = in_words(
        f"chart.{frame.kind}_title", series=in_words.name("series", series.key, series.title)
    )
    body = OEmbedAnswer.of(frame, title, query).model_dump_json().encode()
    return conditional_response(request, body, "application/json", modified=None, headers={})


async def _embed_history(
    request: Request, query: EmbedQuery, database: Store, now: Now, language: str
) -> Response:
    def build(session: Session) -> Response:
        specification = chart_data.specify_history_chart(
            session, now().date(), history_query(query, language), ChartFormat.SVG
        )
        return _frame(request, query, "history", specification, language, None)

    try:
        return await database.read_in_thread(build)
    except Problem as problem:
        return _problem(request, query, problem, language)


def _frame(
    request: Request,
    query: EmbedQuery,
    kind: str,
    specification: SeriesSpecification,
    language: str,
    issued: IssuedForecast | None,
) -> Response:
    in_words = words(language)
    at = EmbedAddresses(query, language, _root(request), _site(request))
    dark = query.theme is EmbedTheme.DARK
    body = pages.render(
        "embed.html",
        in_words,
        at,
        title=in_words(f"chart.{kind}_title", series=specification.title),
        description=description(specification, build_lines(specification, in_words), in_words),
        kind=kind,
        theme="dark" if dark else "light",
        adapts=query.theme is EmbedTheme.AUTO,
        wide=WIDE,
        narrow=NARROW,
        narrow_below=NARROW_BELOW,
        problem=None,
    )
    return conditional_response(
        request,
        body,
        "text/html; charset=utf-8",
        modified=None,
        headers=_headers(in_words),
        lasting=issued is None or not issued.stale,
    )


def _problem(request: Request, query: EmbedQuery, problem: Problem, language: str) -> Response:
    """An error as a frame, which shows nothing else."""
    in_words = words(language)
    at = EmbedAddresses(query, language, _root(request), _site(request))
    body = pages.render("embed.html", in_words, at, title=problem.title, problem=problem)
    return HTMLResponse(body, problem.status.value, headers=_headers(in_words) | problem.headers)


def _headers(in_words: Words) -> dict[str, str]:
    return pages.headers(in_words) | {"Content-Security-Policy": POLICY}


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")
