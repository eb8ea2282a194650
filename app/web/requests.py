"""What every page does with a request: its language, its addresses, and errors as pages."""

from typing import Literal

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from app.errors import BadParameter, Problem, fault
from app.http.accept import order_by_preference
from app.http.origins import trusted_origin
from app.languages import Words, negotiate_language
from app.observations import store
from app.storage.database import Database, Session
from app.web import pages
from app.web.localization import series_of_problem
from app.web.query import Addresses, PageQuery


def page_language(request: Request) -> str:
    """The language that the address names, or the one of ours that the browser prefers."""
    return _chosen(request) or _negotiated(request)


def site_of(request: Request) -> str:
    """What the canonical address of a page begins with."""
    return trusted_origin(request) or ""


def root_of(request: Request) -> str:
    """What the paths of the service begin with, behind a proxy."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def describe_wrong_query(error: ValidationError) -> BadParameter:
    """What a query that is not valid is answered with."""
    return BadParameter(
        *(fault(e["type"], ("query", *e["loc"]), e.get("input"), e["msg"]) for e in error.errors())
    )


async def problem_page(
    request: Request, database: Database, in_words: Words, problem: Problem
) -> HTMLResponse:
    """An error as a page: what was wrong, and where to go next."""
    came = dict(request.query_params)
    query = PageQuery(lang=_chosen(request))
    keys = series_of_problem(problem)
    names = await database.read_in_thread(_names, keys, in_words) if keys else {}
    body = pages.render(
        "problem.html",
        in_words,
        Addresses(query, in_words.language, root_of(request), site_of(request), came=came),
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
