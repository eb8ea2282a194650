"""HTTP: how new each publisher's figures are, and when more can be expected."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Configured, Now, Store
from app.errors import BadParameter, problems
from app.http.answers import answer, describe_csv_response
from app.sources.configured import configured_pages, publishers_to_ask
from app.sources.schemas import SourceEntry, SourcesAnswer, SourcesQuery
from app.sources.status import source_statuses

router = APIRouter(tags=["Figures"])
_CSV = (
    "name,source,title,page,asked_by_service,series,newest_period,newest_value,newest_published_on,"
    "last_asked_at,last_answered_at,last_new_at,last_release,file,next_period,next_expected_on,"
    "next_expected_from,next_expected_to,overdue,last_error,last_error_kind,last_error_at,failures\n"
    'cbp-southwest,cbp,"U.S. Customs and Border Protection, southwest land border encounters",'
    "https://www.cbp.gov/document/stats/southwest-land-border-encounters,True,usbp.southwest,2026-08,8867,"
    "2026-09-16,2026-10-04T15:00:00Z,2026-10-04T15:00:01Z,2026-09-16T21:00:00Z,131,,2026-09,2026-10-17,"
    "2026-10-12,2026-11-01,False,,,,0\n"
)


@router.get(
    "/sources",
    summary="List the publishers",
    response_model=SourcesAnswer,
    responses=describe_csv_response("One row per publisher.", _CSV) | problems(BadParameter),
)
def sources(
    request: Request,
    query: Annotated[SourcesQuery, Query()],
    database: Store,
    now: Now,
    settings: Configured,
) -> Response:
    """Every publisher that can be asked for new figures: the newest figure, when it was last asked
    and last had something new, when the next is expected from how long its figures took so far, and
    the last error.

    `bordercast update` asks them, and so does the service if BORDERCAST_UPDATE says so.
    """
    pages = configured_pages(settings)
    asked = {publisher.name for publisher in publishers_to_ask(settings)}
    today = now().date()
    with database.reading() as session:
        document = SourcesAnswer(
            sources=[
                SourceEntry.of(
                    status,
                    page=pages.get(status.publisher.name, status.publisher.page),
                    asked_by_service=status.publisher.name in asked,
                    today=today,
                )
                for status in source_statuses(session)
            ]
        )
    return answer(request, query, document, document.table(), modified=None, name="sources")
