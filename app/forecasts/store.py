"""All SQL on the archive of forecasts and on the computations under way, as named questions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.forecasts.specification import Specification
from app.forecasts.tables import ComputationRow, ForecastRow
from app.forecasts.workers import Computed


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a forecast the same forecast: the series, its figures and how it is made."""

    series_id: int
    data_version: str
    specification: Specification


def find(session: Session, identity: Identity) -> ForecastRow | None:
    """The archived forecast, without its paths."""
    return session.scalar(
        select(ForecastRow).where(
            ForecastRow.series_id == identity.series_id,
            ForecastRow.data_version == identity.data_version,
            ForecastRow.specification == str(identity.specification),
        )
    )


def newest_live(session: Session, series_id: int, specification: Specification) -> ForecastRow | None:
    """The last forecast that was made from all figures known at its time, without its paths."""
    return session.scalar(
        select(ForecastRow)
        .where(
            ForecastRow.series_id == series_id,
            ForecastRow.specification == str(specification),
            ForecastRow.live,
        )
        .order_by(ForecastRow.issued_at.desc())
        .limit(1)
    )


def paths(session: Session, forecast_id: int) -> bytes:
    """The stored paths of an archived forecast. Raises NoResultFound where it is not there."""
    return session.scalars(select(ForecastRow.paths).where(ForecastRow.id == forecast_id)).one()


def archive(
    session: Session, identity: Identity, computed: Computed, *, issued_at: datetime, live: bool
) -> None:
    """Keep a forecast and end its computation; one that is archived already stays as it is."""
    if find(session, identity) is None:
        session.add(
            ForecastRow(
                series_id=identity.series_id,
                data_version=identity.data_version,
                specification=str(identity.specification),
                model=identity.specification.model,
                origin=computed.origin,
                issued_at=issued_at,
                live=live,
                quantiles=computed.quantiles,
                paths=computed.paths,
                parameters={name: list(values) for name, values in computed.parameters.items()},
                versions=dict(computed.versions),
                warnings=list(computed.warnings),
                provisional_share=computed.provisional_share,
            )
        )
    session.execute(delete(ComputationRow).where(*_same(identity)))


def claim(session: Session, identity: Identity, owner: str, *, now: datetime, alive_until: datetime) -> bool:
    """Whether `owner` may compute the forecast: nobody else is at it, or whoever was has gone silent."""
    abandoned = (
        update(ComputationRow)
        .where(*_same(identity), ComputationRow.alive_until < now)
        .values(owner=owner, alive_until=alive_until)
        .returning(ComputationRow.owner)
    )
    if session.scalar(abandoned) is not None:
        return True
    try:
        with session.begin_nested():
            session.add(
                ComputationRow(
                    series_id=identity.series_id,
                    data_version=identity.data_version,
                    specification=str(identity.specification),
                    owner=owner,
                    alive_until=alive_until,
                )
            )
    except IntegrityError:
        return False
    return True


def keep_claim(session: Session, identity: Identity, owner: str, *, alive_until: datetime) -> None:
    session.execute(
        update(ComputationRow)
        .where(*_same(identity), ComputationRow.owner == owner)
        .values(alive_until=alive_until)
    )


def give_up_claim(session: Session, identity: Identity, owner: str) -> None:
    session.execute(delete(ComputationRow).where(*_same(identity), ComputationRow.owner == owner))


def _same(identity: Identity) -> tuple[ColumnElement[bool], ...]:
    return (
        ComputationRow.series_id == identity.series_id,
        ComputationRow.data_version == identity.data_version,
        ComputationRow.specification == str(identity.specification),
    )
