"""HTTP: a publisher's own series."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from app.dependencies import Now, Refresh, Store
from app.errors import BadParameter, StoreFailed, StoreReadOnly, UnknownSeries, problems
from app.http.json_bodies import parse_json
from app.http.uploads import TooLarge, body_file
from app.keys.authorization import MissingScope, NoKey, TooManyWrongKeys, TooOften, Writer
from app.series.management import SeriesExists, SeriesOfRecord, create_series, describe_series
from app.series.removal import SeriesHasParts, remove_series
from app.series.schemas import OwnSeriesAnswer, RemovalAnswer, SeriesChanges, SeriesRequest
from app.storage.database import Database

router = APIRouter(tags=["Loading"])

MOST_MEGABYTES = 1
_REFUSALS = (NoKey, MissingScope, TooOften, TooManyWrongKeys, StoreReadOnly)
_TEMPLATE = "#/components/schemas/{model}"
OwnKey = Annotated[
    str, Path(description="Key of the series.", examples=["shelter.el-paso.intakes"])
]


def _body(kind: type[SeriesRequest | SeriesChanges], example: dict[str, Any]) -> dict[str, Any]:
    schema = kind.model_json_schema(ref_template=_TEMPLATE)
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "/series",
    summary="Create a series",
    status_code=HTTPStatus.CREATED,
    responses=problems(BadParameter, SeriesExists, TooLarge, StoreFailed, *_REFUSALS),
    openapi_extra=_body(
        SeriesRequest,
        {
            "key": "shelter.el-paso.intakes",
            "title": "Shelter intakes, El Paso",
            "unit": "people",
            "border": "us",
            "year_start": 1,
            "official_source": "el-paso",
        },
    ),
)
async def create(
    request: Request, writer: Writer, database: Store, now: Now, refresh: Refresh
) -> OwnSeriesAnswer:
    """Create a series of your own, described as you say; `POST /observations` then loads its
    figures.

    It is forecast, scored, and shown like any other once it has enough figures.
    """
    async with body_file(request, most_megabytes=MOST_MEGABYTES) as file:
        asked = parse_json(SeriesRequest, file.read())

    def create_in(database: Database) -> OwnSeriesAnswer:
        with database.writing() as session:
            return OwnSeriesAnswer.of(
                create_series(session, asked.key, asked.description(), now=now(), by=writer)
            )

    created = await asyncio.to_thread(create_in, database)
    refresh()
    return created


@router.patch(
    "/series/{key}",
    summary="Describe a series",
    responses=problems(
        UnknownSeries, BadParameter, SeriesOfRecord, TooLarge, StoreFailed, *_REFUSALS
    ),
    openapi_extra=_body(SeriesChanges, {"title": "Intakes of the shelters in El Paso"}),
)
async def describe(
    key: OwnKey, request: Request, writer: Writer, database: Store, now: Now, refresh: Refresh
) -> OwnSeriesAnswer:
    """Change the title, unit, parent, border, start of the year, official source, or note of a
    series. What the body leaves out stays as it is.

    Series of the bundled record keep their descriptions. Every change is written to a log.
    """
    async with body_file(request, most_megabytes=MOST_MEGABYTES) as file:
        asked = parse_json(SeriesChanges, file.read())

    def describe_in(database: Database) -> OwnSeriesAnswer:
        with database.writing() as session:
            return OwnSeriesAnswer.of(
                describe_series(session, key, asked.changes(), now=now(), by=writer)
            )

    described = await asyncio.to_thread(describe_in, database)
    refresh()
    return described


@router.delete(
    "/series/{key}",
    summary="Remove a series for good",
    responses=problems(
        UnknownSeries, BadParameter, SeriesOfRecord, SeriesHasParts, StoreFailed, *_REFUSALS
    ),
)
def remove(
    key: OwnKey, writer: Writer, database: Store, now: Now, refresh: Refresh
) -> RemovalAnswer:
    """Remove a series that was created by mistake, with its figures, forecasts, and scores. This
    cannot be undone.

    The figures of other series stay as they are. A release that gave figures for this series alone
    is retracted; one that gave others too keeps them. Both can be loaded again. The removal is
    written to a log. To correct figures, load them again or retract their release instead.
    """
    with database.writing() as session:
        answer = RemovalAnswer.of(remove_series(session, key, now=now(), by=writer))
    refresh()
    return answer
