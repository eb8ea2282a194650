"""What this store learned last: releases recorded or retracted, and when it learned a figure."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.observations.tables import ObservationRow, ReleaseRow
from forecasting import Month


def releases_changed_last(
    session: Session, *, limit: int, series_id: int | None = None
) -> Sequence[ReleaseRow]:
    """The releases recorded last and those retracted last, up to `limit` of each, in no order.

    With `series_id`, those that have figures of a series.
    """
    known = select(ReleaseRow).limit(limit)
    if series_id is not None:
        given = select(ObservationRow.release_id).where(ObservationRow.series_id == series_id)
        known = known.where(ReleaseRow.id.in_(given))
    recorded = session.scalars(known.order_by(ReleaseRow.id.desc()))  # recorded in this order
    retracted = session.scalars(
        known.where(ReleaseRow.retracted_at.is_not(None)).order_by(
            ReleaseRow.retracted_at.desc(), ReleaseRow.id.desc()
        )
    )
    return list({release.id: release for release in (*recorded, *retracted)}.values())


def newest_of_releases(
    session: Session, series_id: int, releases: Collection[int]
) -> dict[int, tuple[Month, int | None]]:
    """The newest month that each release gave for a series, with its figure, by release."""
    newest = (
        select(ObservationRow.release_id, func.max(ObservationRow.period))
        .where(ObservationRow.series_id == series_id, ObservationRow.release_id.in_(releases))
        .group_by(ObservationRow.release_id)
    )
    rows = session.execute(
        select(ObservationRow.release_id, ObservationRow.period, ObservationRow.value).where(
            ObservationRow.series_id == series_id,
            tuple_(ObservationRow.release_id, ObservationRow.period).in_(newest),
        )
    )
    return {release: (period, value) for release, period, value in rows}


def first_recorded(
    session: Session, figures: Collection[tuple[int, Month, int]]
) -> dict[tuple[int, Month, int], datetime]:
    """When this store learned each figure (series, month, value) first, from releases that count.

    Figures that no such release gives are left out.
    """
    columns = ObservationRow.series_id, ObservationRow.period, ObservationRow.value
    rows = session.execute(
        select(*columns, func.min(ReleaseRow.recorded_at))
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(tuple_(*columns).in_(list(figures)), ReleaseRow.retracted_at.is_(None))
        .group_by(*columns)
    )
    return {(series, period, value): at for series, period, value, at in rows if value is not None}
