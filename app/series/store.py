"""All SQL on what becomes of a publisher's own series, as named questions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Table, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.evaluation.tables import ReconciledScoreRow, ScoreRow, SupersededScoreRow
from app.forecasts.tables import ForecastRow, PoolRow
from app.observations.new_release import NewObservation
from app.observations.observation import Qualifier, Status
from app.observations.tables import ObservationRow, ReleaseRow, SeriesLogRow, SeriesRow
from app.reconciliation.tables import ReconciledRow, ReconciliationRow
from app.storage.database import Base

_SCORES = (ScoreRow, SupersededScoreRow, ReconciledScoreRow)


@dataclass(frozen=True, slots=True)
class RemovedRows:
    """How much was removed with a series."""

    figures: int
    forecasts: int
    scores: int


def keys_of_parts(session: Session, series_id: int) -> list[str]:
    """The keys of the series whose parent is this one, in order."""
    parts = select(SeriesRow.key).where(SeriesRow.parent_id == series_id)
    return list(session.scalars(parts.order_by(SeriesRow.key)))


def releases_of_series(session: Session, series_id: int) -> Sequence[ReleaseRow]:
    """The releases that gave figures for a series, retracted ones too, by number."""
    given = select(ObservationRow.release_id).where(ObservationRow.series_id == series_id)
    return session.scalars(
        select(ReleaseRow).where(ReleaseRow.id.in_(given)).order_by(ReleaseRow.id)
    ).all()


def other_series_in_release(session: Session, release_id: int, series_id: int) -> list[int]:
    """The numbers of the other series that a release has figures for."""
    given = (ObservationRow.release_id == release_id, ObservationRow.series_id != series_id)
    others = select(ObservationRow.series_id).where(*given).distinct()
    return list(session.scalars(others.order_by(ObservationRow.series_id)))


def statements_of_release(session: Session, release_id: int) -> Iterator[NewObservation]:
    """What a release says, as it was handed in."""
    rows = session.execute(
        select(ObservationRow, SeriesRow.key)
        .join(SeriesRow, SeriesRow.id == ObservationRow.series_id)
        .where(ObservationRow.release_id == release_id)
    )
    for row, key in rows:
        yield NewObservation(
            key,
            row.period,
            row.value,
            Status(row.status),
            Qualifier(row.qualifier),
            row.rounding_unit,
            row.note,
        )


def has_other_release(session: Session, release: ReleaseRow, checksum: str) -> bool:
    """Whether another release of a source and day that was not retracted has a checksum."""
    wanted = (
        ReleaseRow.id != release.id,
        ReleaseRow.source == release.source,
        ReleaseRow.published_on == release.published_on,
        ReleaseRow.checksum == checksum,
        ReleaseRow.retracted_at.is_(None),
    )
    return bool(session.scalar(select(exists().where(*wanted))))


def rename_content(
    session: Session, release: ReleaseRow, *, checksum: str, borders: list[str]
) -> None:
    """Name a release by the figures that are left of it."""
    release.checksum = checksum
    release.borders = borders
    session.flush()


def last_forecast_id(session: Session) -> int | None:
    """The greatest number that a forecast has."""
    return session.scalar(select(func.max(ForecastRow.id)))


def forget_pools_since(session: Session, group: str, since: datetime) -> None:
    """Forget the pools of a group that were learned from an instant on."""
    session.execute(
        delete(PoolRow).where(PoolRow.member_group == group, PoolRow.learned_at >= since)
    )


def remove_rows(session: Session, series_id: int, key: str) -> RemovedRows:
    """Remove a series with its figures, forecasts, and scores, and the reconciliations that it took
    part in, also of the other series."""
    own = select(ForecastRow.id).where(ForecastRow.series_id == series_id)
    together = select(ReconciledRow.reconciliation_id).where(
        or_(ReconciledRow.key == key, ReconciledRow.forecast_id.in_(own))
    )
    reconciliations = list(session.scalars(together.distinct()))
    for table, column in (
        (ReconciledRow, ReconciledRow.reconciliation_id),
        (ReconciliationRow, ReconciliationRow.id),
    ):
        session.execute(delete(table).where(column.in_(reconciliations)))
    removed = {table.name: _remove(session, table, series_id) for table in _tables_of_series()}
    session.execute(delete(SeriesRow).where(SeriesRow.id == series_id))
    return RemovedRows(
        figures=removed[ObservationRow.__tablename__],
        forecasts=removed[ForecastRow.__tablename__],
        scores=sum(removed[scored.__tablename__] for scored in _SCORES),
    )


def _tables_of_series() -> list[Table]:
    """Every table whose rows belong to one series, those that refer to others first."""
    return [
        table
        for table in reversed(Base.metadata.sorted_tables)
        if any(
            key.parent.name == "series_id" and key.column.table.name == SeriesRow.__tablename__
            for key in table.foreign_keys
        )
    ]


def add_log_entry(
    session: Session,
    action: str,
    series: SeriesRow,
    *,
    at: datetime,
    by: str,
    details: Mapping[str, Any],
    last_forecast_id: int | None = None,
) -> None:
    """Write down what was done to a series."""
    session.add(
        SeriesLogRow(
            at=at,
            by=by,
            action=action,
            key=series.key,
            series_id=series.id,
            last_forecast_id=last_forecast_id,
            details=dict(details),
        )
    )
    session.flush()


def log_entries(session: Session, *, limit: int) -> Sequence[SeriesLogRow]:
    """What was done to series last, newest first."""
    return session.scalars(select(SeriesLogRow).order_by(SeriesLogRow.id.desc()).limit(limit)).all()


def _remove(session: Session, table: Table, series_id: int) -> int:
    """Remove the rows of a series; returns how many there were."""
    removed = session.execute(delete(table).where(table.c.series_id == series_id))
    assert isinstance(removed, CursorResult)
    return int(removed.rowcount)
