"""HTTP: the revision triangle of a series."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Now, Store
from app.errors import BadParameter, UnknownSeries, problems
from app.http.answers import answer, describe_csv_response
from app.observations import queries, store
from app.observations.vintage_schemas import (
    Layout,
    LongVintagesAnswer,
    VintagesAnswer,
    VintagesQuery,
    WideVintagesAnswer,
)
from app.observations.vintages import build_triangle

router = APIRouter(tags=["Figures"])

_CSV = (
    "period,known_from,replaced_on,value,status,qualifier,source\n"
    "2024-04,2024-05-15,2024-08-09,128900,P,about,press\n"
)


@router.get(
    "/vintages",
    summary="Get the revision triangle of a series",
    response_model=VintagesAnswer,
    responses=describe_csv_response("The figures by month and vintage.", _CSV)
    | problems(UnknownSeries, BadParameter),
)
def vintages(
    request: Request, query: Annotated[VintagesQuery, Query()], database: Store, now: Now
) -> Response:
    """Every figure that was ever the current one of its month, with the days from which and until
    which it was, in the unit of the series. With `layout=wide`, a matrix of months and vintages.

    A vintage is a day on which a figure of the series changed. An answer has at most `limit`
    months; `next_cursor` and the `Link` header lead to the next ones, and the header
    `X-Total-Count` has the number of all months.
    """
    with database.reading() as session:
        series = queries.require_series(session, query.series)
        day = queries.resolve_as_of(query.as_of, now().date())
        triangle = build_triangle(store.versions(session, series.id, as_of=day))
        modified = store.newest_recording(session, as_of=day)
        shape = WideVintagesAnswer if query.layout is Layout.WIDE else LongVintagesAnswer
        document = shape.of(series, day, query, triangle)
    name = f"{query.series}-vintages"
    return answer(
        request,
        query,
        document,
        document.table(),
        modified=modified,
        name=name,
        next_cursor=document.next_cursor,
        total=len(query.months_of(triangle)),
    )
