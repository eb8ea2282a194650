"""All SQL on archived forecasts and on computations under way, as named questions."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, defer

from app.clock import CLOCK_TOLERANCE
from app.errors import Problem
from app.forecasts.computation import Computed
from app.forecasts.specification import PoolKey, Specification
from app.forecasts.tables import ComputationLeaseRow, ForecastRow
from app.observations.store import FAR_FUTURE, edge_of_series
from app.observations.tables import SeriesLogRow, SeriesRow
from forecasting import Month


class SeriesWasRemoved(Problem):
    """The series was removed while its forecast was being computed."""

    status = HTTPStatus.NOT_FOUND
    title = "The series was removed"

    def __init__(self) -> None:
        super().__init__(
            "The series was removed while its forecast was being computed. GET /series lists those "
            "that there are."
        )


_FORECASTS_AT_ONCE = 2000  # in one statement; their quantiles take 15 kB each


@dataclass(frozen=True, slots=True)
class ForecastKey:
    """What makes a forecast the same forecast: the series, its figures and how it is made.

    `data_version` names the pool too, which `pool` is for those who have to compute the forecast.
    """

    series_id: int
    data_version: str
    specification: Specification
    pool: PoolKey | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class IssueWithPrevious:
    """A forecast that was issued live, and the one of the series that was issued before it."""

    id: int
    series_id: int
    data_version: str
    previous_id: int


@dataclass(frozen=True, slots=True)
class ForecastFilter:
    """Which archived forecasts are asked for; None is any."""

    series_id: int | None = None
    model: str | None = None
    origin: Month | None = None
    live: bool | None = None

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        given = {
            ForecastRow.series_id: self.series_id,
            ForecastRow.model: self.model,
            ForecastRow.origin: self.origin,
            ForecastRow.live: self.live,
        }
        return [column == value for column, value in given.items() if value is not None]


def find_forecast(session: Session, forecast_key: ForecastKey) -> ForecastRow | None:
    """The archived forecast, without its paths."""
    return session.scalar(
        select(ForecastRow).where(
            ForecastRow.series_id == forecast_key.series_id,
            ForecastRow.data_version == forecast_key.data_version,
            ForecastRow.specification == str(forecast_key.specification),
        )
    )


def newest_live(
    session: Session, series_id: int, specification: Specification
) -> ForecastRow | None:
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


def last_live_forecasts(
    session: Session, series_id: int, specification: Specification, *, count: int
) -> list[ForecastRow]:
    """The last forecasts that were issued live, newest first, without their paths."""
    rows = session.scalars(
        select(ForecastRow)
        .where(
            ForecastRow.series_id == series_id,
            ForecastRow.specification == str(specification),
            ForecastRow.live,
        )
        .order_by(ForecastRow.issued_at.desc(), ForecastRow.id.desc())
        .limit(count)
    )
    return list(rows)


def recent_reissues(
    session: Session, specification: Specification, *, limit: int, series_id: int | None = None
) -> list[IssueWithPrevious]:
    """The last forecasts that were issued live, newest first, except the first of each series."""
    earlier = aliased(ForecastRow)
    previous = (
        select(func.max(earlier.id))
        .where(
            earlier.series_id == ForecastRow.series_id,
            earlier.specification == ForecastRow.specification,
            earlier.live,
            earlier.id < ForecastRow.id,
        )
        .scalar_subquery()
    )
    statement = (
        select(ForecastRow.id, ForecastRow.series_id, ForecastRow.data_version, previous)
        .where(
            *ForecastFilter(series_id, live=True).conditions(),
            ForecastRow.specification == str(specification),
        )
        .order_by(ForecastRow.id.desc())
        .limit(limit)
    )
    return [IssueWithPrevious(*row) for row in session.execute(statement) if row[-1] is not None]


def forecasts_with_quantiles(session: Session, ids: Iterable[int]) -> dict[int, ForecastRow]:
    """Archived forecasts by id, without their paths."""
    rows = session.scalars(select(ForecastRow).where(ForecastRow.id.in_(list(ids))))
    return {row.id: row for row in rows}


def newest_live_ids(session: Session, specification: Specification) -> dict[int, int]:
    """The number of the live forecast of each series that was archived last, by the series' id."""
    rows = session.execute(
        select(ForecastRow.series_id, func.max(ForecastRow.id))
        .where(ForecastRow.live, ForecastRow.specification == str(specification))
        .group_by(ForecastRow.series_id)
    )
    return {row[0]: row[1] for row in rows}


