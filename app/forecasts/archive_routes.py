"""HTTP: the archive of forecasts, also as a forecast hub's model output."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.dependencies import Store
from app.errors import BadParameter, Problem, UnknownSeries, problems
from app.forecasts import hubverse, store
from app.forecasts.archive_schemas import (
    ArchivedForecast,
    ArchivedForecastQuery,
    ArchiveFormat,
    ArchiveListQuery,
    ForecastEntry,
    ForecastsAnswer,
)
from app.forecasts.encoding import decode_marginals, decode_paths_with_past
from app.forecasts.store import ForecastFilter
from app.forecasts.tables import ForecastRow
from app.http.answers import (
    CSV_MEDIA_TYPE,
    Table,
    answer,
    conditional_response,
    csv_bytes,
    describe_csv_response,
)
from app.http.parameters import LARGEST_ID, WholeNumber
from app.observations.queries import require_series
from app.reconciliation.store import reconciled_from_origin
from app.reconciliation.tables import ReconciledRow, ReconciliationRow
from app.storage.database import Session
from forecasting import Month
from forecasting.scores import HUB_LEVELS

router = APIRouter(tags=["Forecasts"])

ForecastNumber = Annotated[int, WholeNumber(1, LARGEST_ID, example=17)]


class UnknownForecast(Problem):
    """The archive has no forecast with this number. `GET /forecasts` lists all forecasts."""

    status = HTTPStatus.NOT_FOUND
    title = "Unknown forecast"


_FORECASTS_CSV = (
    ",".join(ForecastEntry.model_fields) + "\n"
    "17,usbp.southwest,auto,2025-08,2025-09-20T06:00:00+00:00,True,9f,auto method=1 horizon=36 "
    "draws=2000 seed=0,python=3.11.7 bordercast=0.1.0,,0.04\n"
)
_FORECAST_CSV = (
    ",".join(["period", "mean", *(f"q{level:g}" for level in HUB_LEVELS)]) + "\n"
    "2025-09,6300,3100,3500,3900,4300,4600,4900,5100,5300,5500,5700,5900,6100,6300,6500,6700,7000,"
    "7300,7600,8000,8500,9300,10100,11000\n"
)


@router.get(
    "/forecasts",
    summary="List archived forecasts",
    response_model=ForecastsAnswer,
    responses=describe_csv_response(
        "Forecasts, newest first, or a hub's model output.", _FORECASTS_CSV
    )
    | problems(UnknownSeries, UnknownForecast, BadParameter),
)
def forecasts(
    request: Request, query: Annotated[ArchiveListQuery, Query()], database: Store
) -> Response:
    """Forecasts as they were issued, newest first, with what they were made from.

    An archived forecast never changes.

    An answer has at most `limit` forecasts; `next_cursor` and the `Link` header lead to the next
    ones, and the header `X-Total-Count` has the number of all.

    `format=hubverse` gives one model-output file instead, in encounters per month: the last
    forecast of every series by one model (default: `auto`) from one origin (default: the newest).
    Its columns are reference_date, target, horizon, target_end_date, location, output_type,
    output_type_id, and value, with 23 quantiles and 100 joint samples. Forecasts by `auto` of
    series that add up are the reconciled ones as soon as there are such: in every month, samples
    with the same output_type_id add up too. What the parts of a total leave over is a location of
    its own, such as `usbp.region.other`. An origin without forecasts is a 404.
    """
    with database.reading() as session:
        series_id = None if query.series is None else require_series(session, query.series).id
        wanted = ForecastFilter(series_id, query.model, query.origin)
        if query.format is ArchiveFormat.HUBVERSE:
            return _hub_file(request, session, wanted, query)
        found = store.list_archived(session, query.cursor, limit=query.limit + 1, wanted=wanted)
        total = store.count_archived(session, wanted)
        shown, more = found[: query.limit], len(found) > query.limit
        document = ForecastsAnswer(
            forecasts=[ForecastEntry.of(row, key) for row, key in shown],
            next_cursor=shown[-1][0].id if more else None,
        )
    modified = max((row.issued_at for row, _ in shown), default=None)
    return answer(
        request,
        query.read,
        document,
        document.table(),
        modified=modified,
        name="forecasts",
        next_cursor=document.next_cursor,
        total=total,
    )


@router.get(
    "/forecasts/{forecast}",
    summary="Get one archived forecast",
    operation_id="get_archived_forecast",
    response_model=ArchivedForecast,
    responses=describe_csv_response(
        "The forecast, one row per month, or a hub's model output.", _FORECAST_CSV
    )
    | problems(UnknownForecast, BadParameter),
)
def archived_forecast(
    request: Request,
    forecast: Annotated[ForecastNumber, Path(description="Number of the forecast.")],
    query: Annotated[ArchivedForecastQuery, Query()],
    database: Store,
) -> Response:
    """A forecast as it was issued: 23 quantiles for every month, and what its fit learned."""
    with database.reading() as session:
        found = store.find_archived(session, forecast)
        if found is None:
            raise UnknownForecast(
                f"The archive has no forecast {forecast}. GET /forecasts lists all forecasts."
            )
        row, key = found
        if query.format is ArchiveFormat.HUBVERSE:
            exported = hubverse.model_output_table(
                [_exported(session, row, key, query)], query.horizon
            )
            return _csv_file(
                request, exported, hubverse.file_name(row.origin, row.model), row.issued_at
            )
        document = ArchivedForecast.of(row, key)
    name = f"{key}-forecast-{row.origin}"
    return answer(
        request, query.read, document, document.table(), modified=row.issued_at, name=name
    )


def _hub_file(
    request: Request, session: Session, wanted: ForecastFilter, query: ArchivedForecastQuery
) -> Response:
    """The file of one model and one origin, of forecasts that were live where there are any.

    Raises UnknownForecast if there is none from the origin that was asked for.
    """
    model = wanted.model or "auto"
    wanted = replace(wanted, model=model)
    live = replace(wanted, live=True)
    if store.newest_origin(session, live) is not None:
        wanted = live
    origin: Month | None = wanted.origin or store.newest_origin(session, wanted)
    found = store.newest_of_each_series(session, replace(wanted, origin=origin)) if origin else []
    if wanted.origin is not None and not found:
        raise UnknownForecast(
            f"The archive has no forecast by {model} from {origin}. GET /forecasts lists all "
            "forecasts with their origins."
        )
    exported = {key: _exported(session, row, key, query) for row, key in found}
    issued = [row.issued_at for row, _ in found]
    if origin is not None and wanted.live:
        for reconciliation, members in reconciled_from_origin(session, model, origin):
            # a residual is no series of its own
            rows = [row for row in members if wanted.series_id is None or row.key in exported]
            exported |= {row.key: _exported_reconciled(row, reconciliation, query) for row in rows}
            issued += [reconciliation.issued_at] if rows else []
    table = hubverse.model_output_table([exported[key] for key in sorted(exported)], query.horizon)
    name = hubverse.file_name(origin, model) if origin else f"no-forecasts-{model}"
    return _csv_file(request, table, name, max(issued, default=None))


def _exported_reconciled(
    row: ReconciledRow, reconciliation: ReconciliationRow, query: ArchivedForecastQuery
) -> hubverse.HubForecast:
    return hubverse.HubForecast(
        row.key,
        row.origin,
        decode_marginals(row.quantiles),
        decode_paths_with_past(row.paths),
        query.past,
        hierarchy=reconciliation.hierarchy,
    )


def _exported(
    session: Session, row: ForecastRow, key: str, query: ArchivedForecastQuery
) -> hubverse.HubForecast:
    joint = decode_paths_with_past(store.paths(session, row.id))
    marginals = decode_marginals(row.quantiles)
    return hubverse.HubForecast(key, row.origin, marginals, joint, query.past)


def _csv_file(request: Request, table: Table, name: str, modified: datetime | None) -> Response:
    headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return conditional_response(
        request, csv_bytes(table), CSV_MEDIA_TYPE, modified=modified, headers=headers
    )
