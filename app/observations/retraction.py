"""Retracting a release loaded by mistake: it stays, shown as such, and no history uses it."""

from datetime import datetime
from http import HTTPStatus

from app.errors import Problem
from app.observations import store
from app.observations.changes import Changes, ChangeTracker
from app.observations.tables import ReleaseRow
from app.storage.database import Session


class UnknownRelease(Problem):
    """No release has the id. `GET /releases` lists them."""

    status = HTTPStatus.NOT_FOUND
    title = "Unknown release"


def retract(session: Session, release_id: int, *, now: datetime) -> tuple[ReleaseRow, Changes]:
    """Retract a release in the caller's transaction and say what that changes.

    Twice is as good as once.

    Raises UnknownRelease.
    """
    store.lock_observations(session)
    release = store.release(session, release_id)
    if release is None:
        raise UnknownRelease(f"No release has the id {release_id}. GET /releases lists them.")
    if release.retracted_at is not None:
        return release, Changes()
    touched = store.series_of_release(session, release_id)
    before = {key: store.history(session, series_id) for key, series_id in touched.items()}
    store.mark_retracted(session, release, retracted_at=now)
    store.recompute_first_full_releases(session, touched.values())
    tracker = ChangeTracker(session)
    for key, series_id in touched.items():
        tracker.compare(key, before[key], store.history(session, series_id))
    return release, tracker.changes()
