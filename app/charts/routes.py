"""HTTP: charts as Vega-Lite, SVG and PNG."""

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app.answers import conditional
from app.charts.rendering import MEDIA_TYPES, render
from app.charts.schemas import ForecastChartQuery, Picture
from app.database import Database
from app.dependencies import Desk, Now, Store
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
from app.forecasts.issuing import Issued
from app.forecasts.schemas import ForecastAnswer, ForecastQuery
from app.observations import reading
from app.observations.schemas import HistoryAnswer

router = APIRouter(prefix="/charts", tags=["Charts"])

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


@router.get(
    "/forecast.{form}",
    summary="The forecast as a chart",
    response_class=Response,
    responses=_PICTURES
    | problems(
        UnknownSeries,
        BadParameter,
        BeforeFirstFullRelease,
        TooShortHistory,
        SeriesHasEnded,
        StillComputing,
        ChartsNotInstalled,
    ),
)
async def forecast_chart(
    request: Request,
    form: Annotated[Picture, Path(description="`json` for the Vega-Lite specification, `svg` or `png`.")],
    query: Annotated[ForecastChartQuery, Query()],
    desk: Desk,
    database: Store,
    now: Now,
) -> Response:
    """History and the fan of 50, 80 and 95 % intervals in encounters per month, provisional figures marked.

    The picture says its unit, its source and the day as of which it was known.
    """
    issued = await desk.forecast(query.series, model=query.model, as_of=query.as_of)
    body = await asyncio.to_thread(_draw, database, now().date(), issued, query, form)
    return conditional(request, body, MEDIA_TYPES[form], modified=issued.archived.issued_at, headers={})


def _draw(database: Database, today: date, issued: Issued, query: ForecastChartQuery, form: Picture) -> bytes:
    try:
        from app.charts.forecast import forecast_chart as draw  # noqa: PLC0415 (of the extra `charts`)
    except ModuleNotFoundError as missing:
        raise ChartsNotInstalled(
            f"Charts need {missing.name}, which is not installed: pip install 'bordercast[charts]'."
        ) from missing
    start = issued.archived.origin - 12 * query.years + 1
    with database.reading() as session:
        history = HistoryAnswer.of(
            reading.history(session, query.series, today=today, as_of=query.as_of, start=start)
        )
    forecast = ForecastAnswer.of(issued, ForecastQuery(series=query.series, horizon=query.horizon))
    return render(draw(issued.inputs.history.series.title, history, forecast), form)
