"""All events of the store, or of one series, newest first."""

from collections.abc import Sequence
from datetime import datetime

from app.alerts.event import Event, newest_first
from app.alerts.moved_forecasts import find_moved_forecasts
from app.alerts.releases import find_release_events
from app.alerts.surprise_events import find_surprise_events
from app.forecasts.specification import Specification
from app.observations.tables import SeriesRow
from app.storage.database import Session

MOST_EVENTS = 50
"""Entries of a feed."""


def find_events(
    session: Session,
    series: Sequence[SeriesRow | None],
    specification: Specification,
    *,
    since: datetime | None = None,
    limit: int = MOST_EVENTS,
) -> list[Event]:
    """What happened last after an instant (default: ever), newest first.

    Parameters
    ----------
    session : Session
        The store.
    series : sequence of SeriesRow or None
        The series to look at; None stands for all of them and for releases as a whole.
    specification : Specification
        How the forecasts that are compared are made.
    since : datetime, optional
        Events of this instant itself are left out.
    limit : int
        How many events at most, and how many releases are looked at for each of `series`.

    Returns
    -------
    list of Event
        At most `limit`, newest first.
    """
    found = [
        event
        for one in series
        for event in (
            *find_release_events(session, one, limit=limit),
            *find_moved_forecasts(session, one, specification),
            *find_surprise_events(session, one, specification.model),
        )
        if since is None or event.at > since
    ]
    return newest_first(found)[:limit]
