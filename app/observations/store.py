"""All SQL on series, releases and observations, as named questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, aliased

from app.bulk import add_rows
from app.observations.current import current, precedence
from app.observations.figures import Figure, NewSeries, Qualifier, Status
from app.observations.statements import Statement
from app.observations.tables import ObservationRow, ReleaseRow, SeriesRow
from forecasting import Month

ONE_ROW_SUFFICES = (0, 1)  # the precedences of which only the newest row of a month can be current
THE_END_OF_TIME = date.max
A_HISTORY = 12  # months in one release; fewer are scattered figures
_FIGURES = 0xB0DE  # names the lock among others on the same PostgreSQL database


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """What there is of one series, as known on a date."""

    series: SeriesRow
    first_period: Month | None
    latest: Figure | None
    first_full_release: date | None


def lock_figures(session: Session) -> None:
    """Until the transaction ends, let nobody else record or retract: what a release changes can then be told,
    releases appear in the order of their numbers, and none waits for another in a circle."""
    if session.connection().dialect.name == "postgresql":
        session.execute(
            select(func.pg_advisory_xact_lock(_FIGURES))
        )  # SQLite has one writer at a time anyway


def find_series(session: Session, key: str) -> SeriesRow | None:
    if "\0" in key:  # PostgreSQL's text has none, and says so with an error
        return None
    return session.scalar(select(SeriesRow).where(SeriesRow.key == key))


def all_series(session: Session) -> Sequence[SeriesRow]:
    """Every series, by key."""
    return session.scalars(select(SeriesRow).order_by(SeriesRow.key)).all()


def is_empty(session: Session) -> bool:
    """Whether no release was ever recorded."""
    return session.scalar(select(ReleaseRow.id).limit(1)) is None


def history(session: Session, series_id: int, *, as_of: date | None = None) -> list[Figure]:
    """The current figure of every month as known at the end of `as_of` (default: now), oldest month first."""
    chosen = (current(figures) for figures in candidates(session, series_id, as_of=as_of).values())
    return [figure for figure in chosen if figure is not None]


def candidates(session: Session, series_id: int, *, as_of: date | None = None) -> dict[Month, list[Figure]]:
    """Those published figures of every month among which the current one is, also once more are published;
    oldest month first."""
    known_by = as_of or THE_END_OF_TIME
    rest = _every_version(series_id, known_by).where(ObservationRow.precedence > max(ONE_ROW_SUFFICES))
    newest = [newest_of_kind(session, series_id, known_by, kind) for kind in ONE_ROW_SUFFICES]
    known = _figures(session, rest, *newest)
    return {period: list(figures) for period, figures in groupby(known, key=lambda figure: figure.period)}


def first_figures(session: Session, series_id: int, *, as_of: date | None = None) -> list[Figure]:
    """The figure that was published first for every month, oldest first; on one day the more exact one."""
    known = _figures(session, _every_version(series_id, as_of or THE_END_OF_TIME))
    return [
        min(figures, key=lambda figure: (figure.published_on, figure.vague, figure.release))
        for _, figures in groupby(known, key=lambda figure: figure.period)
    ]


def versions(
    session: Session, series_id: int, *, period: Month | None = None, as_of: date | None = None
) -> list[Figure]:
    """Every published version of a series, or of one month of it, in the order of publication."""
    statement = _every_version(series_id, as_of or THE_END_OF_TIME)
    if period is not None:
        statement = statement.where(ObservationRow.period == period)
    return sorted(_figures(session, statement), key=lambda figure: (figure.published_on, figure.release))


def release(session: Session, release_id: int) -> ReleaseRow | None:
    return session.get(ReleaseRow, release_id)


def releases(session: Session, ids: Iterable[int]) -> dict[int, ReleaseRow]:
    """Releases by id."""
    rows = session.scalars(select(ReleaseRow).where(ReleaseRow.id.in_(list(ids))))
    return {row.id: row for row in rows}


def releases_before(
    session: Session, place: tuple[date, int] | None, *, limit: int, source: str | None = None
) -> Sequence[ReleaseRow]:
    """Releases from the newest on, or from after a place (day, id), retracted ones too."""
    statement = select(ReleaseRow).order_by(ReleaseRow.published_on.desc(), ReleaseRow.id.desc()).limit(limit)
    if place is not None:
        statement = statement.where(tuple_(ReleaseRow.published_on, ReleaseRow.id) < place)
    if source is not None:
        statement = statement.where(ReleaseRow.source == source)
    return session.scalars(statement).all()


def series_of_release(session: Session, release_id: int) -> dict[str, int]:
    """Keys and ids of the series that a release gave figures for."""
    given = select(ObservationRow.series_id).where(ObservationRow.release_id == release_id).distinct()
    rows = session.execute(select(SeriesRow.key, SeriesRow.id).where(SeriesRow.id.in_(given)))
    return {row.key: row.id for row in rows}


def retract(session: Session, release: ReleaseRow, *, retracted_at: datetime) -> None:
    release.retracted_at = retracted_at
    session.flush()


def knowledge(session: Session) -> tuple[int, int, int]:
    """Changes with every release that is recorded or retracted."""
    newest, recorded, retracted = session.execute(
        select(
            func.coalesce(func.max(ReleaseRow.id), 0),
            func.count(ReleaseRow.id),
            func.count(ReleaseRow.retracted_at),
        )
    ).one()
    return newest, recorded, retracted


def first_full_release(session: Session, series_id: int) -> date | None:
    """The day of the first release that gave a series a history: A_HISTORY months of it or more.

    Where none did, the day on which its first month was first published.
    """
    return session.scalar(select(_first_full_release()).where(SeriesRow.id == series_id))


def note_full_release(session: Session, series_ids: Iterable[int], published_on: date) -> None:
    """Keep in mind that a release of this day gave these series a history."""
    session.execute(
        update(SeriesRow)
        .where(
            SeriesRow.id.in_(list(series_ids)),
            or_(SeriesRow.first_full_release.is_(None), SeriesRow.first_full_release > published_on),
        )
        .values(first_full_release=published_on)
        .execution_options(synchronize_session=False)
    )


def find_full_releases_again(session: Session, series_ids: Iterable[int]) -> None:
    """Work out anew which releases were the first to give these series a history."""
    for series_id in series_ids:
        full = (
            select(func.min(ObservationRow.published_on).label("day"))
            .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
            .where(ObservationRow.series_id == series_id, ReleaseRow.retracted_at.is_(None))
            .group_by(ObservationRow.release_id)
            .having(func.count() >= A_HISTORY)
            .subquery()
        )
        session.execute(
            update(SeriesRow)
            .where(SeriesRow.id == series_id)
            .values(first_full_release=select(func.min(full.c.day)).scalar_subquery())
            .execution_options(synchronize_session=False)
        )


def summaries(session: Session, *, as_of: date | None = None) -> list[SeriesSummary]:
    """Every series with its span, newest figure and first full release, by key."""
    known_by = as_of or THE_END_OF_TIME
    rows = session.execute(
        select(
            SeriesRow, _edge(known_by, newest=False), _edge(known_by, newest=True), _first_full_release()
        ).order_by(SeriesRow.key)
    ).all()
    return [
        SeriesSummary(series, first, _figure(session, series.id, last, known_by) if last else None, full)
        for series, first, last, full in rows
    ]


def newest_recording(session: Session, *, as_of: date | None = None) -> datetime | None:
    """When this store last learnt of a release published by `as_of`, or of its retraction."""
    known = ReleaseRow.published_on <= (as_of or THE_END_OF_TIME)
    recorded, retracted = session.execute(
        select(func.max(ReleaseRow.recorded_at), func.max(ReleaseRow.retracted_at)).where(known)
    ).one()
    return max(filter(None, (recorded, retracted)), default=None)


def find_release(session: Session, source: str, published_on: date, checksum: str) -> ReleaseRow | None:
    """The release of this content, unless it was retracted."""
    return session.scalar(
        select(ReleaseRow).where(
            ReleaseRow.source == source,
            ReleaseRow.published_on == published_on,
            ReleaseRow.checksum == checksum,
            ReleaseRow.retracted_at.is_(None),
        )
    )


def add_series(session: Session, series: NewSeries, *, parent_id: int | None) -> int:
    """Make a series known; returns its id."""
    row = SeriesRow(
        key=series.key,
        title=series.title,
        unit=series.unit,
        parent_id=parent_id,
        dimension=series.dimension,
        ended=series.ended,
        note=series.note,
        breaks=[str(period) for period in series.breaks],
    )
    session.add(row)
    session.flush()
    return row.id


def add_release(session: Session, release: ReleaseRow) -> None:
    session.add(release)
    session.flush()


def add_figures(session: Session, release: ReleaseRow, figures: Iterable[tuple[int, Statement]]) -> None:
    """Record what a release states, each with its series' id."""
    number, published_on = release.id, release.published_on.isoformat()
    ranks = {qualifier: precedence(release.source, qualifier) for qualifier in Qualifier}
    rows = (
        (
            series_id,
            said.period.first_day.isoformat(),
            number,
            said.value,
            said.status.value,
            said.qualifier.value,
            said.rounding_unit,
            ranks[said.qualifier],
            published_on,
            said.note,
        )
        for series_id, said in figures
    )
    add_rows(session, ObservationRow.__tablename__, _COLUMNS, rows)


