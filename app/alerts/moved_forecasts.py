"""Live forecasts that moved, as events: one for each series and issue."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from cachetools import LRUCache

from app.alerts.event import Event, EventKind, make_urn
from app.forecasts import store
from app.forecasts.changes import Issue, MonthComparison, compare_months, issues_of
from app.forecasts.specification import Specification
from app.forecasts.store import IssueWithPrevious
from app.languages import DEFAULT, words
from app.observations.store import all_series
from app.observations.tables import SeriesRow
from app.reconciliation.store import newest_reconciliations
from app.storage.database import Session
from forecasting import Month

LEAST_MOVE = 0.10
"""Share of its former median that a month's median has to move by."""
LEAST_COUNT = 10
"""And by how many: a median that goes from 3 to 4 is no news."""
LAST_MONTH = 6
"""Months after the current one that are compared, as far as the page shows them."""
ISSUES_COMPARED = 400
"""Newest live forecasts that are looked at: a few for each series."""


@dataclass(frozen=True, slots=True)
class Move:
    """The month whose median moved most in a forecast, by ratio, and when it was issued."""

    issued_at: datetime
    data_version: str
    month: MonthComparison


_moves: LRUCache[tuple[object, ...], Move | None] = LRUCache(4 * ISSUES_COMPARED)
_lock = Lock()


def find_moved_forecasts(
    session: Session, series: SeriesRow | None, specification: Specification
) -> list[Event]:
    """The newest live forecasts, of all series or of one, that differ from the one before."""
    issues = store.recent_reissues(
        session,
        specification,
        limit=ISSUES_COMPARED,
        series_id=None if series is None else series.id,
    )
    known = {one.id: one for one in (all_series(session) if series is None else [series])}
    moves = _compare(session, issues)
    return [
        _as_event(known[issue.series_id], issue, move, specification)
        for issue, move in zip(issues, moves, strict=True)
        if move is not None
    ]


def _compare(session: Session, issues: list[IssueWithPrevious]) -> list[Move | None]:
    """What moved in each issue. None is compared twice, unless it has been reconciled since."""
    place = str(session.get_bind().engine.url)
    every = {number for issue in issues for number in (issue.id, issue.previous_id)}
    made = newest_reconciliations(session, every)
    keys = {
        issue: (place, issue, made.get(issue.previous_id), made.get(issue.id)) for issue in issues
    }
    with _lock:
        found = {issue: _moves[key] for issue, key in keys.items() if key in _moves}
    wanted = [issue for issue in issues if issue not in found]
    ids = {number for issue in wanted for number in (issue.id, issue.previous_id)}
    rows = store.forecasts_with_quantiles(session, ids)
    seen = {one.id: one for one in issues_of(session, list(rows.values()), made)}
    for issue in wanted:
        found[issue] = _largest_move(seen[issue.previous_id], seen[issue.id], issue.data_version)
    with _lock:
        _moves.update({keys[issue]: found[issue] for issue in wanted})
    return [found[issue] for issue in issues]


def _largest_move(previous: Issue, latest: Issue, data_version: str) -> Move | None:
    """The month that moved most of those a reader looks at first; None if none moved enough."""
    current = Month.containing(latest.issued_at.date())
    moved = [
        month
        for month in compare_months(previous, latest)
        if current <= month.period <= current + LAST_MONTH and _has_moved(month)
    ]
    if not moved:
        return None
    most = max(moved, key=lambda month: (_ratio(month), -(month.period - current)))
    return Move(latest.issued_at, data_version, most)


def _has_moved(month: MonthComparison) -> bool:
    before, after = month.before[0], month.after[0]
    moved = abs(after - before)
    return moved >= LEAST_COUNT and moved > LEAST_MOVE * before


def _ratio(month: MonthComparison) -> float:
    """By what factor the median moved, up or down, at least 1."""
    low, high = sorted((month.before[0], month.after[0]))
    return (high + 1) / (low + 1)


def _as_event(
    series: SeriesRow, issue: IssueWithPrevious, move: Move, specification: Specification
) -> Event:
    in_english = words(DEFAULT)
    period = move.month.period
    before, (after, lower, upper) = move.month.before[0], move.month.after
    number = in_english.number
    change = f" ({in_english.percent(100 * (after / before - 1), signed=True)})" if before else ""
    direction = "up" if after > before else "down"
    return Event(
        kind=EventKind.FORECAST,
        id=make_urn(
            EventKind.FORECAST,
            series.key,
            specification,
            move.data_version,
            move.issued_at.isoformat(),
        ),
        at=move.issued_at,
        title=f"Forecast {direction}: {series.title}, {in_english.month(period)}",
        summary=f"The median forecast of {in_english.month(period)} went from {number(before)} to "
        f"{number(after)} {series.unit}{change}; the 80% interval is {number(lower)} to "
        f"{number(upper)}. Of the current month and the {LAST_MONTH} after it, this month moved "
        "most.",
        series=series.key,
        period=period,
        value=after,
        compared_with=before,
        rank=issue.id,
    )
