"""All SQL on pools, and on the releases that they are learned from, as named questions."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.forecasts.tables import PoolRow
from app.observations.tables import ReleaseRow


def border_releases_known_by(
    session: Session, border: str, *, as_of: date
) -> list[tuple[str, date, str]]:
    """Source, day and checksum of the releases that give figures of a border or may do so,
    published by a day and not retracted, as once recorded."""
    rows = session.execute(
        select(ReleaseRow.source, ReleaseRow.published_on, ReleaseRow.checksum, ReleaseRow.borders)
        .where(ReleaseRow.published_on <= as_of, ReleaseRow.retracted_at.is_(None))
        .order_by(ReleaseRow.id)
    )
    return [(row[0], row[1], row[2]) for row in rows if row[3] is None or border in row[3]]


def has_pool(session: Session, releases_digest: str, method: int) -> bool:
    named = PoolRow.releases_digest == releases_digest, PoolRow.method == method
    return session.scalar(select(PoolRow.id).where(*named)) is not None


def find_pool(session: Session, releases_digest: str, method: int) -> PoolRow | None:
    return session.scalar(
        select(PoolRow).where(PoolRow.releases_digest == releases_digest, PoolRow.method == method)
    )


def newest_live_pool_digest(
    session: Session, method: int, group: str, *, since: datetime
) -> str | None:
    """What the last pool of a group was learned from that is for forecasts of the figures of its
    time, if not before `since`."""
    return session.scalar(
        select(PoolRow.releases_digest)
        .where(
            PoolRow.method == method,
            PoolRow.member_group == group,
            PoolRow.live,
            PoolRow.learned_at >= since,
        )
        .order_by(PoolRow.learned_at.desc())
        .limit(1)
    )


def keep_pool(session: Session, pool: PoolRow) -> None:
    """Keep a pool; one that is there already stays as it is."""
    try:
        with session.begin_nested():
            session.add(pool)
    except IntegrityError:
        return


def forget_pools(session: Session, *, keeping: int, needed: Collection[str]) -> None:
    """Forget all pools but the last that were learned, `keeping` of them, and those learned from
    what `needed` names."""
    kept = select(PoolRow.id).order_by(PoolRow.learned_at.desc(), PoolRow.id.desc()).limit(keeping)
    session.execute(
        delete(PoolRow).where(PoolRow.id.not_in(kept), PoolRow.releases_digest.not_in(needed))
    )
