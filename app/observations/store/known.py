"""What is known of one series: on a day, from the first, in every version; and how more becomes known."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from app.bulk import add_rows
from app.observations.current import current, precedence
from app.observations.figures import Figure, Qualifier
from app.observations.statements import Statement
from app.observations.store.newest import newest_of_kind
from app.observations.store.version_rows import THE_END_OF_TIME, every_version, figures_of
from app.observations.tables import ObservationRow, ReleaseRow
from forecasting import Month

ONE_ROW_SUFFICES = (0, 1)  # the precedences of which only the newest row of a month can be current
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


def history(session: Session, series_id: int, *, as_of: date | None = None) -> list[Figure]:
    """The current figure of every month as known at the end of `as_of` (default: now), oldest month first."""
    chosen = (current(figures) for figures in candidates(session, series_id, as_of=as_of).values())
    return [figure for figure in chosen if figure is not None]


def candidates(session: Session, series_id: int, *, as_of: date | None = None) -> dict[Month, list[Figure]]:
    """Those published figures of every month among which the current one is, also once more are published;
    oldest month first."""
    known_by = as_of or THE_END_OF_TIME
    rest = every_version(series_id, known_by).where(ObservationRow.precedence > max(ONE_ROW_SUFFICES))
    newest = [newest_of_kind(session, series_id, known_by, kind) for kind in ONE_ROW_SUFFICES]
    known = figures_of(session, rest, *newest)
    return {period: list(figures) for period, figures in groupby(known, key=lambda figure: figure.period)}


def first_figures(session: Session, series_id: int, *, as_of: date | None = None) -> list[Figure]:
    """The figure that was published first for every month, oldest first; on one day the more exact one."""
    known = figures_of(session, every_version(series_id, as_of or THE_END_OF_TIME))
    return [
        min(figures, key=lambda figure: (figure.published_on, figure.vague, figure.release))
        for _, figures in groupby(known, key=lambda figure: figure.period)
    ]


def versions(
    session: Session, series_id: int, *, period: Month | None = None, as_of: date | None = None
) -> list[Figure]:
    """Every published version of a series, or of one month of it, in the order of publication."""
    statement = every_version(series_id, as_of or THE_END_OF_TIME)
    if period is not None:
        statement = statement.where(ObservationRow.period == period)
    return sorted(figures_of(session, statement), key=lambda figure: (figure.published_on, figure.release))


def figure_of_month(session: Session, series_id: int, period: Month, known_by: date) -> Figure | None:
    """The current figure of one month as known on a day."""
    return current(
        figures_of(session, every_version(series_id, known_by).where(ObservationRow.period == period))
    )


def add_figures(session: Session, release: ReleaseRow, figures: Iterable[tuple[int, Statement]]) -> None:
    """Record what a release states, each with its series' id."""
    number, published_on = release.id, release.published_on.isoformat()
    ranks = {qualifier: precedence(release.source, qualifier) for qualifier in Qualifier}
    rows = (
        (
            series_id,
            said.period.first_day.isoformat(),
            number,
            said.value,
            said.status.value,
            said.qualifier.value,
            said.rounding_unit,
            ranks[said.qualifier],
            published_on,
            said.note,
        )
        for series_id, said in figures
    )
    add_rows(session, ObservationRow.__tablename__, _COLUMNS, rows)