def quantiles_by_id(session: Session, ids: Collection[int]) -> Iterator[tuple[int, Month, bytes]]:
    """The number, the origin, and the quantiles of some archived forecasts, in any order."""
    wanted = sorted(ids)
    for first in range(0, len(wanted), _FORECASTS_AT_ONCE):
        some = wanted[first : first + _FORECASTS_AT_ONCE]
        rows = session.execute(
            select(ForecastRow.id, ForecastRow.origin, ForecastRow.quantiles).where(
                ForecastRow.id.in_(some)
            )
        )
        for row in rows:
            yield row[0], row[1], row[2]


def newest_live_forecast_id(session: Session) -> int:
    """The number of the live forecast that was archived last; 0 where there is none."""
    return (
        session.scalar(select(func.coalesce(func.max(ForecastRow.id), 0)).where(ForecastRow.live))
        or 0
    )


def series_of_live_forecasts_after(session: Session, number: int) -> set[int]:
    """The ids of the series of live forecasts that were archived after one and whose first month
    has a figure by now."""
    newest = edge_of_series(FAR_FUTURE, newest=True)
    found = (
        select(SeriesRow.id)
        .join(ForecastRow, ForecastRow.series_id == SeriesRow.id)
        .where(ForecastRow.live, ForecastRow.id > number, ForecastRow.origin < newest)
    )
    return set(session.scalars(found.distinct()))


def live_models(session: Session) -> list[str]:
    """Names of the models with live forecasts."""
    statement = select(ForecastRow.model).where(ForecastRow.live).distinct()
    return list(session.scalars(statement.order_by(ForecastRow.model)))


def live_forecasts_with_origin_before(
    session: Session, series_id: int, *, before: Month
) -> Sequence[ForecastRow]:
    """Live forecasts of a series from before a month, oldest first, without their arrays."""
    return session.scalars(
        select(ForecastRow)
        .where(ForecastRow.series_id == series_id, ForecastRow.live, ForecastRow.origin < before)
        .options(defer(ForecastRow.parameters), defer(ForecastRow.quantiles))
        .order_by(ForecastRow.id)
    ).all()


def issue_times(
    session: Session, series_id: int | None, *, before: datetime
) -> dict[int, datetime]:
    """When the forecasts of a series (None: of all) were issued before an instant, by id."""
    rows = session.execute(
        select(ForecastRow.id, ForecastRow.issued_at).where(
            *ForecastFilter(series_id).conditions(), ForecastRow.issued_at < before
        )
    )
    return {row.id: row.issued_at for row in rows}


def ids_issued_before(instant: datetime) -> Select[int]:
    """The question for the ids of the forecasts that were issued before an instant."""
    return select(ForecastRow.id).where(ForecastRow.issued_at < instant)


def paths(session: Session, forecast_id: int) -> bytes:
    """The stored paths of an archived forecast. Raises NoResultFound where it is not there."""
    return session.scalars(select(ForecastRow.paths).where(ForecastRow.id == forecast_id)).one()


def paths_of(session: Session, row: ForecastRow) -> bytes:
    """The paths of a forecast, which may be one that is not in the archive."""
    return paths(session, row.id) if row.id is not None else row.paths


def find_archived(session: Session, forecast_id: int) -> tuple[ForecastRow, str] | None:
    """An archived forecast, without its paths, with the key of its series."""
    row = session.execute(_with_key().where(ForecastRow.id == forecast_id)).one_or_none()
    return None if row is None else (row[0], row[1])


