"""Which series may have something to score: those whose figures have changed since a look before.

A look remembers which releases counted and which forecasts there were, so that the next one need
not go through every series.
"""

from dataclasses import dataclass
from datetime import date
from typing import Self

from app.forecasts import store as forecasts
from app.observations import store
from app.storage.database import Session


@dataclass(frozen=True, slots=True)
class ScoringState:
    """What scores followed from at a look.

    newest, recorded: the number of the last release, and how many there were
    done: how much was done to series themselves
    live: the number of the last live forecast
    """

    day: date
    newest: int
    recorded: int
    retracted: frozenset[int]
    done: int
    live: int

    @classmethod
    def read(cls, session: Session, *, today: date) -> Self:
        newest, recorded, _, done = store.release_stamp(session)
        retracted = store.retracted_releases(session)
        live = forecasts.newest_live_forecast_id(session)
        return cls(today, newest, recorded, retracted, done, live)


def find_changed_series(
    session: Session, before: ScoringState, now: ScoringState
) -> set[int] | None:
    """The ids of the series that releases, retractions, or forecasts since have to do with.

    None if it must be every series: the releases of `before` are not those of this store, as after
    a backup was restored.
    """
    added = store.releases_after(session, before.newest)
    if before.recorded + len(added) != now.recorded or now.day < before.day:
        return None
    if not before.retracted <= now.retracted or now.live < before.live:
        return None
    begun = store.releases_published_within(session, before.day, now.day)
    releases = {*added, *begun, *(now.retracted - before.retracted)}
    changed = store.series_of_releases(session, releases)
    return changed | forecasts.series_of_live_forecasts_after(session, before.live)
