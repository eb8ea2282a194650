"""What is selected of the versions of figures, and how rows of it become figures."""

from collections import defaultdict
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    bindparam,
    case,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from app.observations.observation import Observation, Qualifier, Status
from app.observations.publishers import OFFICIAL_SOURCES
from app.observations.tables import ObservationRow, ReleaseRow, SeriesRow
from forecasting import Month

FAR_FUTURE = date.max
FIRST_MONTH = Month.containing(date.min)

_STATUSES = {status.value: status for status in Status}  # faster than to call the classes
_QUALIFIERS = {qualifier.value: qualifier for qualifier in Qualifier}

Versions = Select[Month, int | None, str, str, int, str, date, int, str | None, str | None]


def _own_source(observation: type[ObservationRow]) -> ScalarSelect[str | None]:
    """The only official source of a figure's series, if it has one of its own."""
    return (
        select(SeriesRow.official_source)
        .where(SeriesRow.id == observation.series_id)
        .correlate(observation)
        .scalar_subquery()
    )


def version_columns(
    observation: type[ObservationRow], release: type[ReleaseRow]
) -> tuple[Any, ...]:
    """The columns of a version."""
    return (
        observation.period,
        observation.value,
        observation.status,
        observation.qualifier,
        observation.rounding_unit,
        release.source,
        observation.published_on,
        observation.release_id,
        observation.note,
        _own_source(observation).label("official_source"),
    )


VERSION = version_columns(ObservationRow, ReleaseRow)


def every_version(series_id: int, known_by: date) -> Versions:
    """What reads all that unretracted releases gave for a series, known on a day."""
    return every_version_statement().params(series_id=series_id, known_by=known_by)


@cache
def every_version_statement() -> Versions:
    """The statement of `every_version`, built once, with the parameters `series_id`, `known_by`."""
    return (
        select(*VERSION)
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(
            ObservationRow.series_id == bindparam("series_id"),
            ObservationRow.published_on <= bindparam("known_by"),
            ReleaseRow.retracted_at.is_(None),
        )
    )


def edge_of_series(known_by: date, *, newest: bool) -> ScalarSelect[Month]:
    """The first or last month of each series whose current figure has a value."""
    observation, release = aliased(ObservationRow), aliased(ReleaseRow)
    return (
        select(observation.period)
        .join(release, release.id == observation.release_id)
        .where(
            observation.series_id == SeriesRow.id,
            observation.value.is_not(None),
            observation.published_on <= known_by,
            release.retracted_at.is_(None),
            ~is_withdrawn(observation, release, known_by),
        )
        .order_by(observation.period.desc() if newest else observation.period)
        .limit(1)
        .correlate(SeriesRow)
        .scalar_subquery()
    )


def is_withdrawn(
    observation: type[ObservationRow], release: type[ReleaseRow], known_by: date
) -> ColumnElement[bool]:
    """Whether the source of a figure has said later, by a day, that there is none.

    The month then has a figure only if another source gives one: see `choose_current`.
    """
    later, its_release = aliased(ObservationRow), aliased(ReleaseRow)
    return (
        select(later.release_id)
        .join(its_release, its_release.id == later.release_id)
        .where(
            later.series_id == observation.series_id,
            later.period == observation.period,
            later.value.is_(None),
            later.published_on <= known_by,
            its_release.retracted_at.is_(None),
            _authority(later, its_release) == _authority(observation, release),
            _order_of_publication(later) > _order_of_publication(observation),
        )
        .exists()
    )


def _authority(observation: type[ObservationRow], release: type[ReleaseRow]) -> ColumnElement[str]:
    """The source of a figure; all that are not official count as one."""
    own = _own_source(observation)
    return case(
        (release.source == own, release.source),
        (own.is_not(None), ""),
        (release.source.in_(sorted(OFFICIAL_SOURCES)), release.source),
        else_="",
    )


def _order_of_publication(observation: type[ObservationRow]) -> ColumnElement[Any]:
    exact = case((observation.qualifier == Qualifier.EXACT.value, 1), else_=0)
    return tuple_(observation.published_on, exact, observation.release_id)


def versions_by_series(
    session: Session, wanted: Subquery, known_by: date
) -> dict[int, list[Observation]]:
    """All that unretracted releases gave for one month (`period`) of each series (`id`)."""
    statement = (
        select(ObservationRow.series_id, *VERSION)
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .join(
            wanted,
            (ObservationRow.series_id == wanted.c.id) & (ObservationRow.period == wanted.c.period),
        )
        .where(ObservationRow.published_on <= known_by, ReleaseRow.retracted_at.is_(None))
    )
    found: dict[int, list[Observation]] = defaultdict(list)
    for series_id, *version in session.execute(statement):
        found[series_id].append(_to_observation(*version))
    return found


def to_observations(session: Session, *statements: Versions) -> list[Observation]:
    """The rows of some statements as observations, oldest month first."""
    rows = (row for statement in statements for row in session.execute(statement))
    observations = [_to_observation(*row) for row in rows]
    return sorted(observations, key=lambda observation: observation.period.ordinal)


def _to_observation(
    period: Month,
    value: int | None,
    status: str,
    qualifier: str,
    unit: int,
    source: str,
    published_on: date,
    release: int,
    note: str | None,
    official_source: str | None,
) -> Observation:
    return Observation(
        period,
        value,
        _STATUSES[status],
        _QUALIFIERS[qualifier],
        unit,
        source,
        published_on,
        release,
        note,
        official_source,
    )
