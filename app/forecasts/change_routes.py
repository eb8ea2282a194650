"""HTTP: how forecasts moved."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Configured, Now, Store
from app.errors import BadParameter, UnknownSeries, problems
from app.forecasts.change_schemas import ChangesAnswer, ChangesQuery
from app.forecasts.changes import find_change
from app.forecasts.specification import Specification
from app.http.answers import answer, describe_csv_response
from app.observations.queries import require_series
from app.observations.store import newest_recording
from app.reconciliation.store import newest_reconciliation_time

router = APIRouter(tags=["Forecasts"])

_CSV = (
    "period,when,median_before,median_after,percent,lower_80_before,upper_80_before,"
    "lower_80_after,upper_80_after\n"
    "2026-12,future,8600,8100,-5.8,6100,12300,5900,11400\n"
)


@router.get(
    "/forecast/changes",
    summary="Get the changes since the last forecast",
    response_model=ChangesAnswer,
    responses=describe_csv_response("The months in both forecasts, one row each.", _CSV)
    | problems(UnknownSeries, BadParameter),
)
def changes(
    request: Request,
    query: Annotated[ChangesQuery, Query()],
    database: Store,
    settings: Configured,
    now: Now,
) -> Response:
    """The last two forecasts of a series that were issued live, month by month, in the unit of the
    series, and the figures that were published, restated, or withdrawn in between.

    Without an earlier forecast, the lists are empty.
    """
    with database.reading() as session:
        series = require_series(session, query.series)
        change = find_change(session, series.id, Specification(query.model, settings.seed))
        document = ChangesAnswer.of(series, query.model, change, now().date())
        issued_at = document.latest.issued_at if document.latest else None
        times = issued_at, newest_recording(session), newest_reconciliation_time(session)
        modified = max(filter(None, times), default=None)
    name = f"{query.series}-forecast-changes"
    return answer(request, query, document, document.table(), modified=modified, name=name)
