"""What is known of one series: on a day, from the first, in every version.

And how more becomes known.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import groupby

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from app.observations.current import ANYTHING_ELSE, choose_current, mark_source_changes, precedence
from app.observations.new_release import NewObservation
from app.observations.observation import Observation, Qualifier
from app.observations.store.newest_versions import newest_of_precedence, precedences_of_series
from app.observations.store.version_rows import (
    FAR_FUTURE,
    FIRST_MONTH,
    Versions,
    every_version,
    every_version_statement,
    to_observations,
)
from app.observations.tables import ObservationRow, ReleaseRow
from app.storage.bulk import add_rows
from app.storage.database import MonthColumn
from forecasting import Month

_COLUMNS = (
    "series_id",
    "period",
    "release_id",
    "value",
    "status",
    "qualifier",
    "rounding_unit",
    "precedence",
    "published_on",
    "note",
)


def history(session: Session, series_id: int, *, as_of: date | None = None) -> list[Observation]:
    """The current figure of every month as of the end of `as_of` (default: now), oldest first."""
    chosen = (
        choose_current(figures)
        for figures in current_candidates(session, series_id, as_of=as_of).values()
    )
    return mark_source_changes([observation for observation in chosen if observation is not None])


def current_candidates(
    session: Session,
    series_id: int,
    *,
    as_of: date | None = None,
    since: Month = FIRST_MONTH,
) -> dict[Month, list[Observation]]:
    """Those published figures of every month among which the current one is, also once more are
    published; oldest month first."""
    known_by = as_of or FAR_FUTURE
    kinds = precedences_of_series(session, series_id)
    statements = [
        newest_of_precedence(session, series_id, known_by, kind, since=since)
        for kind in kinds
        if kind != ANYTHING_ELSE
    ]
    if ANYTHING_ELSE in kinds:
        statements.append(
            _anything_else().params(series_id=series_id, known_by=known_by, since=since)
        )
    known = to_observations(session, *statements)
    runs = (list(run) for _, run in groupby(known, key=lambda one: one.period.ordinal))
    return {figures[0].period: figures for figures in runs}


@cache
def _anything_else() -> Versions:
    return every_version_statement().where(
        ObservationRow.precedence == ANYTHING_ELSE,
        ObservationRow.period >= bindparam("since", type_=MonthColumn),
    )


def first_observations(
    session: Session, series_id: int, *, as_of: date | None = None
) -> list[Observation]:
    """The figure that was published first for every month, oldest first.

    On one day an official source comes first, then the more exact figure; which release was loaded
    first decides only between two figures of one source that are equally exact.
    """
    known = to_observations(session, every_version(series_id, as_of or FAR_FUTURE))
    return [
        min(
            figures,
            key=lambda observation: (
                observation.published_on,
                not observation.official,
                observation.vague,
                observation.rounding_unit,
                observation.source,
                observation.release,
            ),
        )
        for _, figures in groupby(known, key=lambda observation: observation.period)
    ]


def versions(
    session: Session, series_id: int, *, period: Month | None = None, as_of: date | None = None
) -> list[Observation]:
    """Every published version of a series, or of one month of it, in the order of publication."""
    statement = every_version(series_id, as_of or FAR_FUTURE)
    if period is not None:
        statement = statement.where(ObservationRow.period == period)
    return sorted(
        to_observations(session, statement),
        key=lambda observation: (observation.published_on, observation.release),
    )


def observation_of_month(
    session: Session, series_id: int, period: Month, known_by: date
) -> Observation | None:
    """The current figure of one month as known on a day."""
    return choose_current(
        to_observations(
            session, every_version(series_id, known_by).where(ObservationRow.period == period)
        )
    )


def add_observations(
    session: Session, release: ReleaseRow, figures: Iterable[tuple[int, NewObservation]]
) -> None:
    """Record what a release states, each with its series' id."""
    number, published_on = release.id, release.published_on.isoformat()
    ranks = {qualifier: precedence(release.source, qualifier) for qualifier in Qualifier}
    rows = (
        (
            series_id,
            observation.period.first_day.isoformat(),
            number,
            observation.value,
            observation.status.value,
            observation.qualifier.value,
            observation.rounding_unit,
            ranks[observation.qualifier],
            published_on,
            observation.note,
        )
        for series_id, observation in figures
    )
    add_rows(session, ObservationRow.__tablename__, _COLUMNS, rows)
