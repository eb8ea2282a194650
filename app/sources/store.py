"""All SQL on what is remembered of publishers, and on how new and how regular their figures are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from app.clock import CLOCK_TOLERANCE
from app.observations.observation import Qualifier
from app.observations.store import FAR_FUTURE, is_withdrawn
from app.observations.tables import ObservationRow, ReleaseRow, SeriesRow
from app.sources.tables import SourceRow
from forecasting import Month


@dataclass(frozen=True, slots=True)
class NewestFigure:
    """The newest count that a source has published of a series and not withdrawn."""

    period: Month
    value: int
    published_on: date


@dataclass(frozen=True, slots=True)
class RestatedFigure:
    """A figure that a release gives and that its source had given before."""

    series: str
    period: Month
    before: int
    after: int


def all_sources(session: Session) -> dict[str, SourceRow]:
    """What is remembered of each publisher that was ever asked, by name."""
    return {row.name: row for row in session.scalars(select(SourceRow))}


def source_stamp(session: Session) -> tuple[datetime | None, datetime | None, int]:
    """Changes with every answer and every failure of a publisher."""
    asked, failed, failures = session.execute(
        select(
            func.max(SourceRow.asked_at),
            func.max(SourceRow.failed_at),
            func.coalesce(func.sum(SourceRow.failures), 0),
        )
    ).one()
    return asked, failed, failures


def remembered(session: Session, name: str) -> SourceRow:
    """What is remembered of a publisher; nothing yet if it was never asked. The row is not added to
    the store."""
    return session.get(SourceRow, name) or SourceRow(name=name, failures=0)


def ensure_source(session: Session, name: str) -> None:
    """Have a row for a publisher, also if another process adds it at this moment."""
    if session.get(SourceRow, name) is not None:
        return
    try:
        with session.begin_nested():
            session.add(SourceRow(name=name, failures=0))
    except IntegrityError:
        return


def claim_source(
    session: Session,
    name: str,
    owner: str,
    *,
    now: datetime,
    until: datetime,
    unless_asked_since: datetime | None = None,
) -> bool:
    """Claim the asking of a publisher; False if another process has it, or has asked since a given
    time.

    What a clock ahead has left, a claim that ends much later than this one or an asking in the
    future, does not count.
    """
    conditions = [
        SourceRow.name == name,
        or_(
            SourceRow.claimed_until.is_(None),
            SourceRow.claimed_until < now,
            SourceRow.claimed_until > until + CLOCK_TOLERANCE,
        ),
    ]
    if unless_asked_since is not None:
        conditions.append(
            or_(
                SourceRow.asked_at.is_(None),
                SourceRow.asked_at < unless_asked_since,
                SourceRow.asked_at > now + CLOCK_TOLERANCE,
            )
        )
    claimed = session.execute(
        update(SourceRow)
        .where(*conditions)
        .values(claimed_by=owner, claimed_until=until, asked_at=now)
        .returning(SourceRow.name)
    )
    return claimed.first() is not None


def release_claim(session: Session, name: str, owner: str) -> None:
    """End a claim, if the process still has it."""
    session.execute(
        update(SourceRow)
        .where(SourceRow.name == name, SourceRow.claimed_by == owner)
        .values(claimed_by=None, claimed_until=None)
    )


def newest_figure(session: Session, key: str, source: str) -> NewestFigure | None:
    """The newest count of a series that a source has published and not withdrawn."""
    row = session.execute(
        select(ObservationRow.period, ObservationRow.value, ObservationRow.published_on)
        .join(SeriesRow, SeriesRow.id == ObservationRow.series_id)
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(
            SeriesRow.key == key,
            ReleaseRow.source == source,
            ReleaseRow.retracted_at.is_(None),
            ObservationRow.value.is_not(None),
            ~is_withdrawn(ObservationRow, ReleaseRow, FAR_FUTURE),
        )
        .order_by(ObservationRow.period.desc(), ObservationRow.published_on.desc())
        .limit(1)
    ).first()
    if row is None or row.value is None:
        return None
    return NewestFigure(row.period, row.value, row.published_on)


def newest_period_of_release(session: Session, release_id: int) -> Month | None:
    """The newest month that a release gives for any series."""
    return session.scalar(
        select(func.max(ObservationRow.period, type_=ObservationRow.period.type)).where(
            ObservationRow.release_id == release_id
        )
    )


def newest_periods_by_day(session: Session, key: str, source: str) -> list[tuple[date, Month]]:
    """The newest month of a series that a source counted in on each day of a release, oldest day
    first."""
    newest = func.max(ObservationRow.period, type_=ObservationRow.period.type)
    rows = session.execute(
        select(ObservationRow.published_on, newest)
        .join(SeriesRow, SeriesRow.id == ObservationRow.series_id)
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(
            SeriesRow.key == key,
            ReleaseRow.source == source,
            ReleaseRow.retracted_at.is_(None),
            ObservationRow.value.is_not(None),
        )
        .group_by(ObservationRow.published_on)
        .order_by(ObservationRow.published_on)
    )
    return [(day, period) for day, period in rows]


def count_first_figures(session: Session, release_id: int) -> int:
    """How many figures of a release are of months for which the series had none."""
    earlier, other = aliased(ObservationRow), aliased(ReleaseRow)
    known = (
        select(earlier.release_id)
        .join(other, other.id == earlier.release_id)
        .where(
            earlier.series_id == ObservationRow.series_id,
            earlier.period == ObservationRow.period,
            earlier.release_id != release_id,
            other.retracted_at.is_(None),
        )
        .exists()
    )
    counted = (
        select(func.count())
        .select_from(ObservationRow)
        .where(ObservationRow.release_id == release_id, ~known)
    )
    return session.scalar(counted) or 0


def restated_figures(session: Session, release_id: int, source: str) -> Sequence[RestatedFigure]:
    """Exact figures of a release that differ from what the same source had published last."""
    given, earlier, other = ObservationRow, aliased(ObservationRow), aliased(ReleaseRow)
    exact = Qualifier.EXACT.value
    last = (
        select(earlier.value)
        .join(other, other.id == earlier.release_id)
        .where(
            earlier.series_id == given.series_id,
            earlier.period == given.period,
            earlier.precedence == given.precedence,
            earlier.qualifier == exact,
            earlier.release_id != release_id,
            other.source == source,
            other.retracted_at.is_(None),
        )
        .order_by(earlier.published_on.desc(), earlier.release_id.desc())
        .limit(1)
        .correlate(given)
        .scalar_subquery()
    )
    compared = (
        select(SeriesRow.key, given.period, last.label("before"), given.value)
        .join(SeriesRow, SeriesRow.id == given.series_id)
        .where(given.release_id == release_id, given.qualifier == exact, given.value.is_not(None))
        .subquery()
    )
    rows = session.execute(select(compared).where(compared.c.before != compared.c.value))
    return [RestatedFigure(*row) for row in rows]


def largest_restatements(session: Session, excluded: int, source: str) -> dict[str, float]:
    """The largest change of a published figure of each series, by key.

    As a share of the figure, among the exact figures of a source, without those of the release
    `excluded`; series without a change are left out.
    """
    earlier = func.lag(ObservationRow.value).over(
        partition_by=(ObservationRow.series_id, ObservationRow.period, ObservationRow.precedence),
        order_by=(ObservationRow.published_on, ObservationRow.release_id),
    )
    versions = (
        select(ObservationRow.series_id, ObservationRow.value, earlier.label("earlier"))
        .join(ReleaseRow, ReleaseRow.id == ObservationRow.release_id)
        .where(
            ObservationRow.release_id != excluded,
            ObservationRow.qualifier == Qualifier.EXACT.value,
            ObservationRow.value.is_not(None),
            ReleaseRow.source == source,
            ReleaseRow.retracted_at.is_(None),
        )
        .subquery()
    )
    share = func.max(func.abs(versions.c.value - versions.c.earlier) * 1.0 / versions.c.earlier)
    rows = session.execute(
        select(SeriesRow.key, share)
        .join(SeriesRow, SeriesRow.id == versions.c.series_id)
        .where(versions.c.earlier > 0, versions.c.value != versions.c.earlier)
        .group_by(SeriesRow.key)
    )
    return {key: float(largest) for key, largest in rows}
