"""Which release was the first to give a series a history; scattered figures are none."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from app.observations.store.version_rows import FAR_FUTURE, edge_of_series
from app.observations.tables import ObservationRow, ReleaseRow, SeriesRow

MONTHS_OF_FULL_RELEASE = 12  # months in one release; fewer are scattered figures


def first_full_release(session: Session, series_id: int) -> date | None:
    """The day of the first release with MONTHS_OF_FULL_RELEASE months of a series or more.

    Where none did, the day on which its first month was first published.
    """
    return session.scalar(_day_of_series(), {"series_id": series_id})


@cache
def _day_of_series() -> Select[date]:
    return select(day_of_first_full_release()).where(SeriesRow.id == bindparam("series_id"))


def record_full_release(session: Session, series_ids: Iterable[int], published_on: date) -> None:
    """Keep in mind that a release of this day gave these series a history."""
    session.execute(
        update(SeriesRow)
        .where(
            SeriesRow.id.in_(list(series_ids)),
            or_(
                SeriesRow.first_full_release.is_(None), SeriesRow.first_full_release > published_on
            ),
        )
        .values(first_full_release=published_on)
        .execution_options(synchronize_session=False)
    )


def recompute_first_full_releases(session: Session, series_ids: Iterable[int]) -> None:
    """Work out again which releases were the first to give these series a history."""
    for series_id in series_ids:
        full = (
            select(func.min(ObservationRow.published_on).label("day"))
            .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
            .where(ObservationRow.series_id == series_id, ReleaseRow.retracted_at.is_(None))
            .group_by(ObservationRow.release_id)
            .having(func.count() >= MONTHS_OF_FULL_RELEASE)
            .subquery()
        )
        session.execute(
            update(SeriesRow)
            .where(SeriesRow.id == series_id)
            .values(first_full_release=select(func.min(full.c.day)).scalar_subquery())
            .execution_options(synchronize_session=False)
        )


def day_of_first_full_release() -> ColumnElement[date]:
    """The day that the series keeps; where no release is long enough, that of its first month."""
    first_month = (
        select(func.min(ObservationRow.published_on))
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(
            ObservationRow.series_id == SeriesRow.id,
            ObservationRow.period == edge_of_series(FAR_FUTURE, newest=False),
            ReleaseRow.retracted_at.is_(None),
        )
        .scalar_subquery()
    )
    return func.coalesce(SeriesRow.first_full_release, first_month)
