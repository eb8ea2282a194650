"""HTTP: charts as Vega-Lite, SVG and PNG."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response

from app.answers import conditional
from app.charts import gathering
from app.charts.gathering import NotScored
from app.charts.orders import Order, Picture
from app.charts.schemas import (
    ChartQuery,
    ForecastChartQuery,
    HistoryChartQuery,
    PastForecastsChartQuery,
    VintagesChartQuery,
)
from app.charts.studio import Studio
from app.database import Database, Session
from app.dependencies import Charts, Desk, Now, Store
from app.errors import (
    BadParameter,
    BeforeFirstFullRelease,
    ChartsNotInstalled,
    SeriesHasEnded,
    StillComputing,
    TooShortHistory,
    UnknownSeries,
    problems,
)

router = APIRouter(prefix="/charts", tags=["Charts"])

MEDIA_TYPES = {Picture.JSON: "application/json", Picture.SVG: "image/svg+xml", Picture.PNG: "image/png"}
OrderT = TypeVar("OrderT", bound=Order)
Form = Annotated[Picture, Path(description="`json` for the Vega-Lite specification, `svg` or `png`.")]
_PICTURES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The chart.",
        "content": {
            "application/json": {"schema": {"type": "object", "description": "A Vega-Lite specification."}},
            "image/svg+xml": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    304: {"description": "Your copy is still good (`If-None-Match` or `If-Modified-Since`)."},
}
_PROBLEMS = (UnknownSeries, BadParameter, BeforeFirstFullRelease, TooShortHistory, ChartsNotInstalled)


@router.get(
    "/history.{form}",
    summary="The history as a chart",
    response_class=Response,
    responses=_PICTURES | problems(*_PROBLEMS),
)
async def history_chart(
    request: Request,
    form: Form,
    query: Annotated[HistoryChartQuery, Query()],
    database: Store,
    now: Now,
    charts: Charts,
) -> Response:
    """Encounters per month as published, those not final or not exact marked, with events.

    The picture says its unit, its source and the day as of which it was known.
    """
    order = await _gathered(
        database, lambda session: gathering.history_order(session, now().date(), query, form)
    )
    return await _picture(request, charts, order, form)


@router.get(
    "/forecast.{form}",
    summary="The forecast as a chart",
    response_class=Response,
    responses=_PICTURES | problems(*_PROBLEMS, SeriesHasEnded, StillComputing),
)
async def forecast_chart(
    request: Request,
    form: Form,
    query: Annotated[ForecastChartQuery, Query()],
    desk: Desk,
    database: Store,
    now: Now,
    charts: Charts,
) -> Response:
    """History and the fan of 50, 80 and 95 % intervals in encounters per month, provisional figures marked.

    With `as_of`, an old forecast, and what was published later drawn over it. The picture says its unit, its
    source and the day as of which it was known.
    """
    issued = await desk.forecast(query.series, model=query.model, as_of=query.as_of)
    order = await _gathered(
        database, lambda session: gathering.forecast_order(session, now().date(), query, form, issued)
    )
    return await _picture(request, charts, order, form)


@router.get(
    "/vintages.{form}",
    summary="How the latest figures were revised, as a chart",
    response_class=Response,
    responses=_PICTURES | problems(*_PROBLEMS),
)
async def vintages_chart(
    request: Request,
    form: Form,
    query: Annotated[VintagesChartQuery, Query()],
    database: Store,
    now: Now,
    charts: Charts,
) -> Response:
    """Every published version of the latest months' figures, in percent of the one published first."""
    order = await _gathered(
        database, lambda session: gathering.vintages_order(session, now().date(), query, form)
    )
    return await _picture(request, charts, order, form)


@router.get(
    "/track-record.{form}",
    summary="How past forecasts did, as a chart",
    response_class=Response,
    responses=_PICTURES | problems(UnknownSeries, BadParameter, NotScored, ChartsNotInstalled),
)
async def track_record_chart(
    request: Request,
    form: Form,
    query: Annotated[ChartQuery, Query()],
    database: Store,
    now: Now,
    charts: Charts,
) -> Response:
    """How often the figure fell inside the 50, 80 and 95 % ranges, in percent of past forecasts.

    Of the series, or of all together where it has too few scores. `GET /evaluation` has more.
    """
    order = await _gathered(
        database, lambda session: gathering.track_record_order(session, now().date(), query, form)
    )
    return await _picture(request, charts, order, form)


@router.get(
    "/past-forecasts.{form}",
    summary="Past forecasts beside what came, as a chart",
    response_class=Response,
    responses=_PICTURES
    | problems(UnknownSeries, BadParameter, BeforeFirstFullRelease, NotScored, ChartsNotInstalled),
)
async def past_forecasts_chart(
    request: Request,
    form: Form,
    query: Annotated[PastForecastsChartQuery, Query()],
    database: Store,
    now: Now,
    charts: Charts,
) -> Response:
    """For every month the 80 % range and the median that had been forecast, and the encounters that came.

    One forecast a month: the newest that was made so many months `ahead`, a live one where there is one.
    `GET /evaluation/forecasts` has them as a table.
    """
    order = await _gathered(
        database, lambda session: gathering.past_forecasts_order(session, now().date(), query, form)
    )
    return await _picture(request, charts, order, form)


async def _gathered(database: Database, gather: Callable[[Session], OrderT]) -> OrderT:
    def read() -> OrderT:
        with database.reading() as session:
            return gather(session)

    return await asyncio.to_thread(read)


async def _picture(request: Request, charts: Studio, order: Order, form: Picture) -> Response:
    body = await charts.draw(order, form)
    return conditional(request, body, MEDIA_TYPES[form], modified=None, headers={})
