"""The newest version of every month, at a cost that does not grow with the vintages."""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    DateTime,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.observations.current import ANYTHING_ELSE, EXACT_PRECEDENCE
from app.observations.store.version_rows import FIRST_MONTH, VERSION, Versions, version_columns
from app.observations.tables import ObservationRow, ReleaseRow
from app.storage.database import MonthColumn
from forecasting import Month

_SERIES, _KIND = bindparam("series_id", type_=Integer), bindparam("kind", type_=Integer)
_KNOWN_BY = bindparam("known_by", type_=Date)
_SINCE = bindparam("since", type_=MonthColumn)


def newest_of_precedence(
    session: Session, series_id: int, known_by: date, kind: int, *, since: Month = FIRST_MONTH
) -> Versions:
    """What reads the newest version of every month among those of one precedence, known on a day,
    from a month on.

    Goes from month to month and reads the end of each month's run of vintages in the index, so the
    cost does not grow with their number.
    """
    in_postgresql = session.get_bind().dialect.name == "postgresql"
    statement = _newest_in_postgresql() if in_postgresql else _newest_in_sqlite()
    return statement.params(series_id=series_id, known_by=known_by, kind=kind, since=since)


def precedences_of_series(session: Session, series_id: int) -> list[int]:
    """The precedences that a series has figures of, with one look into the index for each that may
    be."""
    return list(session.scalars(_kinds(), {"series_id": series_id}))


@cache
def _kinds() -> CompoundSelect[int]:
    return union_all(
        *(
            select(literal_column(str(kind), Integer)).where(
                select(ObservationRow.period)
                .where(ObservationRow.series_id == _SERIES, ObservationRow.precedence == kind)
                .exists()
            )
            for kind in sorted({ANYTHING_ELSE, *EXACT_PRECEDENCE.values()})
        )
    )


@cache
def _newest_in_postgresql() -> Versions:
    """Looks into the index once for each month from the first to the last."""
    step = aliased(ObservationRow)
    first, last = (
        select(edge(step.period))
        .where(step.series_id == _SERIES, step.precedence == _KIND, step.period >= _SINCE)
        .scalar_subquery()
        for edge in (func.min, func.max)
    )
    months = (
        func.generate_series(
            cast(first, DateTime), cast(last, DateTime), text("interval '1 month'")
        )
        .table_valued("day")
        .render_derived("months")
    )
    of_month = _newest_of(aliased(ObservationRow), cast(months.c.day, Date))
    newest = aliased(ObservationRow, of_month.lateral("newest"))
    return (
        select(*version_columns(newest, ReleaseRow))
        .select_from(months)
        .join(newest, true())
        .join(ReleaseRow, ReleaseRow.id == newest.release_id)
    )


@cache
def _newest_in_sqlite() -> Versions:
    """Looks into the index twice for each month: for the next month, and for its newest version."""
    step = aliased(ObservationRow)
    of_kind = (step.series_id == _SERIES, step.precedence == _KIND)
    walk = (
        select(func.min(step.period).label("period"))
        .where(*of_kind, step.period >= _SINCE)
        .cte("walk", recursive=True)
    )
    after = (
        select(func.min(step.period)).where(*of_kind, step.period > walk.c.period).scalar_subquery()
    )
    walk = walk.union_all(select(after).where(walk.c.period.is_not(None)))
    version = aliased(ObservationRow)
    newest = _newest_of(version, walk.c.period).with_only_columns(version.release_id)
    return (
        select(*VERSION)
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
