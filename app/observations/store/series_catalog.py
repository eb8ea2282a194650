"""The series that there are."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, func, select, tuple_, update
from sqlalchemy.orm import Session

from app.observations.current import choose_current
from app.observations.observation import NewSeries, Observation
from app.observations.publishers import BORDERS, border_of_key
from app.observations.store.full_releases import day_of_first_full_release
from app.observations.store.version_rows import FAR_FUTURE, edge_of_series, versions_by_series
from app.observations.tables import SeriesLogRow, SeriesRow
from forecasting import Month


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """What there is of one series, as known on a date."""

    series: SeriesRow
    first_period: Month | None
    latest: Observation | None
    first_full_release: date | None


def count_series(session: Session) -> int:
    """How many series there are."""
    return session.scalar(select(func.count()).select_from(SeriesRow)) or 0


def find_series(session: Session, key: str) -> SeriesRow | None:
    if "\0" in key:  # PostgreSQL's text has none, and says so with an error
        return None
    return session.scalar(select(SeriesRow).where(SeriesRow.key == key))


def all_series(session: Session) -> Sequence[SeriesRow]:
    """Every series, by key."""
    return session.scalars(select(SeriesRow).order_by(SeriesRow.key)).all()


def parents_within(session: Session, border: str) -> list[int]:
    """The ids of the series that series of a border are parts of."""
    statement = select(SeriesRow.parent_id).where(SeriesRow.border == border).distinct()
    return sorted(parent for parent in session.scalars(statement) if parent is not None)


def keys_matching(session: Session, pattern: str, *, limit: int) -> list[str]:
    """Keys that match a pattern in which `*` stands for any characters, in their order."""
    if "\0" in pattern:
        return []
    like = re.sub(r"([%_\\])", r"\\\1", pattern).replace("*", "%")
    statement = select(SeriesRow.key).where(SeriesRow.key.like(like, escape="\\"))
    found = session.scalars(statement.order_by(SeriesRow.key).limit(limit))
    exact = re.compile(re.escape(pattern).replace(re.escape("*"), ".*"))
    return [key for key in found if exact.fullmatch(key)]  # SQLite's LIKE ignores case


def summaries(
    session: Session,
    *,
    as_of: date | None = None,
    after: str | None = None,
    limit: int | None = None,
    keys: Collection[str] | None = None,
) -> list[SeriesSummary]:
    """Series with their span, newest figure and first full release, by border and key.

    Every series, or those of some `keys`; of those after the one with the key `after`, as many as
    `limit`.
    """
    known_by = as_of or FAR_FUTURE
    place = case(
        {border: place for place, border in enumerate(BORDERS)},
        value=SeriesRow.border,
        else_=len(BORDERS),
    )
    page = select(SeriesRow.id).order_by(place, SeriesRow.key).limit(limit)
    if keys is not None:
        page = page.where(SeriesRow.key.in_(keys))
    if after is not None:
        its_place = select(place).where(SeriesRow.key == after).scalar_subquery()
        page = page.where(tuple_(place, SeriesRow.key) > tuple_(its_place, after))
    rows = session.execute(
        select(SeriesRow, edge_of_series(known_by, newest=False), day_of_first_full_release())
        .where(SeriesRow.id.in_(page))
        .order_by(place, SeriesRow.key)
    ).all()
    latest = _latest_observations(session, page, known_by)
    return [
        SeriesSummary(series, first, latest.get(series.id), full) for series, first, full in rows
    ]


def _latest_observations(
    session: Session, series_ids: Select[int], known_by: date
) -> dict[int, Observation]:
    """The current figure of the newest month with a count of each series."""
    newest = (
        select(SeriesRow.id, edge_of_series(known_by, newest=True).label("period"))
        .where(SeriesRow.id.in_(series_ids))
        .subquery()
    )
    candidates = versions_by_series(session, newest, known_by)
    chosen = {series_id: choose_current(figures) for series_id, figures in candidates.items()}
    return {series_id: figure for series_id, figure in chosen.items() if figure is not None}


def add_series(session: Session, series: NewSeries, *, parent_id: int | None) -> int:
    """Make a series known; returns its id."""
    row = SeriesRow(id=_free_id(session), key=series.key, parent_id=parent_id)
    parent = None if parent_id is None else session.get_one(SeriesRow, parent_id)
    _describe(row, series, parent)
    session.add(row)
    session.flush()
    return row.id


def update_description(session: Session, row: SeriesRow, series: NewSeries) -> None:
    """Give a known series the description of another one of its key."""
    _describe(row, series, row.parent)
    session.flush()


def resumable_ends(session: Session) -> dict[int, Month]:
    """The last month of each series that has ended and is resumable, by id."""
    statement = select(SeriesRow.id, edge_of_series(FAR_FUTURE, newest=True)).where(
        SeriesRow.ended, SeriesRow.resumable
    )
    return {series_id: last for series_id, last in session.execute(statement) if last is not None}


def resume_series(session: Session, series_ids: Iterable[int]) -> None:
    """Let series go on that had ended."""
    session.execute(update(SeriesRow).where(SeriesRow.id.in_(list(series_ids))).values(ended=False))


def borders_of(session: Session, series_ids: Iterable[int]) -> list[str]:
    """The borders of some series, by name."""
    statement = select(SeriesRow.border).where(SeriesRow.id.in_(list(series_ids))).distinct()
    return sorted(session.scalars(statement))


def border_of(session: Session, series_id: int) -> str:
    """The border of a series. Raises NoResultFound if it is not there."""
    return session.scalars(select(SeriesRow.border).where(SeriesRow.id == series_id)).one()


def _describe(row: SeriesRow, series: NewSeries, parent: SeriesRow | None) -> None:
    border = series.border or (parent.border if parent else border_of_key(series.key))
    own_start = (
        parent.year_start if parent and parent.border == border else BORDERS[border].year_start
    )
    row.title = series.title
    row.unit = series.unit
    row.dimension = series.dimension
    row.border = border
    row.year_start = series.year_start or own_start
    row.ended = series.ended
    row.resumable = series.resumable
    row.covariate = series.covariate
    row.fewest_figures = series.fewest_figures
    row.note = series.note
    row.breaks = [str(period) for period in series.breaks]
    row.official_source = series.official_source


def _free_id(session: Session) -> int | None:
    """A number that no series has had; None if the database sees to that itself, which SQLite does
    not after the last one was removed."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    last = session.scalars(
        select(func.max(SeriesRow.id)).union_all(select(func.max(SeriesLogRow.series_id)))
    )
    return max(filter(None, last), default=0) + 1
