"""All SQL on scores, as named questions."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, NamedTuple

from cachetools.keys import hashkey
from sqlalchemy import ColumnElement, Integer, and_, case, cast, delete, func, literal, select
from sqlalchemy.orm import Session

from app.evaluation.tables import ScoreRow
from app.observations.tables import SeriesRow
from app.storage.bulk import add_rows
from forecasting import Month
from forecasting.backtest.summaries import ERAS, HORIZON_GROUPS, PIT_BINS


class Score(NamedTuple):
    """A scored forecast as it goes into the table; see ScoreRow."""

    series_id: int
    model: str
    forecast_id: int | None
    vintage: str
    origin: Month
    horizon: int
    target: Month
    observed: float
    wis: float
    log_wis: float
    crps: float
    pit: float
    scaled_error: float | None
    baseline_wis: float
    baseline_log_wis: float
    baseline_crps: float
    covered_50: bool
    covered_80: bool
    covered_95: bool
    median: float | None = None
    lower_80: float | None = None
    upper_80: float | None = None


_ORIGIN, _TARGET = Score._fields.index("origin"), Score._fields.index("target")


@dataclass(frozen=True, slots=True)
class ScoreFilter:
    """Which scores are asked for; None is any.

    `start` and `end` bound the months that were forecast.
    """

    series_id: int | None = None
    model: str | None = None
    horizon: int | None = None
    start: Month | None = None
    end: Month | None = None


@dataclass(frozen=True, slots=True)
class ScoreTotals:
    """Sums over the scores of one model, series, horizon group, era and vintage.

    pit: (10,) how many outcomes were in each tenth of their forecast distribution
    scaled: over how many of the scores `scaled_error` is the sum
    """

    model: str
    series: str
    horizons: str
    era: str
    vintage: str
    first: Month
    last: Month
    count: int
    wis: float
    log_wis: float
    crps: float
    baseline_wis: float
    baseline_log_wis: float
    baseline_crps: float
    covered_50: int
    covered_80: int
    covered_95: int
    scaled_error: float
    scaled: int
    pit_sum: float
    pit: tuple[int, ...]


def add_scores(session: Session, scores: Iterable[Score]) -> int:
    """Keep scores, of which a hindcast has hundreds of thousands; returns how many."""
    return add_rows(session, ScoreRow.__tablename__, Score._fields, map(_written, scores))


def _written(score: Score) -> tuple[Any, ...]:
    """A score with its months as databases read them."""
    row: list[Any] = list(score)
    row[_ORIGIN], row[_TARGET] = _first_day(score.origin), _first_day(score.target)
    return tuple(row)


@cache
def _first_day(month: Month) -> str:
    return month.first_day.isoformat()


def forget_hindcast(session: Session) -> None:
    session.execute(delete(ScoreRow).where(ScoreRow.forecast_id.is_(None)))


def hindcast_sums(session: Session) -> tuple[int, float]:
    """How many scores of hindcasts there are, and the sum of their weighted interval scores."""
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(ScoreRow.wis), 0.0)).where(
            ScoreRow.forecast_id.is_(None)
        )
    ).one()
    return count, float(total)


def newest_scores(session: Session, model: str) -> list[tuple[str, ScoreRow]]:
    """The score of every series' newest figure by a model, by key: of the live forecasts of it the
    last one, or of the hindcast's where there is none."""
    newest = (
        select(ScoreRow.series_id, func.max(ScoreRow.target).label("target"))
        .where(ScoreRow.model == model)
        .group_by(ScoreRow.series_id)
        .subquery()
    )
    rows = session.execute(
        select(SeriesRow.key, ScoreRow)
        .join(SeriesRow, SeriesRow.id == ScoreRow.series_id)
        .join(
            newest,
            and_(
                newest.c.series_id == ScoreRow.series_id,
                newest.c.target == ScoreRow.target,
            ),
        )
        .where(ScoreRow.model == model)
        .order_by(SeriesRow.key, ScoreRow.forecast_id.is_(None), ScoreRow.horizon)
    )
    chosen: dict[str, ScoreRow] = {}
    for key, score in rows:
        chosen.setdefault(key, score)
    return list(chosen.items())


def newest_score(session: Session) -> int:
    """Changes with every score that is added; 0 where there is none."""
    return session.scalar(select(func.coalesce(func.max(ScoreRow.id), 0))) or 0


