"""HTTP: the page and what it loads."""

import asyncio
import gzip

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from app.answers import conditional
from app.database import Database
from app.dependencies import Charts, Desk, Now, Store
from app.errors import BadParameter, Problem, SeriesHasEnded, StillComputing, TooShortHistory, fault
from app.forecasts.desk import ForecastDesk
from app.forecasts.issuing import Issued
from app.languages import Words, preferred, words
from app.web import pages
from app.web.assets import FOR_EVER, MEDIA_TYPES, assets, bundle_name
from app.web.query import Addresses, PageQuery
from app.web.view import Page, page

router = APIRouter(include_in_schema=False)
PATIENCE_SECONDS = 8.0  # how long a page waits for a forecast before it is shown without


@router.get("/", response_class=HTMLResponse)
async def front_page(request: Request, desk: Desk, database: Store, now: Now) -> Response:
    """One series: where it is, where it is going, how sure that is, how good the forecasts have been."""
    language = preferred(request.headers.get("accept-language", ""))
    try:
        query = PageQuery.model_validate(dict(request.query_params))
        language = query.lang or language
        issued, computing = await _forecast(desk, query)
        shown = await asyncio.to_thread(_read, database, query, words(language), now, issued, computing)
    except ValidationError as error:
        wrong = (fault(e["type"], ("query", *e["loc"]), e.get("input"), e["msg"]) for e in error.errors())
        return _problem_page(request, words(language), BadParameter(*wrong))
    except Problem as problem:
        return _problem_page(request, words(language), problem)
    addresses = _addresses(request, query, language)
    body = pages.render_page(shown, words(language), addresses)
    return conditional(
        request, body, "text/html; charset=utf-8", modified=None, headers=pages.headers(words(language))
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
    return Response(packed, media_type=MEDIA_TYPES[".js"], headers=headers | {"Content-Encoding": "gzip"})


async def _forecast(desk: ForecastDesk, query: PageQuery) -> tuple[Issued | None, bool]:
    """The forecast, if there is one, and whether it is still being computed."""
    try:
        wanted = desk.forecast(query.series, model="auto", as_of=query.as_of)
        return await asyncio.wait_for(wanted, PATIENCE_SECONDS), False
    except (TimeoutError, StillComputing):
        return None, True
    except (SeriesHasEnded, TooShortHistory):
        return None, False


def _read(
    database: Database, query: PageQuery, in_words: Words, now: Now, issued: Issued | None, computing: bool
) -> Page:
    with database.reading() as session:
        return page(session, query, in_words, today=now().date(), issued=issued, computing=computing)


def _problem_page(request: Request, in_words: Words, problem: Problem) -> Response:
    """An error as a page: what was wrong and where to go on."""
    lang = request.query_params.get("lang")
    query = PageQuery(lang=lang if lang in ("en", "es") else None)
    body = pages.render(
        "problem.html", in_words, _addresses(request, query, in_words.language), problem=problem
    )
    return HTMLResponse(body, problem.status.value, headers=pages.headers(in_words) | problem.headers)


def _addresses(request: Request, query: PageQuery, language: str) -> Addresses:
    root = request.scope.get("root_path", "").rstrip("/")
    return Addresses(query, language, root, f"{request.url.scheme}://{request.url.netloc}")
