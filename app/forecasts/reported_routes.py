"""HTTP: what a figure that has just been reported would mean."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Forecasts, Scenarios, Store
from app.errors import (
    problems,
)
from app.forecasts.refusals import FORECAST_REFUSALS
from app.forecasts.reported_answers import describe_reported_figure
from app.forecasts.reported_schemas import ReportedFigureAnswer, ReportedFigureQuery
from app.http.answer_cache import kept_route
from app.http.answers import answer, describe_csv_response, preferred_format

router = APIRouter(tags=["Forecasts"], route_class=kept_route(preferred_format))

_CSV = (
    "period,before_median,before_lower_80,before_upper_80,after_median,after_lower_80,"
    "after_upper_80\n"
    "2026-10,9388,6933,12705,8790,7130,10840\n"
)


@router.get(
    "/forecast/reported-figure",
    summary="Get what a reported figure would mean",
    response_model=ReportedFigureAnswer,
    responses=describe_csv_response("The outlook, one row per month.", _CSV)
    | problems(*FORECAST_REFUSALS),
)
async def reported_figure(
    request: Request,
    query: Annotated[ReportedFigureQuery, Query()],
    database: Store,
    forecasts: Forecasts,
    scenarios: Scenarios,
) -> Response:
    """Whether a figure that has just come in is high, and what it would do to the outlook: its
    percentile in what had been forecast for its month, its rank among all months, the last time
    that a figure was there, and the forecast without and with it, in encounters per month.

    The figure enters the forecast with the uncertainty of its wording (`qualifier`) and of its
    source (`reporter`). Both forecasts are those of the series by itself, as `/forecast` gives them
    with `reconciled=false`. Nothing is stored, archived, or scored.
    """
    document = await describe_reported_figure(query, database, forecasts, scenarios)
    name = f"{query.series}-{query.period}-reported"
    return answer(request, query, document, document.table(), modified=None, name=name)
