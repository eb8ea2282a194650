"""HTTP: what series there are, their history, the releases behind it and how they revise."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Now, Store
from app.errors import BadParameter, BeforeFirstFullRelease, Fault, UnknownSeries, problems
from app.http.answer_cache import kept_route
from app.http.answers import (
    answer,
    conditional_response,
    csv_bytes,
    describe_csv_response,
    preferred_format,
)
from app.http.parameters import LARGEST_ID
from app.observations import queries, sdmx, store
from app.observations.history_answers import AnyHistoryAnswer, FoundHistories, find_histories
from app.observations.release_schemas import (
    FigureRevisionEntry,
    ReleaseEntry,
    ReleasesAnswer,
    ReleasesQuery,
    RevisionsAnswer,
    RevisionsQuery,
    RevisionSummaryEntry,
    VersionsAnswer,
    VersionsQuery,
)
from app.observations.revisions import find_revisions, summarize_revisions
from app.observations.schemas import (
    HistoryFormat,
    HistoryQuery,
    SeriesAnswer,
    SeriesEntry,
    SeriesQuery,
)
from app.observations.search import find_keys

router = APIRouter(tags=["Figures"], route_class=kept_route(preferred_format))
_HISTORY_CSV = (
    "period,value,status,qualifier,source,published_on\n2024-04,128900,P,about,press,2024-05-15\n"
)
_HISTORY_RESPONSES = describe_csv_response("The figures, oldest month first.", _HISTORY_CSV)
_HISTORY_RESPONSES[200]["content"][sdmx.MEDIA_TYPE] = {"schema": {"type": "string"}}
_SERIES_CSV = (
    "key,title,unit,source,border,parent,dimension,first_period,last_period,last_status,"
    "first_full_release,year_start,ended,covariate,publisher,license,url,note,"
    "official_source\n"
    'usbp.southwest,"Border Patrol encounters, southwest border",encounters,cbp,us,usbp,region,'
    "1999-10,2026-08,P,2021-08-01,10,False,False,U.S. Customs and Border Protection,"
    '"Work of the US government, public domain",https://www.cbp.gov/newsroom/stats,\n'
)
_VERSIONS_CSV = (
    "period,value,status,qualifier,source,published_on,rounding_unit,current,release,title,url,"
    "recorded_at\n"
    "2024-04,128900,P,about,press,2024-05-15,100,True,95,Figures in the press on cis.org,"
    "https://cis.org/,2026-11-24T12:00:00+00:00\n"
)
_RELEASES_CSV = (
    "id,source,title,published_on,url,note,checksum,recorded_at,recorded_by,retracted,retracted_at\n"
    '112,cbp,"Southwest land border encounters, through 2025-08",2025-09-19,,,9f,'
    "2026-11-24T12:00:00Z,bundled record,False,\n"
)
_REVISIONS_CSV = (
    "period,source,era,age,first,later,percent\n2022-05,cbp,Title 42,close-out,222656,224220,0.70\n"
)


@router.get(
    "/series",
    summary="List the series",
    response_model=SeriesAnswer,
    responses=describe_csv_response("Every series.", _SERIES_CSV) | problems(BadParameter),
)
def series(
    request: Request, query: Annotated[SeriesQuery, Query()], database: Store, now: Now
) -> Response:
    """Every series with its first and last month, the status of its newest figure, and the earliest
    valid `as_of`.

    A series is a count of encounters per calendar month by the Border Patrol (`usbp`), by the
    Office of Field Operations (`ofo`), or by both (`cbp`). There are series by region, sector,
    family status, citizenship, and title of authority.

    An answer has at most `limit` series; `next_cursor` and the `Link` header lead to the next ones,
    and the header `X-Total-Count` has the number of all.

    `search` leaves those of whose names, in English or Spanish, every word looked for begins a
    word.
    """
    with database.reading() as session:
        day = queries.resolve_as_of(query.as_of, now().date())
        if query.cursor is not None and store.find_series(session, query.cursor) is None:
            raise _no_cursor(query.cursor)
        keys = find_keys(session, query.search)
        found = store.summaries(
            session, as_of=day, after=query.cursor, limit=query.limit + 1, keys=keys
        )
        total = store.count_series(session) if keys is None else len(keys)
        modified = store.newest_recording(session, as_of=day)
        shown, more = found[: query.limit], len(found) > query.limit
        document = SeriesAnswer(
            series=[SeriesEntry.of(summary) for summary in shown],
            next_cursor=shown[-1].series.key if more else None,
        )
    return answer(
        request,
        query,
        document,
        document.table(),
        modified=modified,
        name="series",
        next_cursor=document.next_cursor,
        total=total,
    )


@router.get(
    "/history",
    summary="Get the history of a series, or of several",
    response_model=AnyHistoryAnswer,
    responses=_HISTORY_RESPONSES | problems(UnknownSeries, BadParameter, BeforeFirstFullRelease),
)
def history(
    request: Request, query: Annotated[HistoryQuery, Query()], database: Store, now: Now
) -> Response:
    """The current figure for every month, in encounters. With `as_of`, the figure that was current
    on that day.

    Agencies publish provisional figures, restate them, and make them final after the fiscal year
    ends. Each figure has its status, how exactly it was stated, who published it, and when. The
    answer is never paged.

    `units` and `aggregate` give changes, percentages, an index, quarters, or years instead.
    """
    with database.reading() as session:
        found = find_histories(session, query, today=now().date())
        if query.format is HistoryFormat.SDMX_CSV:
            return _sdmx_file(request, query, found)
    document = found.document
    return answer(
        request,
        query.read,
        document,
        document.table(),
        modified=found.modified,
        name=found.name,
    )


@router.get(
    "/observations",
    summary="List every version of one figure",
    response_model=VersionsAnswer,
    responses=describe_csv_response("The versions, newest first.", _VERSIONS_CSV)
    | problems(UnknownSeries, BadParameter),
)
def versions(
    request: Request, query: Annotated[VersionsQuery, Query()], database: Store, now: Now
) -> Response:
    """Every figure that was published for one month, in encounters, newest first, with its release.

    One version is current: histories show it, and `why` gives the reason.
    """
    with database.reading() as session:
        found = queries.get_versions(
            session, query.series, query.period, today=now().date(), as_of=query.as_of
        )
        document = VersionsAnswer.of(found)
        modified = store.newest_recording(session, as_of=found.as_of)
    name = f"{query.series}-{query.period}"
    return answer(request, query, document, document.table(), modified=modified, name=name)


@router.get(
    "/releases",
    summary="The publications behind the figures",
    response_model=ReleasesAnswer,
    responses=describe_csv_response("Releases, newest first.", _RELEASES_CSV)
    | problems(BadParameter),
)
def releases(
    request: Request, query: Annotated[ReleasesQuery, Query()], database: Store
) -> Response:
    """Releases by publication date, newest first, with who loaded them and whether they were
    retracted.

    An answer has at most `limit` releases; `next_cursor` and the `Link` header lead to the next
    ones, and the header `X-Total-Count` has the number of all.
    """
    place = None if query.cursor is None else _place(query.cursor)
    with database.reading() as session:
        found = store.releases_page(session, place, limit=query.limit + 1, source=query.source)
        total = store.count_releases(session, source=query.source)
        shown, more = found[: query.limit], len(found) > query.limit
        document = ReleasesAnswer(
            releases=[ReleaseEntry.of(release) for release in shown],
            next_cursor=f"{shown[-1].published_on}.{shown[-1].id}" if more else None,
        )
        modified = store.newest_recording(session)
    return answer(
        request,
        query,
        document,
        document.table(),
        modified=modified,
        name="releases",
        next_cursor=document.next_cursor,
        total=total,
    )


@router.get(
    "/revisions",
    summary="Get the size of revisions",
    response_model=RevisionsAnswer,
    responses=describe_csv_response("The figures behind the summary.", _REVISIONS_CSV)
    | problems(UnknownSeries, BadParameter),
)
def series_revisions(
    request: Request, query: Annotated[RevisionsQuery, Query()], database: Store, now: Now
) -> Response:
    """Revisions in percent of the first published value: after one month, after one year, and after
    the fiscal year closed, by source and era, with the figures behind them.

    Each source is compared only with itself, and only exact figures count.
    """
    with database.reading() as session:
        series = queries.require_series(session, query.series)
        day = queries.resolve_as_of(query.as_of, now().date())
        found = find_revisions(store.versions(session, series.id, as_of=day))
        modified = store.newest_recording(session, as_of=day)
    document = RevisionsAnswer(
        series=query.series,
        as_of=day,
        revisions=[RevisionSummaryEntry.of(summary) for summary in summarize_revisions(found)],
        figures=[FigureRevisionEntry.of(revision) for revision in found],
    )
    name = f"{query.series}-revisions"
    return answer(request, query, document, document.table(), modified=modified, name=name)


def _sdmx_file(request: Request, query: HistoryQuery, found: FoundHistories) -> Response:
    """Raises BadParameter if the request wants anything but monthly counts."""
    if query.transformation is not None:
        parameter = "units" if query.units is not None else "aggregate"
        given = query.units or query.aggregate
        raise BadParameter(Fault(parameter, given, "no value, because SDMX-CSV has monthly counts"))
    headers = {
        "Vary": "Accept",
        "Content-Disposition": f'attachment; filename="{found.name}-sdmx.csv"',
    }
    return conditional_response(
        request,
        csv_bytes(sdmx.sdmx_table(found.histories)),
        sdmx.MEDIA_TYPE,
        modified=found.modified,
        headers=headers,
    )


def _place(cursor: str) -> tuple[date, int]:
    written = re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.(\d{1,10})", cursor, re.ASCII)
    try:
        if written is not None and int(written[2]) <= LARGEST_ID:
            return date.fromisoformat(written[1]), int(written[2])
    except ValueError:
        pass  # no calendar has this day
    raise _no_cursor(cursor)


def _no_cursor(given: str) -> BadParameter:
    return BadParameter(Fault("cursor", given, "the next_cursor of a previous answer"))
