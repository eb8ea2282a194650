"""The series that there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.observations.observation import NewSeries, Observation
from app.observations.store.full_releases import day_of_first_full_release
from app.observations.store.histories import observation_of_month
from app.observations.store.version_rows import FAR_FUTURE, edge_of_series
from app.observations.tables import SeriesRow
from forecasting import Month


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """What there is of one series, as known on a date."""

    series: SeriesRow
    first_period: Month | None
    latest: Observation | None
    first_full_release: date | None


def find_series(session: Session, key: str) -> SeriesRow | None:
    if "\0" in key:  # PostgreSQL's text has none, and says so with an error
        return None
    return session.scalar(select(SeriesRow).where(SeriesRow.key == key))


def all_series(session: Session) -> Sequence[SeriesRow]:
    """Every series, by key."""
    return session.scalars(select(SeriesRow).order_by(SeriesRow.key)).all()


def summaries(session: Session, *, as_of: date | None = None) -> list[SeriesSummary]:
    """Every series with its span, newest figure and first full release, by key."""
    known_by = as_of or FAR_FUTURE
    rows = session.execute(
        select(
            SeriesRow,
            edge_of_series(known_by, newest=False),
            edge_of_series(known_by, newest=True),
            day_of_first_full_release(),
        ).order_by(SeriesRow.key)
    ).all()
    return [
        SeriesSummary(
            series,
            first,
            observation_of_month(session, series.id, last, known_by) if last else None,
            full,
        )
        for series, first, last, full in rows
    ]


def add_series(session: Session, series: NewSeries, *, parent_id: int | None) -> int:
    """Make a series known; returns its id."""
    row = SeriesRow(
        key=series.key,
        title=series.title,
        unit=series.unit,
        parent_id=parent_id,
        dimension=series.dimension,
        ended=series.ended,
        note=series.note,
        breaks=[str(period) for period in series.breaks],
    )
    session.add(row)
    session.flush()
    return row.id