def scores_key(session: Session, *asked: Hashable) -> Hashable:
    """A key for caches of what follows from a store's scores alone.

    It names what is asked, and changes with every score that is added.
    """
    return hashkey(str(session.get_bind().engine.url), newest_score(session), *asked)


def forget_forecast(session: Session, forecast_id: int) -> None:
    """Drop the scores of one archived forecast, to be made again."""
    session.execute(delete(ScoreRow).where(ScoreRow.forecast_id == forecast_id))


def scored_outcomes(session: Session, series_id: int) -> dict[int, dict[Month, float]]:
    """The outcomes that each live forecast of a series was scored against, by month."""
    found: dict[int, dict[Month, float]] = {}
    rows = session.execute(
        select(ScoreRow.forecast_id, ScoreRow.target, ScoreRow.observed).where(
            ScoreRow.series_id == series_id, ScoreRow.forecast_id.is_not(None)
        )
    )
    for forecast_id, target, observed in rows:
        if forecast_id is not None:
            found.setdefault(forecast_id, {})[target] = observed
    return found


def totals(session: Session, wanted: ScoreFilter) -> list[ScoreTotals]:
    """Sums of the wanted scores, ordered by model, series, horizon group, era, and vintage."""
    groups = (ScoreRow.model, SeriesRow.key, _horizon_group(), _era(), ScoreRow.vintage)
    sums = (
        func.min(ScoreRow.target),
        func.max(ScoreRow.target),
        func.count(),
        func.sum(ScoreRow.wis),
        func.sum(ScoreRow.log_wis),
        func.sum(ScoreRow.crps),
        func.sum(ScoreRow.baseline_wis),
        func.sum(ScoreRow.baseline_log_wis),
        func.sum(ScoreRow.baseline_crps),
        func.sum(cast(ScoreRow.covered_50, Integer)),
        func.sum(cast(ScoreRow.covered_80, Integer)),
        func.sum(cast(ScoreRow.covered_95, Integer)),
        func.coalesce(func.sum(ScoreRow.scaled_error), 0.0),
        func.count(ScoreRow.scaled_error),
        func.sum(ScoreRow.pit),
        *(func.sum(case((_in_bin(tenth), 1), else_=0)) for tenth in range(PIT_BINS)),
    )
    statement = (
        select(*groups, *sums)
        .join(SeriesRow, SeriesRow.id == ScoreRow.series_id)
        .where(*_conditions(wanted))
        .group_by(*groups)
        .order_by(*groups)
    )
    names = [field.name for field in fields(ScoreTotals)]
    rows: Iterable[Any] = session.execute(statement)
    return [
        ScoreTotals(**dict(zip(names, [*row[:-PIT_BINS], tuple(row[-PIT_BINS:])], strict=True)))
        for row in rows
    ]


def scored_forecasts(session: Session, wanted: ScoreFilter) -> list[Score]:
    """The wanted scores one by one, by month forecast, the newest forecast first."""
    rows = session.execute(
        select(*(getattr(ScoreRow, name) for name in Score._fields))
        .where(*_conditions(wanted))
        .order_by(ScoreRow.target, ScoreRow.origin.desc(), ScoreRow.forecast_id.desc(), ScoreRow.id)
    )
    return [Score(*row) for row in rows]


def _conditions(wanted: ScoreFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.series_id is not None:
        conditions.append(ScoreRow.series_id == wanted.series_id)
    if wanted.model is not None:
        conditions.append(ScoreRow.model == wanted.model)
    if wanted.horizon is not None:
        conditions.append(ScoreRow.horizon == wanted.horizon)
    if wanted.start is not None:
        conditions.append(ScoreRow.target >= wanted.start)
    if wanted.end is not None:
        conditions.append(ScoreRow.target <= wanted.end)
    return conditions


def _horizon_group() -> ColumnElement[str]:
    groups = [
        (ScoreRow.horizon <= last, literal(f"{first}-{last}")) for first, last in HORIZON_GROUPS
    ]
    return case(*groups[:-1], else_=groups[-1][1])


def _era() -> ColumnElement[str]:
    eras = [(ScoreRow.target <= Month.of(last, 12), literal(name)) for name, last in ERAS]
    return case(*eras[:-1], else_=eras[-1][1])


def _in_bin(tenth: int) -> ColumnElement[bool]:
    """The last tenth has its upper end too."""
    above = ScoreRow.pit >= tenth / PIT_BINS
    return above if tenth == PIT_BINS - 1 else above & (ScoreRow.pit < (tenth + 1) / PIT_BINS)