def list_archived(
    session: Session, place: int | None, *, limit: int, wanted: ForecastFilter
) -> list[tuple[ForecastRow, str]]:
    """Forecasts from the newest on, or after a place (id), with keys but without arrays."""
    statement = _with_key().where(*wanted.conditions()).order_by(ForecastRow.id.desc()).limit(limit)
    if place is not None:
        statement = statement.where(ForecastRow.id < place)
    heavy = (defer(ForecastRow.quantiles), defer(ForecastRow.parameters))
    return [(row[0], row[1]) for row in session.execute(statement.options(*heavy))]


def newest_issue(session: Session) -> datetime | None:
    """When the last forecast was computed."""
    return session.scalar(select(func.max(ForecastRow.issued_at)))


def count_archived(session: Session, wanted: ForecastFilter) -> int:
    """How many wanted forecasts there are."""
    statement = select(func.count()).select_from(ForecastRow).where(*wanted.conditions())
    return session.scalar(statement) or 0


def newest_of_each_series(
    session: Session, wanted: ForecastFilter
) -> list[tuple[ForecastRow, str]]:
    """The last archived of each series' wanted forecasts, by key."""
    newest = (
        select(func.max(ForecastRow.id)).where(*wanted.conditions()).group_by(ForecastRow.series_id)
    )
    statement = _with_key().where(ForecastRow.id.in_(newest)).order_by(SeriesRow.key)
    return [(row[0], row[1]) for row in session.execute(statement)]


def newest_origin(session: Session, wanted: ForecastFilter) -> Month | None:
    """The last origin of the wanted forecasts."""
    return session.scalar(select(func.max(ForecastRow.origin)).where(*wanted.conditions()))


def archive(
    session: Session,
    forecast_key: ForecastKey,
    computed: Computed,
    *,
    issued_at: datetime,
    live: bool,
) -> None:
    """Keep a forecast and end its computation; one that is archived already stays as it is.

    Raises SeriesWasRemoved if the series is not there any more.
    """
    _require_series(session, forecast_key)
    if find_forecast(session, forecast_key) is None:
        row = new_row(forecast_key, computed, issued_at=issued_at, live=live)
        if (number := _free_id(session)) is not None:
            row.id = number
        session.add(row)
    session.execute(delete(ComputationLeaseRow).where(*_same(forecast_key)))


def new_row(
    forecast_key: ForecastKey, computed: Computed, *, issued_at: datetime, live: bool
) -> ForecastRow:
    """A forecast that is not in the archive."""
    return ForecastRow(
        series_id=forecast_key.series_id,
        data_version=forecast_key.data_version,
        specification=str(forecast_key.specification),
        model=forecast_key.specification.model,
        origin=computed.origin,
        issued_at=issued_at,
        asked_on=issued_at.date(),
        live=live,
        quantiles=computed.quantiles,
        paths=computed.paths,
        parameters={name: list(values) for name, values in computed.parameters.items()},
        versions=dict(computed.versions),
        warnings=computed.warnings,
        provisional_share=computed.provisional_share,
    )


