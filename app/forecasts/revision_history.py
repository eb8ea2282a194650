"""What a source's past says of its figures: how far they were from what they became.

It is learned from what was published before the month in which a series' newest figure was: from
the series' own figures, shrunk to those of the series that have parts (regions and components), and
these to all sources together. So nothing published later can leak into an `as_of`, neither time nor
a load of other series makes a forecast out of date, and series whose figures come in the same month
share what is learned.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Condition

import numpy as np
from cachetools import LRUCache, cached

from app.observations import store
from app.observations.observation import Observation, Status
from app.storage.database import Session
from forecasting import Month
from forecasting.measurement.revisions import RevisionDistribution, learn_revisions_by_age

NOT_FINAL = {Status.PROVISIONAL, Status.ESTIMATED, Status.LOW_RELIABILITY, Status.UNVALIDATED}

AGE_EDGES = (2, 3, 6)
"""Months from a figure's month to its publication at which revisions become smaller: first
published values come in the month after, the next release restates some of them, and after half a
year few move."""

_REMEMBERED = 500

ByAge = tuple[RevisionDistribution, ...]


@dataclass(frozen=True, slots=True)
class RevisionDistributions:
    """Revision errors by source and age, and those of a source of which nothing is known."""

    by_source: Mapping[str, ByAge]
    otherwise: ByAge

    def for_source(self, source: str) -> ByAge:
        return self.by_source.get(source, self.otherwise)


def revisions_for(
    session: Session, series_id: int, *, newest_figure: date
) -> RevisionDistributions:
    """What the past says about a series whose newest figure was published on `newest_figure`.

    Series of other borders say nothing about it. Remembered until a release that was
    known then is recorded or retracted.
    """
    known_by = newest_figure.replace(day=1) - timedelta(days=1)
    parents = _parents_within(session, store.border_of(session, series_id))
    return _learn_own_history(session, known_by, series_id, parents)


@cached(LRUCache(_REMEMBERED), key=store.releases_cache_key, condition=Condition())
def _parents_within(session: Session, border: str) -> tuple[int, ...]:
    return tuple(store.parents_within(session, border))


@cached(LRUCache(_REMEMBERED), key=store.known_releases_cache_key, condition=Condition())
def _learn_own_history(
    session: Session, known_by: date, series_id: int, parents: tuple[int, ...]
) -> RevisionDistributions:
    versions = store.versions(session, series_id, as_of=known_by)
    return learn_revision_history([versions], _learn_common_history(session, known_by, parents))


@cached(LRUCache(_REMEMBERED), key=store.known_releases_cache_key, condition=Condition())
def _learn_common_history(
    session: Session, known_by: date, parents: tuple[int, ...]
) -> RevisionDistributions:
    """What the series that have parts say together."""
    return learn_revision_history(
        store.versions(session, parent, as_of=known_by) for parent in parents
    )


def learn_revision_history(
    histories: Iterable[Iterable[Observation]], pool: RevisionDistributions | None = None
) -> RevisionDistributions:
    """Revision errors by source from every known version of some series, shrunk to `pool`.

    Each history is in the order of publication. A figure that was not final and said exactly is
    compared with the newest one of its own source or, where it is not official, with the newest
    official one. Months with one version only say nothing.
    """
    ages: dict[str, list[int]] = defaultdict(list)
    changes: dict[str, list[float]] = defaultdict(list)
    for versions in histories:
        for observation, change in _revised(versions):
            ages[observation.source].append(publication_lag(observation))
            changes[observation.source].append(change)
    if pool is None:
        all_ages = [one for source in ages.values() for one in source]
        all_changes = [one for source in changes.values() for one in source]
        pool = RevisionDistributions({}, learn_revisions_by_age(all_ages, all_changes, AGE_EDGES))
    by_source = {
        source: learn_revisions_by_age(
            ages[source], changes[source], AGE_EDGES, pool.for_source(source)
        )
        for source in ages
    }
    return RevisionDistributions({**pool.by_source, **by_source}, pool.otherwise)


def publication_lag(observation: Observation) -> int:
    """Months from a figure's month to its publication."""
    return Month.containing(observation.published_on) - observation.period


def _revised(versions: Iterable[Observation]) -> Iterator[tuple[Observation, float]]:
    """Every provisional figure above 0 with the log of what it became relative to it."""
    newest: dict[tuple[str, Month], Observation] = {}
    provisional = []
    for observation in versions:
        if observation.vague or not observation.value:
            continue
        newest[observation.source, observation.period] = observation
        if observation.official:
            newest["", observation.period] = observation
        if observation.status in NOT_FINAL and observation.status is not Status.LOW_RELIABILITY:
            provisional.append(observation)
    for observation in provisional:
        later = newest.get((observation.source if observation.official else "", observation.period))
        if later is not None and later.published_on > observation.published_on:
            values = np.array([observation.value, later.value], dtype=float)
            yield observation, float(np.diff(np.log(values))[0])