_COLUMNS = (
    "series_id",
    "period",
    "release_id",
    "value",
    "status",
    "qualifier",
    "rounding_unit",
    "precedence",
    "published_on",
    "note",
)
_Versions = Select[Month, int | None, str, str, int, str, date, int, str | None]


def _version_of(observation: type[ObservationRow], release: type[ReleaseRow]) -> tuple[Any, ...]:
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
    )


_VERSION = _version_of(ObservationRow, ReleaseRow)


def _every_version(series_id: int, known_by: date) -> _Versions:
    return (
        select(*_VERSION)
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(
            ObservationRow.series_id == series_id,
            ObservationRow.published_on <= known_by,
            ReleaseRow.retracted_at.is_(None),
        )
    )


def _figure(session: Session, series_id: int, period: Month, known_by: date) -> Figure | None:
    return current(
        _figures(session, _every_version(series_id, known_by).where(ObservationRow.period == period))
    )


def newest_of_kind(session: Session, series_id: int, known_by: date, kind: int) -> _Versions:
    """What reads the newest version of every month among those of one precedence, known on a day.

    Goes from month to month and reads the end of each month's run of vintages in the index, so the cost does
    not grow with their number.
    """
    in_postgresql = session.get_bind().dialect.name == "postgresql"
    statement = _newest_in_postgresql() if in_postgresql else _newest_in_sqlite()
    return statement.params(series_id=series_id, known_by=known_by, kind=kind)


