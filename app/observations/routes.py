"""HTTP: what series there are, and their history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.answers import also_as_csv, answer
from app.dependencies import Now, Store
from app.errors import BadParameter, BeforeFirstFullRelease, UnknownSeries, problems
from app.observations import reading, store
from app.observations.schemas import HistoryAnswer, HistoryQuery, SeriesAnswer, SeriesEntry, SeriesQuery

router = APIRouter(tags=["Figures"])

_HISTORY_CSV = "period,value,status,qualifier,source,published_on\n2024-04,128900,P,about,press,2024-05-15\n"
_SERIES_CSV = (
    "key,title,unit,source,parent,dimension,first_period,last_period,last_status,first_full_release,"
    "ended,note\n"
    'usbp.southwest,"Border Patrol encounters, southwest border",encounters,cbp,usbp,region,1999-10,2025-08,'
    "P,2021-08-01,False,\n"
)


@router.get(
    "/series",
    summary="What series there are",
    response_model=SeriesAnswer,
    responses=also_as_csv("Every series.", _SERIES_CSV) | problems(BadParameter),
)
def series(request: Request, query: Annotated[SeriesQuery, Query()], database: Store) -> Response:
    """Every series with its span, the status of its newest figure and the first day that `as_of` can name.

    A series is a count of encounters per calendar month: of the Border Patrol (`usbp`), of the Office of
    Field Operations (`ofo`) or of both (`cbp`), by region, sector, family status, citizenship or title of
    authority.
    """
    with database.reading() as session:
        found = store.summaries(session, as_of=query.as_of)
        modified = store.newest_recording(session, as_of=query.as_of)
        document = SeriesAnswer(series=[SeriesEntry.of(summary) for summary in found])
    return answer(request, query, document, document.table(), modified=modified, name="series")


@router.get(
    "/history",
    summary="History of a series, as known on any day",
    response_model=HistoryAnswer,
    responses=also_as_csv("The figures, oldest month first.", _HISTORY_CSV)
    | problems(UnknownSeries, BadParameter, BeforeFirstFullRelease),
)
def history(request: Request, query: Annotated[HistoryQuery, Query()], database: Store, now: Now) -> Response:
    """The current figure of every month, in encounters; with `as_of`, the one that was current then.

    Figures are published provisionally, restated and made final after the fiscal year's end. Each says its
    status, how exactly it was said, who published it and when. Never paged.
    """
    with database.reading() as session:
        found = reading.history(
            session,
            query.series,
            today=now().date(),
            as_of=query.as_of,
            start=query.start,
            end=query.end,
            first_release=query.first_release,
        )
        document = HistoryAnswer.of(found)
    return answer(request, query, document, document.table(), modified=found.modified, name=query.series)
