"""HTTP: loading figures, and retracting what was loaded by mistake."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Path, Query, Request, Response

from app.dependencies import Configured, Now, Refresh, Store
from app.errors import BadParameter, Fault, Problem, StoreFailed, StoreReadOnly, problems
from app.http.parameters import WholeNumber
from app.http.uploads import NoRoom, TooLarge, body_file
from app.keys.authorization import MissingScope, NoKey, TooManyWrongKeys, TooOften, Writer
from app.observations.ingest import ingest_file, ingest_submission
from app.observations.loading import BadFigures, LoadReport
from app.observations.loading_schemas import LoadAnswer, LoadQuery, RetractionAnswer
from app.observations.retraction import UnknownRelease, retract
from app.observations.submissions import read_submission, submission_schema
from app.storage.database import Database

router = APIRouter(tags=["Loading"])

JSON, CSV = "application/json", "text/csv"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN_WORKBOOK = "application/vnd.oasis.opendocument.spreadsheet"
_KINDS = (JSON, CSV, WORKBOOK, OPEN_WORKBOOK)
ReleaseNumber = Annotated[int, WholeNumber(1, 2**31 - 1, example=17)]
_REFUSALS = (NoKey, MissingScope, TooOften, TooManyWrongKeys, StoreReadOnly)


class UnsupportedMediaType(Problem):
    """The service does not read bodies of this type.

    `Content-Type` must state JSON, CSV, or a workbook.
    """

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = "Unsupported media type"


_KNOWN_BEFORE: dict[int | str, dict[str, Any]] = {
    200: {"model": LoadAnswer, "description": "The same content was loaded before."}
}
_TIDY = "series,period,value,status,qualifier\nusbp.southwest,2024-04,129000,U,about\n"
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A release and its figures as JSON, or a file as published: tidy CSV, "
        "CBP's CSV exports, either of OHSS's monthly workbooks, Frontex's "
        "workbook, or the Home Office's .ods file.",
        "content": {
            JSON: {
                "schema": submission_schema(),
                "examples": {
                    "vague": {
                        "summary": "A figure that a newspaper got from an unnamed person",
                        "value": {
                            "release": {
                                "source": "press",
                                "title": "Expected count for April",
                                "published_on": "2024-05-07",
                            },
                            "observations": [
                                {
                                    "series": "usbp.southwest",
                                    "period": "2024-04",
                                    "value": 129000,
                                    "status": "U",
                                    "qualifier": "about",
                                }
                            ],
                        },
                    }
                },
            },
            CSV: {
                "schema": {"type": "string"},
                "examples": {"tidy": {"summary": "Tidy CSV", "value": _TIDY}},
            },
            WORKBOOK: {"schema": {"type": "string", "format": "binary"}},
            OPEN_WORKBOOK: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "/observations",
    summary="Load figures",
    status_code=HTTPStatus.CREATED,
    responses=_KNOWN_BEFORE
    | problems(
        BadFigures, BadParameter, TooLarge, UnsupportedMediaType, StoreFailed, NoRoom, *_REFUSALS
    ),
    openapi_extra=_BODY,
)
async def load_observations(
    request: Request,
    response: Response,
    query: Annotated[LoadQuery, Query()],
    writer: Writer,
    database: Store,
    now: Now,
    settings: Configured,
    refresh: Refresh,
) -> LoadAnswer:
    """Record one release, completely or not at all. Figures are in encounters per calendar month.

    Nothing is overwritten: histories show the current figure by the rules, and every other version
    stays. The call is idempotent: loading the same content again changes nothing and answers 200.
    If anything is wrong, nothing is recorded, and a problem document lists the wrong places (the
    first 100).
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _KINDS:
        expected = f"{JSON}, {CSV}, or, for workbooks, {WORKBOOK} or {OPEN_WORKBOOK}"
        raise UnsupportedMediaType(f"The body is {kind or 'of no stated type'}. Send {expected}.")
    async with body_file(request, most_megabytes=settings.largest_body_mb) as file:
        handed_in = _submitted if kind == JSON else _file
        report = await asyncio.to_thread(handed_in, database, file, query, now(), writer)
    if report.known_before:
        response.status_code = HTTPStatus.OK
    refresh()
    return LoadAnswer.of(report)


@router.post(
    "/releases/{release}/retraction",
    summary="Retract a release",
    responses=problems(UnknownRelease, BadParameter, StoreFailed, *_REFUSALS),
)
def retract_release(
    release: Annotated[ReleaseNumber, Path(description="Number of the release.", examples=[17])],
    writer: Writer,
    database: Store,
    now: Now,
    refresh: Refresh,
) -> RetractionAnswer:
    """Remove a release from every history from now on.

    The store keeps it and shows it as retracted. The call is idempotent.
    """
    with database.writing() as session:
        answer = RetractionAnswer.of(*retract(session, release, now=now()))
    refresh()
    return answer


def _submitted(
    database: Database, file: BinaryIO, query: LoadQuery, now: datetime, by: str
) -> LoadReport:
    superfluous = query.model_dump(exclude={"create"}, exclude_none=True)
    if superfluous:
        raise BadParameter(
            *(
                Fault(name, str(given), "no value, because JSON states it in `release`")
                for name, given in superfluous.items()
            )
        )
    return ingest_submission(database, read_submission(file), create=query.create, now=now, by=by)


def _file(
    database: Database, file: BinaryIO, query: LoadQuery, now: datetime, by: str
) -> LoadReport:
    if query.source is None or query.published_on is None:
        missing = [name for name in ("source", "published_on") if getattr(query, name) is None]
        raise BadParameter(
            *(Fault(name, None, "a value, because files do not state it") for name in missing)
        )
    return ingest_file(
        database,
        file,
        source=query.source,
        published_on=query.published_on,
        title=query.title,
        url=query.url,
        create=query.create,
        now=now,
        by=by,
    )
