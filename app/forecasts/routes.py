"""HTTP: forecasts."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Forecasts, Store
from app.errors import (
    problems,
)
from app.evaluation.track_record import get_track_record
from app.forecasts.forecast_answers import (
    AnyForecastAnswer,
    SeveralForecastsAnswer,
    describe_transformed,
)
from app.forecasts.gathering import gather_forecasts
from app.forecasts.lookup import IssuedForecast
from app.forecasts.refusals import FORECAST_REFUSALS
from app.forecasts.schemas import ForecastAnswer, ForecastQuery
from app.forecasts.transformed_schemas import TransformedForecastAnswer
from app.http.answer_cache import kept_route
from app.http.answers import answer, describe_csv_response, preferred_format
from app.observations.selection import asks_for_several, select_series

router = APIRouter(tags=["Forecasts"], route_class=kept_route(preferred_format))

_FORECAST_CSV = (
    "period,mean,median,lower_50,upper_50,lower_80,upper_80,lower_95,upper_95\n"
    "2024-05,131000,130400,119000,143000,104000,163000,88000,190000\n"
)


@router.get(
    "/forecast",
    summary="Get the forecast of a series, or of several",
    response_model=AnyForecastAnswer,
    responses=describe_csv_response("The forecast, one entry per month.", _FORECAST_CSV)
    | problems(*FORECAST_REFUSALS),
)
async def forecast(
    request: Request, query: Annotated[ForecastQuery, Query()], service: Forecasts, database: Store
) -> Response:
    """Mean, median, and central intervals for the months after the newest figure.

    In encounters per month.

    The service computes a forecast once for given figures and then serves it from the archive. With
    `as_of`, it uses the figures as known on that day. If newer figures have just arrived, it serves
    the previous forecast with `stale: true` until the new one is ready; `fresh=true` waits for the
    new one. A first computation takes about a second. If it takes longer than 50 seconds, the
    answer is 503 with `Retry-After`, and the computation continues.

    `units` and `aggregate` give changes, percentages, an index, quarters, or years instead,
    computed from the forecast's sampled futures, in which months depend on each other.

    Forecasts add up within a hierarchy: sectors to regions to the nation, demographics and routes
    to their totals. `reconciled` is true then. It is false, and the forecast that of the series by
    itself, for past days, for series that add up with no others, and until all forecasts of the
    hierarchy have been reconciled, seconds after the last of them was computed. With
    `reconciled=false`, it always is that of the series by itself.
    """
    found: list[IssuedForecast] = []

    async def find(key: str) -> ForecastAnswer | TransformedForecastAnswer:
        issued = await service.forecast(
            key,
            model=query.model,
            as_of=query.as_of,
            fresh=query.fresh,
            reconciled=query.reconciled,
        )
        found.append(issued)
        if query.transformation is not None:
            return describe_transformed(issued, query, await service.paths(issued))
        history, model = issued.inputs.history, issued.archived.model
        record = await database.read_in_thread(
            get_track_record, history.series.id, key, model, as_of=query.as_of
        )
        return ForecastAnswer.of(issued, query, record)

    if asks_for_several(query.series):
        selection = await database.read_in_thread(select_series, query.series)
        several = SeveralForecastsAnswer.of(await gather_forecasts(selection, find))
        document: AnyForecastAnswer = several
        name = "forecasts"
    else:
        only = await find(query.series[0])
        document = only
        name = f"{only.series}-forecast-{only.origin}"
    return answer(
        request,
        query,
        document,
        document.table(),
        modified=max((one.modified for one in found), default=None),
        name=name,
        lasting=not any(one.stale for one in found),
    )
