"""Errors for callers, as problem documents (RFC 9457)."""

import difflib
import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

PROBLEM_JSON = "application/problem+json"
AFTER_STORE_FAILURE_SECONDS = 30
AFTER_BUSY_STORE_SECONDS = 5
AFTER_LOST_WORKERS_SECONDS = 10
LONGEST_ECHO = 200  # characters of a caller's own input that a message repeats
MOST_FAULTS = 100  # that one answer lists


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem with a request: where it is, what was given, and what was expected."""

    parameter: str
    given: Any
    expected: str

    def __str__(self) -> str:
        return f"{self.parameter} is {_shown(self.given)}, expected {self.expected}"


class Problem(Exception):
    """An error that a person can act on.

    Subclasses are the kinds; their names give the addresses of the types.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY
    title: ClassVar[str]

    def __init__(
        self,
        detail: str,
        *,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.extra = extra

    def __reduce__(self) -> tuple[Any, ...]:
        """Workers raise problems, too: a copy is restored without its class's own arguments."""
        return _restore_problem, (type(self), self.args, self.__dict__)

    @classmethod
    def slug(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()


def _restore_problem(kind: type[Problem], args: tuple[Any, ...], state: dict[str, Any]) -> Problem:
    problem = kind.__new__(kind, *args)
    problem.__dict__.update(state)
    return problem


class BadParameter(Problem):
    """A parameter is not valid.

    `errors` names each one, what the request gave, and what the service expects.
    """

    title = "Bad parameter"

    def __init__(self, *faults: Fault) -> None:
        shown = faults[:MOST_FAULTS]
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        super().__init__(f"{'; '.join(map(str, shown))}{more}.", faults=shown)


class UnknownSeries(Problem):
    """No series has this key. `did_you_mean` lists the nearest keys; `GET /series` lists all."""

    status = HTTPStatus.NOT_FOUND
    title = "Unknown series"

    def __init__(self, key: str, known: Iterable[str]) -> None:
        nearest = nearest_keys(key, known)
        hint = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
        super().__init__(
            f"No series has the key {_shown(key)}.{hint} GET /series lists all keys.",
            faults=[Fault("series", key, "the key of a series")],
            did_you_mean=nearest,
        )


class BeforeFirstFullRelease(Problem):
    """`as_of` is earlier than the first release that covers the history of the series.

    Nothing was known at that time.
    """

    title = "Before the first full release"

    def __init__(self, key: str, as_of: date, first: date) -> None:
        super().__init__(
            f"The history of {key} was first published on {first}. Use as_of={first} or later.",
            faults=[Fault("as_of", as_of.isoformat(), f"{first} or later")],
        )
        self.key = key
        self.first = first


class TooShortHistory(Problem):
    """The series has too few figures, as known at that time, to fit the model."""

    title = "History too short"


class SeriesHasEnded(Problem):
    """The series has ended and is no longer forecast. Its history remains available."""

    title = "The series has ended"


class CovariateNotForecast(Problem):
    """The series explains counts and is none, so it is not forecast; its history remains
    available."""

    title = "A covariate is not forecast"


class StillComputing(Problem):
    """A first computation is taking longer than a request may wait.

    It continues; try again after the time in `Retry-After`.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Still computing"

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(
            f"The forecast is still being computed. Try again in {retry_after_seconds} seconds.",
            headers={"Retry-After": str(retry_after_seconds)},
        )


class TooBusy(Problem):
    """So many readers ask for things that have to be computed that more of them cannot wait.

    Answers that are stored are still given. Try again after the time in `Retry-After`.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Too busy"

    def __init__(self, what: str, retry_after_seconds: int) -> None:
        super().__init__(
            f"Too many {what} are waiting to be computed. Try again in {retry_after_seconds} "
            "seconds; whatever is stored is still answered.",
            headers={"Retry-After": str(retry_after_seconds)},
        )


class WorkersUnavailable(Problem):
    """The Dask scheduler that computes forecasts does not answer.

    Stored forecasts are still served. The service connects again when the scheduler is back; try
    again after the time in `Retry-After`.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Workers unavailable"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"The Dask scheduler at {address} does not answer, so nothing new can be computed. "
            f"Start it again; the service connects by itself. Try again in "
            f"{AFTER_LOST_WORKERS_SECONDS} seconds.",
            headers={"Retry-After": str(AFTER_LOST_WORKERS_SECONDS)},
        )


class ChartsNotInstalled(Problem):
    """This installation lacks the packages that charts need.

    Run `pip install 'bordercast[charts]'`.
    """

    status = HTTPStatus.NOT_IMPLEMENTED
    title = "Charts are not installed"


class NotReady(Problem):
    """The service is running but cannot answer yet. `detail` says what is missing."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Not ready"


class StoreFailed(Problem):
    """The service cannot use its store, for example because the disk is full or the database server
    is down. Nothing was recorded. Send the request again when the problem is fixed."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The store failed"

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The service cannot use its store, and nothing was recorded. The disk may be "
            "full, or the database server may be down; the log of the service has the "
            "reason. Send the request again when the problem is fixed.",
            headers={"Retry-After": str(AFTER_STORE_FAILURE_SECONDS)},
        )
        self.reason = reason


class StoreDamaged(Problem):
    """The file of the store is damaged, and nothing was recorded.

    The operator has to restore a backup.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The store is damaged"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The store is damaged ({reason}). Stop the service, move the file of the store away, "
            "and restore a backup with bordercast db restore.",
            headers={"Retry-After": str(AFTER_STORE_FAILURE_SECONDS)},
        )


class StoreBusy(Problem):
    """So many requests are reading or writing that none of the service's connections to its store
    became free in time. Nothing was recorded. Send the request again after the time in
    `Retry-After`."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The store is busy"

    def __init__(self) -> None:
        super().__init__(
            "All connections of the service to its store are in use, and nothing was recorded. "
            f"Send the request again in {AFTER_BUSY_STORE_SECONDS} seconds.",
            headers={"Retry-After": str(AFTER_BUSY_STORE_SECONDS)},
        )


class StoreReadOnly(Problem):
    """The service may read its store but not write it, so it serves and loads nothing.

    Send what is to be loaded to a service that may write.
    """

    status = HTTPStatus.FORBIDDEN
    title = "Read-only store"

    def __init__(self) -> None:
        super().__init__(
            "The store may be read here but not written, so nothing was recorded. Send this to a "
            "service that may write the store, or have its operator give this one the permission."
        )


STORE_PROBLEMS = (StoreFailed, StoreDamaged, StoreBusy)
"""What no request causes: the store cannot be used now."""


class FaultReport(BaseModel):
    """One problem with a request."""

    parameter: str = Field(description="Name of the parameter, or path of the field in the body.")
    given: Any = Field(description="What the request gave.")
    expected: str = Field(description="What the service expects instead.")


class ProblemDocument(BaseModel):
    """An error as defined in RFC 9457. `detail` says what to do about it."""

    type: str = Field(description="Address that describes this kind of problem.")
    title: str = Field(description="The kind of problem, in words.")
    status: int = Field(description="The HTTP status code.")
    detail: str = Field(description="What was wrong and what to do next.")
    errors: list[FaultReport] | None = Field(
        None, description="Each wrong parameter, if parameters are wrong."
    )
    did_you_mean: list[str] | None = Field(
        None, description="The nearest keys, for an unknown series."
    )


def nearest_keys(key: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Known keys that resemble `key`, by spelling and by the names they are made of, best first."""
    key = key[:LONGEST_ECHO]  # comparing takes time in proportion to its length squared
    words = set(re.split(r"[.\-_/ ]+", key.lower()))

    def likeness(candidate: str) -> float:
        spelling = difflib.SequenceMatcher(None, key.lower(), candidate).ratio()
        return spelling + 0.5 * len(words & set(re.split(r"[.\-]+", candidate))) / len(words)

    ranked = sorted(known, key=lambda candidate: (-likeness(candidate), candidate))
    return [candidate for candidate in ranked[:most] if likeness(candidate) > 0.5]


def fault(kind: str, location: Sequence[str | int], given: Any, message: str) -> Fault:
    """A validation error of Pydantic's, in our words. `location` begins with `query` or `body`."""
    where, *place = map(str, location)
    return Fault(
        parameter=place[0] if where == "query" else ".".join(place) or where,
        given=None if kind == "missing" else _json_safe(given),
        expected=_EXPECTED.get(kind, message.removeprefix("Input should be ")),
    )


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that can end in these problems, for its OpenAPI document."""
    described: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        known = described.setdefault(
            kind.status.value,
            {"description": "", "content": {PROBLEM_JSON: {"schema": _SCHEMA, "examples": {}}}},
        )
        known["description"] = " ".join(filter(None, [known["description"], f"{kind.title}."]))
        known["content"][PROBLEM_JSON]["examples"][kind.slug()] = {
            "summary": kind.title,
            "description": inspect.getdoc(kind),
        }
    return described


def install(app: FastAPI) -> None:
    """Answer every error with a problem document, and describe these in the OpenAPI document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    plain = app.openapi

    def with_problems() -> dict[str, Any]:
        document = plain()
        schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        known = {**schema.pop("$defs"), ProblemDocument.__name__: schema}
        document.setdefault("components", {}).setdefault("schemas", {}).update(known)
        return document

    app.openapi = with_problems  # type: ignore[method-assign]  # the way FastAPI's manual gives


_EXPECTED = {
    "missing": "a value, because it is required",
    "int_parsing": "a whole number",
    "bool_parsing": "true or false",
    "extra_forbidden": "no parameter with this name; /docs lists the valid ones",
}
_SCHEMA = {"$ref": "#/components/schemas/ProblemDocument"}


async def _problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    body: dict[str, Any] = {
        "type": f"/problems/{error.slug()}",
        "title": error.title,
        "status": error.status.value,
        "detail": error.detail,
        **error.extra,
    }
    if error.faults:
        body["errors"] = [
            {"parameter": fault.parameter, "given": _echo(fault.given), "expected": fault.expected}
            for fault in error.faults
        ]
    return JSONResponse(body, error.status.value, error.headers, PROBLEM_JSON)


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return await _problem(
        request,
        BadParameter(
            *(
                fault(found["type"], found["loc"], found.get("input"), found["msg"])
                for found in error.errors()
            )
        ),
    )


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    hint = {
        HTTPStatus.NOT_FOUND: "There is nothing at this address. /docs lists the valid ones.",
        HTTPStatus.METHOD_NOT_ALLOWED: (
            "This address does not accept this method. /docs lists the methods that it accepts."
        ),
    }.get(status, str(error.detail))
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": hint}
    return JSONResponse(body, status.value, error.headers, PROBLEM_JSON)


async def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    """A defect of ours.

    The traceback goes to the log; the caller learns that the request was not at fault.
    """
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = (
        "The service failed to answer this request. Its log has the reason. You may send "
        "the request again."
    )
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JSONResponse(body, status.value, media_type=PROBLEM_JSON)


def _json_safe(given: Any) -> Any:
    return given if isinstance(given, str | int | bool | None) else str(given)


def _echo(given: Any) -> Any:
    """What was given, cut so that the answer stays short."""
    safe = _json_safe(given)
    return safe if len(str(safe)) <= LONGEST_ECHO else f"{str(safe)[:LONGEST_ECHO]}…"


def _shown(given: Any) -> str:
    text = repr(given) if given is not None else "missing"
    return text if len(text) <= LONGEST_ECHO else text[:LONGEST_ECHO] + "…"
