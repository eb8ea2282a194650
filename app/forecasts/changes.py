"""How a forecast moved since the one issued before it, and which figures moved it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from app.forecasts import store
from app.forecasts.encoding import decode_marginals
from app.forecasts.specification import Specification
from app.forecasts.tables import ForecastRow
from app.observations.current import choose_current
from app.observations.observation import Observation
from app.observations.store import releases, versions
from app.observations.tables import ReleaseRow
from app.reconciliation.store import newest_reconciliations, reconciled_quantiles
from app.storage.database import Session
from forecasting import Month


class FigureChangeKind(StrEnum):
    """What happened to the figure of a month."""

    NEW = "new"
    RESTATED = "restated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """The current figure of a month before and after; None is no figure."""

    period: Month
    before: Observation | None
    after: Observation | None

    @property
    def kind(self) -> FigureChangeKind:
        if self.before is None or self.before.value is None:
            return FigureChangeKind.NEW
        if self.after is None or self.after.value is None:
            return FigureChangeKind.WITHDRAWN
        return FigureChangeKind.RESTATED


@dataclass(frozen=True, slots=True)
class MonthComparison:
    """Median and 80 % interval of a month in two forecasts."""

    period: Month
    before: tuple[int, int, int]
    after: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Issue:
    """A forecast as it was issued live, and as readers saw it: reconciled, if it has been."""

    id: int
    origin: Month
    issued_at: datetime
    quantiles: bytes
    reconciled: bool


@dataclass(frozen=True, slots=True)
class ForecastChange:
    """Two forecasts of a series, one issued after the other, and what lies between them."""

    previous: Issue
    latest: Issue
    months: list[MonthComparison]
    figures: list[ChangedFigure]


def find_change(
    session: Session,
    series_id: int,
    specification: Specification,
    known: Sequence[Observation] | None = None,
) -> ForecastChange | None:
    """How the last live forecast of a series differs from the one before; None without two.

    known: every published version of the series, if the caller has read them already.
    """
    issued = store.last_live_forecasts(session, series_id, specification, count=2)
    if len(issued) < 2:
        return None
    latest, previous = issues_of(session, issued)
    known = versions(session, series_id) if known is None else known
    rows = releases(session, {observation.release for observation in known})
    before = _current_at(known, rows, previous.issued_at)
    after = _current_at(known, rows, latest.issued_at)
    figures = [
        ChangedFigure(period, before.get(period), after.get(period))
        for period in sorted(before.keys() | after.keys())
        if _content(before.get(period)) != _content(after.get(period))
    ]
    return ForecastChange(previous, latest, compare_months(previous, latest), figures)


def _current_at(
    known: Sequence[Observation], rows: dict[int, ReleaseRow], moment: datetime
) -> dict[Month, Observation]:
    """The current figure of every month by what this store had learned at a moment."""
    learned = (
        observation for observation in known if rows[observation.release].recorded_at <= moment
    )
    chosen = {
        period: choose_current(figures)
        for period, figures in groupby(_by_month(learned), key=lambda figure: figure.period)
    }
    return {period: figure for period, figure in chosen.items() if figure is not None}


def _by_month(figures: Iterable[Observation]) -> list[Observation]:
    return sorted(figures, key=lambda figure: figure.period)


def _content(figure: Observation | None) -> tuple[object, ...] | None:
    """What a forecast can see of a figure."""
    if figure is None:
        return None
    return figure.value, figure.status, figure.qualifier, figure.rounding_unit, figure.source


def issues_of(
    session: Session, rows: Sequence[ForecastRow], made: Mapping[int, int] | None = None
) -> list[Issue]:
    """Some archived forecasts as readers saw them last.

    made: the reconciliation of each that has one, if the caller has asked already
    """
    if made is None:
        made = newest_reconciliations(session, [row.id for row in rows])
    reconciled = reconciled_quantiles(
        session, {row.id: made[row.id] for row in rows if row.id in made}
    )
    return [
        Issue(
            row.id,
            row.origin,
            row.issued_at,
            (reconciled.get(row.id) or row).quantiles,
            row.id in reconciled,
        )
        for row in rows
    ]


def compare_months(previous: Issue, latest: Issue) -> list[MonthComparison]:
    """The months that both forecasts are of, oldest first."""
    was, now = _by_period(previous), _by_period(latest)
    return [
        MonthComparison(period, was[period], now[period]) for period in sorted(was.keys() & now)
    ]


def _by_period(row: Issue) -> dict[Month, tuple[int, int, int]]:
    """Median and ends of the 80 % interval of every month of a forecast."""
    marginals = decode_marginals(row.quantiles)
    lower, upper = marginals.interval(0.8)
    return {
        row.origin + step: (int(median), int(low), int(high))
        for step, (median, low, high) in enumerate(
            zip(marginals.median, lower, upper, strict=True), start=1
        )
    }
