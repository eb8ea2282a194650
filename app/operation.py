"""HTTP for whoever runs the service: is it alive, can it answer, and what do its problems mean."""

import inspect
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from app.dependencies import Store, Workers
from app.errors import NotReady, Problem, StoreBusy, StoreDamaged, StoreFailed, problems
from app.execution.dask_workers import DaskWorkers
from app.observations import store
from app.storage.database import newest_revision

router = APIRouter(tags=["Operation"])


class Health(BaseModel):
    """The service's own state."""

    status: str = Field(description="`ok`", examples=["ok"])


@router.get("/health", summary="Check that the service is alive")
async def health() -> Health:
    """Answers while the process runs, whatever the state of the store.

    Use it to restart a process that hangs.
    """
    return Health(status="ok")


@router.get("/ready", summary="Check that the service can answer", responses=problems(NotReady))
def ready(database: Store, workers: Workers) -> Health:
    """Answers 200 if the store can be reached, has the tables that this version needs, and has
    figures, and if the Dask scheduler, if there is one, answers. Use it to decide when to send
    traffic."""
    try:
        database.require_whole()
        revision = database.revision()
    except StoreFailed as error:
        raise NotReady("The store cannot be reached. Check BORDERCAST_DATABASE_URL.") from error
    except (StoreDamaged, StoreBusy) as error:
        raise NotReady(error.detail, headers=error.headers) from error
    if revision != newest_revision():
        raise NotReady(
            f"The store is at revision {revision}, but this version needs "
            f"{newest_revision()}. Run bordercast db upgrade."
        )
    with database.reading() as session:
        if store.is_empty(session):
            raise NotReady("The store has no figures. Run bordercast load.")
    if isinstance(workers, DaskWorkers) and not workers.connected:
        raise NotReady(
            f"The Dask scheduler at {workers.address} does not answer. Start it again; stored "
            "forecasts are served meanwhile, and the service connects by itself."
        )
    return Health(status="ok")


@router.get("/problems/{kind}", include_in_schema=False)
async def problem(kind: str) -> Response:
    """What a kind of problem means. Problem documents give this address as their type."""
    meanings = {known.slug(): known for known in Problem.__subclasses__()}
    if kind not in meanings:
        return PlainTextResponse(
            "Kinds of problems: " + ", ".join(sorted(meanings)), HTTPStatus.NOT_FOUND
        )
    return PlainTextResponse(f"{meanings[kind].title}\n\n{inspect.getdoc(meanings[kind])}")