def _free_id(session: Session) -> int | None:
    """A number that no forecast has had; None if the database sees to that itself, which SQLite
    does not after the last one was removed with its series."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    last = session.scalars(
        select(func.max(ForecastRow.id)).union_all(select(func.max(SeriesLogRow.last_forecast_id)))
    )
    return max(filter(None, last), default=0) + 1


def _require_series(session: Session, forecast_key: ForecastKey) -> None:
    """See to it that the series stays until the transaction ends. Raises SeriesWasRemoved."""
    wanted = select(SeriesRow.id).where(SeriesRow.id == forecast_key.series_id)
    if session.scalar(wanted.with_for_update(read=True, key_share=True)) is None:
        raise SeriesWasRemoved


def archive_past_day(
    session: Session,
    forecast_key: ForecastKey,
    computed: Computed,
    *,
    issued_at: datetime,
    most_bytes: int | None,
) -> None:
    """Keep the forecast of a past day; with `most_bytes`, in place of others if need be."""
    archive(session, forecast_key, computed, issued_at=issued_at, live=False)
    if most_bytes is not None:
        session.flush()
        forget_past_days(session, most_bytes=most_bytes)


def forget_past_days(session: Session, *, most_bytes: int) -> None:
    """Forget forecasts of past days beyond a size: those first that nobody has asked for in the
    longest time. They can be computed again.

    The forecast with the highest number stays, so that no other one gets that number.
    """
    newest_first = (ForecastRow.asked_on.desc(), ForecastRow.id.desc())
    size = func.sum(func.length(ForecastRow.paths) + func.length(ForecastRow.quantiles))
    sizes = (
        select(ForecastRow.id, size.over(order_by=newest_first).label("total"))
        .where(ForecastRow.live.is_(False))
        .subquery()
    )
    beyond = select(sizes.c.id).where(sizes.c.total > most_bytes)
    last = select(func.max(ForecastRow.id)).scalar_subquery()
    session.execute(delete(ForecastRow).where(ForecastRow.id.in_(beyond), ForecastRow.id != last))


def note_asked(session: Session, forecast_id: int, day: date) -> None:
    """Remember the last day on which somebody asked for a forecast."""
    session.execute(update(ForecastRow).where(ForecastRow.id == forecast_id).values(asked_on=day))


def claim_computation(
    session: Session, forecast_key: ForecastKey, owner: str, *, now: datetime, alive_until: datetime
) -> bool:
    """Whether `owner` may compute the forecast: nobody else does, or whoever did went silent.

    A claim that ends much later than one made now is of a clock ahead, and tells nothing: it counts
    as abandoned. At worst, the forecast is then computed twice.
    """
    ahead = alive_until + CLOCK_TOLERANCE
    abandoned = (
        update(ComputationLeaseRow)
        .where(
            *_same(forecast_key),
            or_(ComputationLeaseRow.alive_until < now, ComputationLeaseRow.alive_until > ahead),
        )
        .values(owner=owner, alive_until=alive_until)
        .returning(ComputationLeaseRow.owner)
    )
    if session.scalar(abandoned) is not None:
        return True
    try:
        with session.begin_nested():
            session.add(
                ComputationLeaseRow(
                    series_id=forecast_key.series_id,
                    data_version=forecast_key.data_version,
                    specification=str(forecast_key.specification),
                    owner=owner,
                    alive_until=alive_until,
                )
            )
    except IntegrityError:
        _require_series(session, forecast_key)
        return False
    return True


def count_computations(session: Session) -> int:
    """How many forecasts are claimed to be computed now."""
    return session.scalar(select(func.count()).select_from(ComputationLeaseRow)) or 0


def keep_claim(
    session: Session, forecast_key: ForecastKey, owner: str, *, alive_until: datetime
) -> None:
    session.execute(
        update(ComputationLeaseRow)
        .where(*_same(forecast_key), ComputationLeaseRow.owner == owner)
        .values(alive_until=alive_until)
    )


def give_up_claim(session: Session, forecast_key: ForecastKey, owner: str) -> None:
    session.execute(
        delete(ComputationLeaseRow).where(*_same(forecast_key), ComputationLeaseRow.owner == owner)
    )


def _same(forecast_key: ForecastKey) -> tuple[ColumnElement[bool], ...]:
    return (
        ComputationLeaseRow.series_id == forecast_key.series_id,
        ComputationLeaseRow.data_version == forecast_key.data_version,
        ComputationLeaseRow.specification == str(forecast_key.specification),
    )


def _with_key() -> Select[ForecastRow, str]:
    return select(ForecastRow, SeriesRow.key).join(SeriesRow, SeriesRow.id == ForecastRow.series_id)
