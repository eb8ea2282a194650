"""Releases: which there are, what they change, and one more or less of them."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from datetime import date, datetime
from functools import cache

from cachetools.keys import hashkey
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.observations.store.version_rows import FAR_FUTURE
from app.observations.tables import ObservationRow, ReleaseRow, SeriesLogRow, SeriesRow

_FIGURES = 0xB0DE  # names the lock among others on the same PostgreSQL database


def lock_observations(session: Session) -> None:
    """Until the transaction ends, let nobody else record or retract: what a release changes can
    then be told, releases appear in the order of their numbers, and none waits for another in a
    circle."""
    if session.connection().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(_FIGURES)))


def is_empty(session: Session) -> bool:
    """Whether no release was ever recorded."""
    return session.scalar(select(ReleaseRow.id).limit(1)) is None


def find_release(
    session: Session, source: str, published_on: date, checksum: str
) -> ReleaseRow | None:
    """The release of this content, unless it was retracted."""
    return session.scalar(
        select(ReleaseRow).where(
            ReleaseRow.source == source,
            ReleaseRow.published_on == published_on,
            ReleaseRow.checksum == checksum,
            ReleaseRow.retracted_at.is_(None),
        )
    )


def count_releases_of_day(session: Session, source: str, published_on: date) -> int:
    """How many releases of a source and day there are, retracted ones too."""
    of_day = ReleaseRow.source == source, ReleaseRow.published_on == published_on
    return session.scalar(select(func.count()).select_from(ReleaseRow).where(*of_day)) or 0


def release_names(session: Session) -> set[tuple[str, date, str]]:
    """Source, day, and title of every release, retracted ones too."""
    rows = session.execute(select(ReleaseRow.source, ReleaseRow.published_on, ReleaseRow.title))
    return {(row.source, row.published_on, row.title) for row in rows}


def is_superseded(session: Session, release: ReleaseRow) -> bool:
    """Whether a later release of the same source, day, and title has other figures."""
    given, later = aliased(ObservationRow), aliased(ObservationRow)
    differs = or_(
        later.value.is_distinct_from(given.value),
        later.status != given.status,
        later.qualifier != given.qualifier,
        later.rounding_unit != given.rounding_unit,
    )
    statement = (
        select(later.release_id)
        .join(ReleaseRow, ReleaseRow.id == later.release_id)
        .join(given, and_(given.series_id == later.series_id, given.period == later.period))
        .where(
            given.release_id == release.id,
            later.release_id > release.id,
            ReleaseRow.source == release.source,
            ReleaseRow.published_on == release.published_on,
            ReleaseRow.title == release.title,
            ReleaseRow.retracted_at.is_(None),
            differs,
        )
        .limit(1)
    )
    return session.scalar(statement) is not None


def release(session: Session, release_id: int) -> ReleaseRow | None:
    return session.get(ReleaseRow, release_id)


def releases(session: Session, ids: Iterable[int]) -> dict[int, ReleaseRow]:
    """Releases by id."""
    rows = session.scalars(select(ReleaseRow).where(ReleaseRow.id.in_(list(ids))))
    return {row.id: row for row in rows}


def releases_page(
    session: Session, place: tuple[date, int] | None, *, limit: int, source: str | None = None
) -> Sequence[ReleaseRow]:
    """Releases from the newest on, or from after a place (day, id), retracted ones too."""
    statement = (
        select(ReleaseRow)
        .order_by(ReleaseRow.published_on.desc(), ReleaseRow.id.desc())
        .limit(limit)
    )
    if place is not None:
        statement = statement.where(tuple_(ReleaseRow.published_on, ReleaseRow.id) < place)
    if source is not None:
        statement = statement.where(ReleaseRow.source == source)
    return session.scalars(statement).all()


def count_releases(session: Session, *, source: str | None = None) -> int:
    """How many releases there are, retracted ones too."""
    statement = select(func.count()).select_from(ReleaseRow)
    if source is not None:
        statement = statement.where(ReleaseRow.source == source)
    return session.scalar(statement) or 0


def series_of_release(session: Session, release_id: int) -> dict[str, int]:
    """Keys and ids of the series that a release gave figures for."""
    given = (
        select(ObservationRow.series_id).where(ObservationRow.release_id == release_id).distinct()
    )
    rows = session.execute(select(SeriesRow.key, SeriesRow.id).where(SeriesRow.id.in_(given)))
    return {row.key: row.id for row in rows}


def retracted_releases(session: Session) -> frozenset[int]:
    """The numbers of the releases that were retracted."""
    return frozenset(
        session.scalars(select(ReleaseRow.id).where(ReleaseRow.retracted_at.is_not(None)))
    )


def releases_after(session: Session, number: int) -> list[int]:
    """The numbers of the releases that were recorded after one."""
    return list(session.scalars(select(ReleaseRow.id).where(ReleaseRow.id > number)))


def releases_published_within(session: Session, after: date, until: date) -> list[int]:
    """The numbers of the releases of the days after one day through another."""
    within = ReleaseRow.published_on > after, ReleaseRow.published_on <= until
    return list(session.scalars(select(ReleaseRow.id).where(*within)))


def series_of_releases(session: Session, releases: Collection[int]) -> set[int]:
    """The ids of the series that some releases give figures for."""
    if not releases:
        return set()
    given = select(ObservationRow.series_id).where(ObservationRow.release_id.in_(releases))
    return set(session.scalars(given.distinct()))


def release_stamp(session: Session) -> tuple[int, int, int, int]:
    """Changes with every release that is recorded or retracted, and with everything that is done to
    a series."""
    newest, recorded, retracted, done = session.execute(
        select(
            func.coalesce(func.max(ReleaseRow.id), 0),
            func.count(ReleaseRow.id),
            func.count(ReleaseRow.retracted_at),
            _last_of_series_log(),
        )
    ).one()
    return newest, recorded, retracted, done


def last_series_change(session: Session) -> int:
    """The number of the last entry of the log of series, 0 if there is none."""
    return session.scalar(select(_last_of_series_log())) or 0


def releases_cache_key(session: Session, *asked: Hashable, **named: Hashable) -> Hashable:
    """A key for caches of what follows from a store's releases and series alone.

    It names what is asked, and changes with every release that is recorded or retracted and with
    everything that is done to a series. The
    checksum tells apart two releases that have had the same number, one before a rollback.
    """
    return known_releases_cache_key(session, FAR_FUTURE, *asked, **named)


def known_releases_cache_key(
    session: Session, known_by: date, *asked: Hashable, **named: Hashable
) -> Hashable:
    """The same for what follows from the releases that were published by a day, however many are
    loaded that came later."""
    state = session.execute(_state_of_releases(), {"known_by": known_by}).one()
    return hashkey(str(session.get_bind().engine.url), known_by, *state, *asked, **named)


@cache
def _state_of_releases() -> Select[int, int, int, str, int]:
    known = ReleaseRow.published_on <= bindparam("known_by")
    checksum = (
        select(ReleaseRow.checksum)
        .where(known)
        .order_by(ReleaseRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(
        func.max(ReleaseRow.id),
        func.count(ReleaseRow.id),
        func.count(ReleaseRow.retracted_at),
        checksum,
        _last_of_series_log(),
    ).where(known)


def _last_of_series_log() -> ColumnElement[int]:
    """The number of the last entry of the log of series, 0 if there is none."""
    return select(func.coalesce(func.max(SeriesLogRow.id), 0)).scalar_subquery()


def newest_recording(session: Session, *, as_of: date | None = None) -> datetime | None:
    """When this store last learned of a release published by `as_of`, or of its retraction, or when
    something was last done to a series."""
    known = ReleaseRow.published_on <= (as_of or FAR_FUTURE)
    done = select(func.max(SeriesLogRow.at)).scalar_subquery()
    instants = session.execute(
        select(func.max(ReleaseRow.recorded_at), func.max(ReleaseRow.retracted_at), done).where(
            known
        )
    ).one()
    return max(filter(None, instants), default=None)


def add_release(session: Session, release: ReleaseRow) -> None:
    session.add(release)
    session.flush()


def mark_retracted(session: Session, release: ReleaseRow, *, retracted_at: datetime) -> None:
    release.retracted_at = retracted_at
    session.flush()
