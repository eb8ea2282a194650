"""The current figures of the newest months of many series, in one statement."""

from collections.abc import Collection
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, cast, func, literal, select
from sqlalchemy.orm import Session, aliased

from app.observations.current import ANYTHING_ELSE, choose_current, mark_source_changes
from app.observations.observation import Observation, Qualifier, Status
from app.observations.store.version_rows import edge_of_series, version_columns
from app.observations.tables import ObservationRow, ReleaseRow, SeriesRow


def recent_observations(
    session: Session,
    *,
    months: int,
    as_of: date,
    series_ids: Collection[int] | None = None,
) -> dict[int, list[Observation]]:
    """The current figures of the last `months` months of each series (None: of every series), as
    known at the end of a day, oldest month first.

    Months are counted back from each series' own newest month. The cost does not grow with the
    number of statements, which is one, and hardly with the vintages.
    """
    rows = session.execute(_newest_versions(session, months, as_of, series_ids))
    found: dict[int, list[Observation]] = {}
    for (series_id, _), versions in groupby(rows, key=lambda row: (row[0], row[1])):
        chosen = choose_current([_observation(row) for row in versions])
        if chosen is not None:
            found.setdefault(series_id, []).append(chosen)
    return {series_id: mark_source_changes(figures) for series_id, figures in found.items()}


def _newest_versions(
    session: Session, months: int, as_of: date, series_ids: Collection[int] | None
) -> Any:
    """What reads, of each month, the newest version of each kind of exact figure and every other
    one: those that the current figure is chosen from."""
    last = select(
        SeriesRow.id.label("id"), edge_of_series(as_of, newest=True).label("last")
    ).subquery("last_months")
    version, release = aliased(ObservationRow), aliased(ReleaseRow)
    rank = func.row_number().over(
        partition_by=(version.series_id, version.precedence, version.period),
        order_by=(version.published_on.desc(), version.release_id.desc()),
    )
    known = (
        select(
            version.series_id.label("series_id"),
            *version_columns(version, release),
            version.precedence.label("kind"),
            rank.label("rank"),
        )
        .select_from(last)
        .join(version, version.series_id == last.c.id)
        .join(release, release.id == version.release_id)
        .where(
            version.period > _months_before(session, last.c.last, months),
            version.published_on <= as_of,
            release.retracted_at.is_(None),
        )
    )
    if series_ids is not None:
        known = known.where(last.c.id.in_(series_ids))
    ranked = known.subquery("ranked")
    columns = [column for column in ranked.c if column.name not in ("kind", "rank")]
    return (
        select(*columns)
        .where((ranked.c.rank == 1) | (ranked.c.kind == ANYTHING_ELSE))
        .order_by(ranked.c.series_id, ranked.c.period)
    )


def _months_before(session: Session, month: ColumnElement[Any], count: int) -> ColumnElement[Any]:
    """The first day of the month that is so many months before another one."""
    if session.get_bind().dialect.name == "postgresql":
        step = func.make_interval(0, cast(literal(count), Integer))
        return cast(month - step, Date)
    return func.date(month, f"-{count} months")


def _observation(row: Any) -> Observation:
    _, period, value, status, qualifier, unit, source, published_on, release, note, official = row
    return Observation(
        period,
        value,
        Status(status),
        Qualifier(qualifier),
        unit,
        source,
        published_on,
        release,
        note,
        official,
    )