_SERIES, _KIND = bindparam("series_id", type_=Integer), bindparam("kind", type_=Integer)
_KNOWN_BY = bindparam("known_by", type_=Date)


@cache
def _newest_in_postgresql() -> _Versions:
    """Looks into the index once for each month from the first to the last."""
    step = aliased(ObservationRow)
    first, last = (
        select(edge(step.period)).where(step.series_id == _SERIES, step.precedence == _KIND).scalar_subquery()
        for edge in (func.min, func.max)
    )
    months = (
        func.generate_series(cast(first, DateTime), cast(last, DateTime), text("interval '1 month'"))
        .table_valued("day")
        .render_derived("months")
    )
    of_month = _newest_of(aliased(ObservationRow), cast(months.c.day, Date))
    newest = aliased(ObservationRow, of_month.lateral("newest"))
    return (
        select(*_version_of(newest, ReleaseRow))
        .select_from(months)
        .join(newest, true())
        .join(ReleaseRow, ReleaseRow.id == newest.release_id)
    )


@cache
def _newest_in_sqlite() -> _Versions:
    """Looks into the index twice for each month that has figures: for the next month, and for its newest."""
    step = aliased(ObservationRow)
    of_kind = (step.series_id == _SERIES, step.precedence == _KIND)
    walk = select(func.min(step.period).label("period")).where(*of_kind).cte("walk", recursive=True)
    after = select(func.min(step.period)).where(*of_kind, step.period > walk.c.period).scalar_subquery()
    walk = walk.union_all(select(after).where(walk.c.period.is_not(None)))
    version = aliased(ObservationRow)
    newest = _newest_of(version, walk.c.period).with_only_columns(version.release_id)
    return (
        select(*_VERSION)
        .select_from(walk)
        .join(
            ObservationRow,
            (ObservationRow.series_id == _SERIES)
            & (ObservationRow.period == walk.c.period)
            & (ObservationRow.release_id == newest.scalar_subquery()),
        )
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
    )


def _newest_of(version: type[ObservationRow], month: ColumnElement[Any]) -> Select[ObservationRow]:
    retracted = select(ReleaseRow.id).where(ReleaseRow.retracted_at.is_not(None))
    return (
        select(version)
        .where(
            version.series_id == _SERIES,
            version.precedence == _KIND,
            version.period == month,
            version.published_on <= _KNOWN_BY,
            version.release_id.not_in(retracted.correlate(None)),
        )
        .order_by(version.published_on.desc(), version.release_id.desc())
        .limit(literal_column("1"))  # a parameter would leave the planner to guess how many
    )


def _edge(known_by: date, *, newest: bool) -> ScalarSelect[Month]:
    """The first or last month of each series that has a figure."""
    observation, release = aliased(ObservationRow), aliased(ReleaseRow)
    return (
        select(observation.period)
        .join(release, release.id == observation.release_id)
        .where(
            observation.series_id == SeriesRow.id,
            observation.published_on <= known_by,
            release.retracted_at.is_(None),
        )
        .order_by(observation.period.desc() if newest else observation.period)
        .limit(1)
        .correlate(SeriesRow)
        .scalar_subquery()
    )


def _first_full_release() -> ColumnElement[date]:
    """The day that the series keeps; where no release is long enough, that of its first month."""
    first_month = (
        select(func.min(ObservationRow.published_on))
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(
            ObservationRow.series_id == SeriesRow.id,
            ObservationRow.period == _edge(THE_END_OF_TIME, newest=False),
            ReleaseRow.retracted_at.is_(None),
        )
        .scalar_subquery()
    )
    return func.coalesce(SeriesRow.first_full_release, first_month)


def _figures(session: Session, *statements: _Versions) -> list[Figure]:
    """The rows of some statements as figures, oldest month first."""
    figures = [
        Figure(period, value, Status(status), Qualifier(qualifier), unit, source, published_on, release, note)
        for statement in statements
        for period, value, status, qualifier, unit, source, published_on, release, note in session.execute(
            statement
        )
    ]
    return sorted(figures, key=lambda figure: figure.period)
