"""HTTP for whoever runs the service: is it alive, can it answer, and what do its problems mean."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError

from app.dependencies import Store
from app.errors import NotReady, Problem, problems
from app.observations import store
from app.storage.database import newest_revision

router = APIRouter(tags=["Operation"])


class Health(BaseModel):
    """The service's own state."""

    status: str = Field(description="`ok`", examples=["ok"])


@router.get("/health", summary="Is the service alive?")
async def health() -> Health:
    """Answers as long as the process does, whatever the state of the store: for restarting what
    hangs."""
    return Health(status="ok")


@router.get("/ready", summary="Can the service answer?", responses=problems(NotReady))
def ready(database: Store) -> Health:
    """Answers 200 where the store can be reached, has the tables that this version expects and
    holds figures: for sending traffic."""
    try:
        revision = database.revision()
    except OperationalError as error:
        raise NotReady("The store cannot be reached: check BORDERCAST_DATABASE_URL.") from error
    if revision != newest_revision():
        raise NotReady(
            f"The store is at revision {revision} and "
            f"{newest_revision()} is needed: bordercast db upgrade"
        )
    with database.reading() as session:
        if store.is_empty(session):
            raise NotReady("The store holds no figures: bordercast load")
    return Health(status="ok")


@router.get("/problems/{kind}", include_in_schema=False)
async def problem(kind: str) -> Response:
    """What a kind of problem means, at the address that its documents give as their type."""
    meanings = {known.slug(): known for known in Problem.__subclasses__()}
    if kind not in meanings:
        return PlainTextResponse(
            "Kinds of problems: " + ", ".join(sorted(meanings)), HTTPStatus.NOT_FOUND
        )
    return PlainTextResponse(f"{meanings[kind].title}\n\n{meanings[kind].__doc__}")
