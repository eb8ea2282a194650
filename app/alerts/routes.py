"""HTTP: the feed of what changed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.alerts.atom import MEDIA_TYPE, FeedSubject, write_feed
from app.alerts.events import find_events
from app.alerts.schemas import FeedQuery
from app.dependencies import Configured, Scoring, Store
from app.errors import BadParameter, UnknownSeries, problems
from app.forecasts.specification import Specification
from app.http.answers import conditional_response
from app.http.origins import own_origin
from app.observations.queries import require_series

router = APIRouter(tags=["Forecasts"])

_EXAMPLE = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:uuid:…</id>…</feed>'
)
_ATOM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The feed, newest entry first.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": _EXAMPLE}},
    },
    304: {"description": "Your copy is current (`If-None-Match` or `If-Modified-Since`)."},
}


@router.get(
    "/feed.atom",
    summary="Get the feed of what changed",
    response_class=Response,
    responses=_ATOM | problems(UnknownSeries, BadParameter),
)
def feed(
    request: Request,
    query: Annotated[FeedQuery, Query()],
    database: Store,
    settings: Configured,
    scorer: Scoring,
) -> Response:
    """An Atom feed (RFC 4287) of new figures, of forecasts that moved, and of surprises: the newest
    50, for all series or for one.

    A forecast is in it if its median has moved by more than 10% since the forecast before it, in
    the current month or one of the six after it. Surprises are those of `/evaluation/surprises`.
    """
    scorer.catch_up()
    with database.reading() as session:
        series = None if query.series is None else require_series(session, query.series)
        events = find_events(session, [series], Specification("auto", settings.seed))
        described = FeedSubject(
            f"{own_origin(request)}{request.scope.get('root_path', '').rstrip('/')}/",
            None if series is None else series.key,
            None if series is None else series.title,
        )
    return conditional_response(
        request,
        write_feed(described, events),
        MEDIA_TYPE,
        modified=None,
        headers={},
    )
