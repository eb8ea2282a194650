"""HTTP: charts as Vega-Lite, SVG and PNG."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app.charts import chart_data
from app.charts.chart_data import NotScored
from app.charts.renderer import ChartRenderer
from app.charts.schemas import (
    ChartQuery,
    ForecastChartQuery,
    HistoryChartQuery,
    PastForecastsChartQuery,
    VintagesChartQuery,
)
from app.charts.specifications import ChartFormat, ChartSpecification
from app.dependencies import Charts, Forecasts, Now, Store
from app.errors import (
    BadParameter,
    BeforeFirstFullRelease,
    ChartsNotInstalled,
    CovariateNotForecast,
    SeriesHasEnded,
    StillComputing,
    TooBusy,
    TooShortHistory,
    UnknownSeries,
    problems,
)
from app.http.answer_cache import kept_route, key_of_answer
from app.http.answers import conditional_response
from app.rate_limits import TooManyComputations

router = APIRouter(prefix="/charts", tags=["Charts"], route_class=kept_route())

MEDIA_TYPES = {
    ChartFormat.JSON: "application/json",
    ChartFormat.SVG: "image/svg+xml",
    ChartFormat.PNG: "image/png",
}
Form = Annotated[
    ChartFormat, Path(description="`json` for the Vega-Lite specification, `svg`, or `png`.")
]
_PICTURES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The chart.",
        "content": {
            "application/json": {
                "schema": {"type": "object", "description": "A Vega-Lite specification."}
            },
            "image/svg+xml": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
        "headers": {
            "Content-Disposition": {
                "description": "A name for the file: series, chart, and day.",
                "schema": {"type": "string"},
            }
        },
    },
    304: {"description": "Your copy is current (`If-None-Match` or `If-Modified-Since`)."},
}
_PROBLEMS = (
    UnknownSeries,
    BadParameter,
    BeforeFirstFullRelease,
    TooShortHistory,
    ChartsNotInstalled,
    TooManyComputations,
    TooBusy,
)


@router.get(
    "/history.{form}",
    summary="Draw the history",
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
    """Encounters per month as published, with events.

    Figures that are not final or not exact are marked.

    The picture states its unit, its source, and the day as of which the figures were known.
    """
    read = partial(
        database.read_in_thread, chart_data.specify_history_chart, now().date(), query, form
    )
    return await _picture(request, charts, read, form)


@router.get(
    "/forecast.{form}",
    summary="Draw the forecast",
    response_class=Response,
    responses=_PICTURES
    | problems(*_PROBLEMS, SeriesHasEnded, CovariateNotForecast, StillComputing),
)
async def forecast_chart(
    request: Request,
    form: Form,
    query: Annotated[ForecastChartQuery, Query()],
    forecasts: Forecasts,
    database: Store,
    now: Now,
    charts: Charts,
) -> Response:
    """History and the fan of 50%, 80%, and 95% intervals, in encounters per month.

    Provisional figures are marked.

    With `as_of`, the chart shows a past forecast and draws later figures over it. The picture
    states its unit, its source, and the day as of which the figures were known.
    """
    issued = await forecasts.forecast(
        query.series, model=query.model, as_of=query.as_of, in_turn=True
    )
    read = partial(
        database.read_in_thread,
        chart_data.specify_forecast_chart,
        now().date(),
        query,
        form,
        issued,
    )
    return await _picture(request, charts, read, form, lasting=not issued.stale)


@router.get(
    "/vintages.{form}",
    summary="Draw the latest revisions",
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
    """Every published version of the latest months' figures, as a percent change from the first
    one."""
    read = partial(
        database.read_in_thread, chart_data.specify_vintages_chart, now().date(), query, form
    )
    return await _picture(request, charts, read, form)


@router.get(
    "/track-record.{form}",
    summary="Draw the track record",
    response_class=Response,
    responses=_PICTURES
    | problems(
        UnknownSeries, BadParameter, NotScored, ChartsNotInstalled, TooManyComputations, TooBusy
    ),
)
async def track_record_chart(
    request: Request,
    form: Form,
    query: Annotated[ChartQuery, Query()],
    database: Store,
    now: Now,
    charts: Charts,
) -> Response:
    """How often the actual figure fell inside the 50%, 80%, and 95% ranges, in percent.

    The chart covers the series, or all series together if it has too few scores. `GET /evaluation`
    has more.
    """
    read = partial(
        database.read_in_thread, chart_data.specify_track_record_chart, now().date(), query, form
    )
    return await _picture(request, charts, read, form)


@router.get(
    "/past-forecasts.{form}",
    summary="Draw past forecasts and actual figures",
    response_class=Response,
    responses=_PICTURES
    | problems(
        UnknownSeries,
        BadParameter,
        BeforeFirstFullRelease,
        NotScored,
        ChartsNotInstalled,
        TooManyComputations,
        TooBusy,
    ),
)
async def past_forecasts_chart(
    request: Request,
    form: Form,
    query: Annotated[PastForecastsChartQuery, Query()],
    database: Store,
    now: Now,
    charts: Charts,
) -> Response:
    """For each month, the 80% range and the median that were forecast, and the actual encounters.

    Each month has one forecast: the newest one made that many months `ahead`, and one issued live
    if there is one. `GET /evaluation/forecasts` has them as a table.
    """
    read = partial(
        database.read_in_thread, chart_data.specify_past_forecasts_chart, now().date(), query, form
    )
    return await _picture(request, charts, read, form)


async def _picture(
    request: Request,
    charts: ChartRenderer,
    read: Callable[[], Awaitable[ChartSpecification]],
    form: ChartFormat,
    *,
    lasting: bool = True,
) -> Response:
    """The picture of what `read` gives, which waits in the queue of charts."""

    async def draw() -> Response:
        specification = await read()
        body = await charts.draw(specification, form)
        named = f'inline; filename="{_file_name(request, specification)}.{form}"'
        return conditional_response(
            request,
            body,
            MEDIA_TYPES[form],
            modified=None,
            headers={"Content-Disposition": named},
            lasting=lasting,
        )

    return await charts.queue.run(key_of_answer(request), draw)


def _file_name(request: Request, specification: ChartSpecification) -> str:
    """What a chart is saved as: which one, of which series, as known on which day."""
    chart = request.url.path.rpartition("/")[2].partition(".")[0]
    series = request.query_params["series"]
    return f"{series}-{chart}-{specification.as_of}"
