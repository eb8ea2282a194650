"""Answers to reads: JSON or CSV as requested, with ETag and Last-Modified, 304 if unchanged."""

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.clock import Clock
from app.http.accept import choose_media_type
from app.http.csv_cells import neutralize_formulas
from app.http.encodings import GZIP, GZIP_LEVEL, is_compressible, preferred_encoding

CSV_MEDIA_TYPE = "text/csv; charset=utf-8"
TABLE_SUFFIX = ".csv"  # of the paths that answer with tables only
TOTAL_COUNT = "X-Total-Count"  # the header that other services tell the number of entries by

Table = tuple[Sequence[str], Iterable[Sequence[Any]]]  # column names, rows


class Format(StrEnum):
    """The format of an answer."""

    JSON = "json"
    CSV = "csv"


class ReadQuery(BaseModel):
    """Parameters of every read. An unknown parameter is an error, because it may be misspelled."""

    model_config = ConfigDict(extra="forbid")

    format: Format | None = Field(
        None,
        description="`json` (default) or `csv`. `Accept: text/csv` also selects CSV.",
    )


class FinishedAnswer(Response):
    """An answer as bytes, in one encoding and with its ETag; 304 to a caller who already has it.

    It can be sent any number of times. `lasting` is false if it holds for this moment only.
    """

    def __init__(
        self,
        body: bytes,
        media_type: str,
        *,
        etag: str,
        modified: datetime | None,
        headers: dict[str, str],
        lasting: bool,
    ) -> None:
        super().__init__(body, media_type=media_type, headers=headers)
        self.lasting = lasting
        self._etag = etag
        self._modified = modified
        unencoded = {name: text for name, text in headers.items() if name != "Content-Encoding"}
        self._headers_of_304 = Response(status_code=304, headers=unencoded).raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        current = has_current_copy(Headers(scope=scope), self._etag, self._modified)
        status = 304 if current else self.status_code
        headers = list(self._headers_of_304 if current else self.raw_headers)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if current else self.body})


def answer(
    request: Request,
    query: ReadQuery,
    document: BaseModel,
    table: Table,
    *,
    modified: datetime | None,
    name: str,
    lasting: bool = True,
    next_cursor: object | None = None,
    total: int | None = None,
) -> FinishedAnswer:
    """The document as JSON, the table as a CSV file, or 304 if the caller already has it.

    If there is a `next_cursor`, a Link header leads to the next page, also from a table. `total` is
    the number of entries in all pages of a list.
    """
    body, media_type, headers = render_body(request, query, document, table, name=name)
    if next_cursor is not None:
        following = request.url.include_query_params(cursor=str(next_cursor))
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    if total is not None:
        headers[TOTAL_COUNT] = str(total)
    return conditional_response(
        request, body, media_type, modified=modified, headers=headers, lasting=lasting
    )


def render_body(
    request: Request, query: ReadQuery, document: BaseModel, table: Table, *, name: str
) -> tuple[bytes, str, dict[str, str]]:
    """The document as JSON or the table as a CSV file: bytes, media type, and headers."""
    headers = {"Vary": "Accept"}
    if query.format is Format.CSV or (
        query.format is None and preferred_format(request) is Format.CSV
    ):
        headers["Content-Disposition"] = f'inline; filename="{name}.csv"'
        return csv_bytes(table), CSV_MEDIA_TYPE, headers
    return document.model_dump_json().encode(), "application/json", headers


def conditional_response(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    modified: datetime | None,
    headers: dict[str, str],
    lasting: bool = True,
) -> FinishedAnswer:
    """The body in the caller's encoding with its ETag, or 304 if the caller's copy is current.

    An answer that is `lasting` holds until the store or the day changes.
    """
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    etag = f'"{digest}"'
    headers = headers | {"Cache-Control": "no-cache"}
    if is_compressible(body, media_type):
        headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
        if preferred_encoding(request) == GZIP:
            # another representation, which needs another ETag: RFC 9110, 8.8.3.3
            etag = f'"{digest}-{GZIP}"'
            headers["Content-Encoding"] = GZIP
            body = gzip.compress(body, GZIP_LEVEL, mtime=0)
    headers["ETag"] = etag
    clock: Clock = request.app.state.clock
    modified = None if modified is None else _last_modified(modified, clock())
    if modified is not None:
        headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    return FinishedAnswer(
        body, media_type, etag=etag, modified=modified, headers=headers, lasting=lasting
    )


def describe_csv_response(description: str, example: str) -> dict[int | str, dict[str, Any]]:
    """The 200 answer's description with its CSV form, for an operation's OpenAPI document."""
    content = {"text/csv": {"schema": {"type": "string"}, "example": example}}
    unchanged = {"description": "Your copy is current (`If-None-Match` or `If-Modified-Since`)."}
    return {200: {"description": description, "content": content}, 304: unchanged}


def csv_bytes(table: Table) -> bytes:
    columns, rows = table
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(neutralize_formulas, rows))
    return text.getvalue().encode()


def _last_modified(changed: datetime, now: datetime) -> datetime | None:
    """The first whole second, in UTC, by which an answer was as it is; None if it is not over.

    This second may bring another change. At midnight a release that was recorded earlier may begin
    to count.
    """
    latest = max(changed, datetime.combine(now.astimezone(UTC), time(), UTC)).astimezone(UTC)
    whole = latest.replace(microsecond=0)
    end = whole if whole == latest else whole + timedelta(seconds=1)
    return end if end <= now else None


def preferred_format(request: Request) -> Format:
    """The format that the path or, if it does not say, the caller's `Accept` prefers; `format=`
    overrides both."""
    if request.url.path.endswith(TABLE_SUFFIX):
        return Format.CSV
    header = ", ".join(request.headers.getlist("accept"))
    chosen = choose_media_type(header, ("application/json", "text/csv"))
    return Format.CSV if chosen == "text/csv" else Format.JSON


def has_current_copy(headers: Headers, etag: str, modified: datetime | None) -> bool:
    """Whether a request says that the caller has what it asks for."""
    known = headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or etag in (
            tag.strip().removeprefix("W/") for tag in known.split(",")
        )
    since = headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, OverflowError):
        return False  # what is no date is to be ignored: RFC 9110, 13.1.3
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return modified <= moment


class HeadAsGet:
    """ASGI middleware: answers HEAD as GET, but without the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send(
                {**message, "body": b""} if message["type"] == "http.response.body" else message
            )

        await self._app({**scope, "method": "GET"}, receive, without_body)
