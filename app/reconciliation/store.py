"""All SQL on reconciled forecasts, as named questions."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, undefer

from app.forecasts.tables import ForecastRow
from app.reconciliation.computation import DueReconciliation, NewReconciled
from app.reconciliation.tables import ReconciledRow, ReconciliationRow
from forecasting import Month

_FORECASTS_AT_ONCE = 2000  # in one statement; their quantiles take 15 kB each


@dataclass(frozen=True, slots=True)
class ReconciledForecast:
    """A reconciled forecast: its key in the store, and its distribution as it is encoded.

    superseded: whether a series of its hierarchy has a newer forecast
    """

    reconciliation_id: int
    key: str
    origin: Month
    data_version: str
    issued_at: datetime
    quantiles: bytes
    superseded: bool


def is_current(session: Session, version: str, forecast_ids: Collection[int]) -> bool:
    """Whether a reconciliation is there and is the newest of all of its forecasts.

    A retraction brings older figures back, and with them an older version.
    """
    found = session.scalar(_of_version(version))
    if found is None or _is_superseded(session, found):
        return False
    return set(newest_reconciliations(session, forecast_ids).values()) <= {found.id}


def _of_version(version: str) -> Select[ReconciliationRow]:
    return select(ReconciliationRow).where(ReconciliationRow.version == version)


def archive_reconciliation(
    session: Session,
    due: DueReconciliation,
    forecasts: Iterable[NewReconciled],
    *,
    issued_at: datetime,
) -> None:
    """Keep the reconciled forecasts of a hierarchy as the newest; those that are stay."""
    if is_current(session, due.version, due.forecast_ids.values()):
        return
    if (older := session.scalar(_of_version(due.version))) is not None:
        session.execute(delete(ReconciledRow).where(ReconciledRow.reconciliation_id == older.id))
        session.delete(older)
        session.flush()
    row = ReconciliationRow(
        hierarchy=due.hierarchy.name,
        specification=str(due.specification),
        model=due.specification.model,
        version=due.version,
        issued_at=issued_at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return
    session.add_all(
        ReconciledRow(
            reconciliation_id=row.id,
            key=one.key,
            forecast_id=one.forecast_id,
            origin=one.origin,
            quantiles=one.quantiles,
            paths=one.paths,
        )
        for one in forecasts
    )


def newest_reconciled(session: Session, forecast_id: int) -> ReconciledForecast | None:
    """What became of a forecast when its hierarchy was last reconciled."""
    found = session.execute(
        select(ReconciledRow, ReconciliationRow)
        .join(ReconciliationRow, ReconciliationRow.id == ReconciledRow.reconciliation_id)
        .where(ReconciledRow.forecast_id == forecast_id)
        .order_by(ReconciledRow.reconciliation_id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    row, reconciliation = found
    return ReconciledForecast(
        reconciliation_id=row.reconciliation_id,
        key=row.key,
        origin=row.origin,
        data_version=reconciliation.version,
        issued_at=reconciliation.issued_at,
        quantiles=row.quantiles,
        superseded=_is_superseded(session, reconciliation),
    )


def newest_reconciliations(session: Session, forecast_ids: Collection[int]) -> dict[int, int]:
    """The last reconciliation of each of some forecasts that has any, by the forecast's id."""
    found: dict[int, int] = {}
    for some in _batches(forecast_ids):
        rows = session.execute(
            select(ReconciledRow.forecast_id, func.max(ReconciledRow.reconciliation_id))
            .where(ReconciledRow.forecast_id.in_(some))
            .group_by(ReconciledRow.forecast_id)
        )
        found |= {row[0]: row[1] for row in rows if row[0] is not None}
    return found


def reconciled_quantiles(
    session: Session, reconciliations: Mapping[int, int]
) -> dict[int, ReconciledRow]:
    """What became of some forecasts in the reconciliation that is named for each, by the
    forecast's id; without paths."""
    found: dict[int, ReconciledRow] = {}
    for some in _batches(reconciliations):
        wanted = {reconciliations[forecast_id] for forecast_id in some}
        rows = session.scalars(
            select(ReconciledRow).where(
                ReconciledRow.forecast_id.in_(some), ReconciledRow.reconciliation_id.in_(wanted)
            )
        )
        found |= {
            row.forecast_id: row
            for row in rows
            if row.forecast_id is not None
            and row.reconciliation_id == reconciliations[row.forecast_id]
        }
    return found


def newest_reconciliation_time(session: Session) -> datetime | None:
    """When a hierarchy was last reconciled."""
    return session.scalar(select(func.max(ReconciliationRow.issued_at)))


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for first in range(0, len(ordered), _FORECASTS_AT_ONCE):
        yield ordered[first : first + _FORECASTS_AT_ONCE]


def reconciled_paths(session: Session, reconciliation_id: int, key: str) -> bytes:
    """The stored paths of a reconciled forecast. Raises NoResultFound if it is not there."""
    return session.scalars(
        select(ReconciledRow.paths).where(
            ReconciledRow.reconciliation_id == reconciliation_id, ReconciledRow.key == key
        )
    ).one()


def reconciled_from_origin(
    session: Session, model: str, origin: Month
) -> Sequence[tuple[ReconciliationRow, list[ReconciledRow]]]:
    """The forecasts from an origin, with paths, of the last reconciliation of each hierarchy that
    has any; by hierarchy and key."""
    newest = (
        select(func.max(ReconciliationRow.id))
        .join(ReconciledRow, ReconciledRow.reconciliation_id == ReconciliationRow.id)
        .where(ReconciliationRow.model == model, ReconciledRow.origin == origin)
        .group_by(ReconciliationRow.hierarchy)
    )
    wanted = select(ReconciliationRow).where(ReconciliationRow.id.in_(newest))
    return [
        (row, list(session.scalars(_from_origin(row.id, origin))))
        for row in session.scalars(wanted.order_by(ReconciliationRow.hierarchy)).all()
    ]


def _from_origin(reconciliation_id: int, origin: Month) -> Select[ReconciledRow]:
    return (
        select(ReconciledRow)
        .where(ReconciledRow.reconciliation_id == reconciliation_id, ReconciledRow.origin == origin)
        .order_by(ReconciledRow.key)
        .options(undefer(ReconciledRow.paths))
    )


def _is_superseded(session: Session, reconciliation: ReconciliationRow) -> bool:
    """Whether a series of the hierarchy has got a newer forecast since."""
    used, newer = aliased(ForecastRow), aliased(ForecastRow)
    return bool(
        session.scalar(
            select(
                exists().where(
                    ReconciledRow.reconciliation_id == reconciliation.id,
                    used.id == ReconciledRow.forecast_id,
                    newer.series_id == used.series_id,
                    newer.specification == used.specification,
                    newer.live,
                    newer.id > used.id,
                    newer.issued_at >= reconciliation.issued_at,
                )
            )
        )
    )
