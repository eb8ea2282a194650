"""Creating and describing a publisher's own series, in the caller's transaction."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from app.errors import BadParameter, Fault, Problem
from app.observations import store as observations
from app.observations.bundled_record import BundledRecord
from app.observations.loading import EXPECTED_KEY, is_series_key
from app.observations.observation import NewSeries
from app.observations.queries import require_series
from app.observations.tables import SeriesRow
from app.series import store
from app.storage.database import Session
from forecasting import Month

CREATED, DESCRIBED, REMOVED = "created", "described", "removed"
DIMENSION = "other"  # of a series that a publisher creates


class SeriesExists(Problem):
    """A series has this key already. `PATCH /series/{key}` changes what is said of it."""

    status = HTTPStatus.CONFLICT
    title = "The series exists"


class SeriesOfRecord(Problem):
    """The series belongs to the bundled record, which describes it; only series that were created
    later can be described otherwise or removed."""

    status = HTTPStatus.CONFLICT
    title = "A series of the bundled record"


@dataclass(frozen=True, slots=True)
class SeriesDescription:
    """What a publisher says of a series; None if it says nothing.

    parent: key of the series that it is a part of
    year_start: month in which its years begin, 1 to 12; None takes it from the parent
    official_source: the only source whose figures of it are official
    """

    title: str
    unit: str
    parent: str | None = None
    border: str | None = None
    year_start: int | None = None
    official_source: str | None = None
    note: str | None = None


def create_series(
    session: Session, key: str, description: SeriesDescription, *, now: datetime, by: str
) -> SeriesRow:
    """Create a series without figures.

    Raises SeriesExists, or BadParameter for a key that none can have and an unknown parent.
    """
    observations.lock_observations(session)
    if not is_series_key(key):
        raise BadParameter(Fault("key", key, EXPECTED_KEY))
    if observations.find_series(session, key) is not None:
        raise SeriesExists(
            f"A series has the key {key!r} already. PATCH /series/{key} changes its description."
        )
    parent = _find_parent(session, key, description.parent)
    new = _new_series(key, DIMENSION, description)
    observations.add_series(session, new, parent_id=None if parent is None else parent.id)
    series = require_series(session, key)
    store.add_log_entry(session, CREATED, series, at=now, by=by, details=_told(description))
    return series


def describe_series(
    session: Session, key: str, changes: dict[str, Any], *, now: datetime, by: str
) -> SeriesRow:
    """Change what is said of a series: the named fields of SeriesDescription, and no others.

    Raises UnknownSeries, SeriesOfRecord, or BadParameter for an unknown parent.
    """
    observations.lock_observations(session)
    series = require_own_series(session, key)
    before = describe(series)
    after = replace(before, **changes)
    if after == before:
        return series
    parent = _find_parent(session, key, after.parent)
    series.parent_id = None if parent is None else parent.id
    session.flush()
    session.expire(series, ["parent"])
    kept = _new_series(key, series.dimension, after)
    observations.update_description(
        session,
        series,
        replace(
            kept,
            ended=series.ended,
            resumable=series.resumable,
            covariate=series.covariate,
            fewest_figures=series.fewest_figures,
            breaks=tuple(Month.parse(period) for period in series.breaks),
        ),
    )
    store.add_log_entry(
        session,
        DESCRIBED,
        series,
        at=now,
        by=by,
        details={"before": _told(before), "after": _told(after)},
    )
    return series


def require_own_series(session: Session, key: str) -> SeriesRow:
    """The series of a key. Raises UnknownSeries, or SeriesOfRecord if the record has brought it."""
    series = require_series(session, key)
    if key in bundled_keys():
        raise SeriesOfRecord(
            f"{key} belongs to the bundled record. Only series that were created later can be "
            "described otherwise or removed."
        )
    return series


def describe(series: SeriesRow) -> SeriesDescription:
    """What is said of a series now."""
    return SeriesDescription(
        title=series.title,
        unit=series.unit,
        parent=None if series.parent is None else series.parent.key,
        border=series.border,
        year_start=series.year_start,
        official_source=series.official_source,
        note=series.note,
    )


@cache
def bundled_keys() -> frozenset[str]:
    """The keys of the bundled record."""
    return frozenset(series.key for series in BundledRecord().series())


def _new_series(key: str, dimension: str, description: SeriesDescription) -> NewSeries:
    return NewSeries(
        key,
        title=description.title,
        unit=description.unit,
        parent=description.parent,
        dimension=dimension,
        note=description.note,
        border=description.border,
        year_start=description.year_start,
        official_source=description.official_source,
    )


def _find_parent(session: Session, key: str, parent_key: str | None) -> SeriesRow | None:
    """The parent that a series is given. Raises BadParameter if it cannot have it."""
    if parent_key is None:
        return None
    parent = observations.find_series(session, parent_key)
    above, seen = parent, set[str]()
    while above is not None and above.key != key and above.key not in seen:
        seen.add(above.key)
        above = above.parent
    if parent is None or above is not None:
        expected = "the key of a known series that is not this one or a part of it"
        raise BadParameter(Fault("parent", parent_key, expected))
    return parent


def _told(description: SeriesDescription) -> dict[str, Any]:
    return {each.name: getattr(description, each.name) for each in fields(description)}
