"""All SQL on scores, as named questions."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple

from cachetools.keys import hashkey
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.evaluation.tables import (
    LoadedHindcastRow,
    OutcomeRow,
    ReconciledScoreRow,
    ScoreColumns,
    ScoreRow,
    SupersededScoreRow,
    SurpriseRow,
)
from app.forecasts.store import ids_issued_before
from app.observations.store import last_series_change
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


class Outcome(NamedTuple):
    """The figure that a month's forecasts are held against in the record of some days; see
    OutcomeRow."""

    period: Month
    known_from: date
    known_until: date | None
    value: int
    hindcast_value: int | None


_ORIGIN, _TARGET = Score._fields.index("origin"), Score._fields.index("target")


@dataclass(frozen=True, slots=True)
class ScoreFilter:
    """Which scores are asked for; None is any.

    `start` and `end` bound the months that were forecast. With `as_of`, they are the scores of what
    was published and issued by the end of that day, against the figures that were current then.
    """

    series_id: int | None = None
    model: str | None = None
    horizon: int | None = None
    start: Month | None = None
    end: Month | None = None
    as_of: date | None = None


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


def add_scores(session: Session, scores: Iterable[Score], *, superseded: bool = False) -> int:
    """Keep scores, of which a hindcast has hundreds of thousands; returns how many."""
    table = SupersededScoreRow if superseded else ScoreRow
    return add_rows(session, table.__tablename__, Score._fields, map(_written, scores))


def add_reconciled_scores(session: Session, scores: Iterable[Score]) -> None:
    """Keep the scores of reconciled forecasts."""
    add_rows(session, ReconciledScoreRow.__tablename__, Score._fields, map(_written, scores))


def _written(score: Score) -> tuple[Any, ...]:
    """A score with its months as databases read them."""
    row: list[Any] = list(score)
    row[_ORIGIN], row[_TARGET] = _first_day(score.origin), _first_day(score.target)
    return tuple(row)


@cache
def _first_day(month: Month) -> str:
    return month.first_day.isoformat()


def forget_hindcast(session: Session) -> None:
    for table in (ScoreRow, SupersededScoreRow):
        session.execute(delete(table).where(table.forecast_id.is_(None)))
    session.execute(delete(LoadedHindcastRow))


def loaded_hindcast(session: Session) -> LoadedHindcastRow | None:
    """Which hindcast the store holds the scores of."""
    return session.scalar(select(LoadedHindcastRow))


def mark_hindcast_loaded(session: Session, checksum: str, series: Mapping[str, int | None]) -> None:
    """Say that the scores of a hindcast are in the store; see LoadedHindcastRow."""
    session.add(LoadedHindcastRow(id=1, checksum=checksum, series=dict(series)))
    session.flush()


def newest_scores(session: Session, model: str) -> list[tuple[str, ScoreColumns]]:
    """The score of every series' newest figure by a model, by key: of the live forecasts of it the
    last one, as readers saw it, or of the hindcast's where there is none."""
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
    reconciled = _reconciled_twins(session, chosen.values())
    return [
        (key, reconciled.get((score.forecast_id, score.horizon), score))
        for key, score in chosen.items()
    ]


def _reconciled_twins(
    session: Session, scores: Iterable[ScoreRow]
) -> dict[tuple[int | None, int], ScoreColumns]:
    """The scores of the same forecasts reconciled, by the forecast's number and the horizon."""
    numbers = [score.forecast_id for score in scores if score.forecast_id is not None]
    rows = session.scalars(
        select(ReconciledScoreRow).where(ReconciledScoreRow.forecast_id.in_(numbers))
    )
    return {(row.forecast_id, row.horizon): row for row in rows}


def newest_score(session: Session) -> int:
    """Changes with every score and outcome that is added; 0 where there is none."""
    newest = (
        select(func.coalesce(func.max(table.id), 0)).scalar_subquery()
        for table in (ScoreRow, ReconciledScoreRow, SupersededScoreRow, OutcomeRow)
    )
    return sum(session.execute(select(*newest)).one())


def scores_key(session: Session, *asked: Hashable) -> Hashable:
    """A key for caches of what follows from a store's scores alone.

    It names what is asked, and changes with every score and outcome that is added, and with
    everything that is done to a series.
    """
    state = newest_score(session), last_series_change(session)
    return hashkey(str(session.get_bind().engine.url), *state, *asked)


def kept_surprises(session: Session, model: str) -> list[tuple[str, SurpriseRow]]:
    """The surprises that were kept of a model's forecasts, with the keys of their series."""
    rows = session.execute(
        select(SeriesRow.key, SurpriseRow)
        .join(SeriesRow, SeriesRow.id == SurpriseRow.series_id)
        .where(SurpriseRow.model == model)
        .order_by(SurpriseRow.id)
    )
    return [(key, row) for key, row in rows]


def surprises_key(session: Session, *asked: Hashable) -> Hashable:
    """A key for caches of what follows from scores and kept surprises, as `scores_key` is one."""
    newest = session.scalar(select(func.coalesce(func.max(SurpriseRow.id), 0))) or 0
    return scores_key(session, newest, *asked)


def forget_forecast(session: Session, forecast_id: int) -> None:
    """Drop the scores of one archived forecast, to be made again."""
    for table in (ScoreRow, ReconciledScoreRow):
        session.execute(delete(table).where(table.forecast_id == forecast_id))


def forget_superseded(session: Session, forecast_id: int) -> None:
    """Drop the scores of one archived forecast against figures that have been restated."""
    session.execute(delete(SupersededScoreRow).where(SupersededScoreRow.forecast_id == forecast_id))


def scored_superseded_outcomes(
    session: Session, series_id: int
) -> dict[int, set[tuple[Month, float]]]:
    """The months and restated figures that each live forecast of a series was scored against."""
    found: dict[int, set[tuple[Month, float]]] = {}
    rows = session.execute(
        select(
            SupersededScoreRow.forecast_id,
            SupersededScoreRow.target,
            SupersededScoreRow.observed,
        ).where(
            SupersededScoreRow.series_id == series_id, SupersededScoreRow.forecast_id.is_not(None)
        )
    )
    for forecast_id, target, observed in rows:
        if forecast_id is not None:
            found.setdefault(forecast_id, set()).add((target, observed))
    return found


def scored_months(
    session: Session, series_ids: Collection[int] | None = None
) -> dict[int, dict[Month, set[int]]]:
    """The months that forecasts of each series (None: of every one) are scored in, with the figures
    that hindcasts of them are scored against."""
    found: dict[int, dict[Month, set[int]]] = {}
    for table in (ScoreRow, SupersededScoreRow):
        of_hindcast = table.forecast_id.is_(None)
        statement = select(table.series_id, table.target, table.observed, of_hindcast).distinct()
        if series_ids is not None:
            statement = statement.where(table.series_id.in_(series_ids))
        rows = session.execute(statement)
        for series_id, target, observed, hindcast in rows:
            values = found.setdefault(series_id, {}).setdefault(target, set())
            if hindcast:
                values.add(int(observed))
    return found


def known_outcomes(
    session: Session, series_ids: Collection[int] | None = None
) -> dict[int, set[Outcome]]:
    """What is kept of when each figure of some series (None: of all) was current, by series."""
    columns = (getattr(OutcomeRow, name) for name in Outcome._fields)
    statement = select(OutcomeRow.series_id, *columns)
    if series_ids is not None:
        statement = statement.where(OutcomeRow.series_id.in_(series_ids))
    rows = session.execute(statement)
    found: dict[int, set[Outcome]] = {}
    for series_id, *outcome in rows:
        found.setdefault(series_id, set()).add(Outcome(*outcome))
    return found


def replace_outcomes(session: Session, series_id: int, outcomes: Iterable[Outcome]) -> None:
    """Keep when each figure of a series was current, in the place of what was kept."""
    session.execute(delete(OutcomeRow).where(OutcomeRow.series_id == series_id))
    session.add_all(
        OutcomeRow(series_id=series_id, **outcome._asdict()) for outcome in sorted(outcomes)
    )


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
    """Sums of the wanted scores, ordered by model, series, horizon group, era, and vintage.

    Live forecasts count as readers saw them, reconciled ones once.
    """
    scores = _select_scores(session, wanted)
    groups = (scores.model, SeriesRow.key, _horizon_group(scores), _era(scores), scores.vintage)
    sums = (
        func.min(scores.target),
        func.max(scores.target),
        func.count(),
        func.sum(scores.wis),
        func.sum(scores.log_wis),
        func.sum(scores.crps),
        func.sum(scores.baseline_wis),
        func.sum(scores.baseline_log_wis),
        func.sum(scores.baseline_crps),
        func.sum(cast(scores.covered_50, Integer)),
        func.sum(cast(scores.covered_80, Integer)),
        func.sum(cast(scores.covered_95, Integer)),
        func.coalesce(func.sum(scores.scaled_error), 0.0),
        func.count(scores.scaled_error),
        func.sum(scores.pit),
        *(func.sum(case((_in_bin(scores, tenth), 1), else_=0)) for tenth in range(PIT_BINS)),
    )
    statement = (
        select(*groups, *sums)
        .join(SeriesRow, SeriesRow.id == scores.series_id)
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
    """The wanted scores one by one, by month forecast, the newest forecast first.

    Live forecasts are as readers saw them, reconciled ones listed once.
    """
    scores = _select_scores(session, wanted)
    rows = session.execute(
        select(*(getattr(scores, name) for name in Score._fields)).order_by(
            scores.target, scores.origin.desc(), scores.forecast_id.desc(), scores.id
        )
    )
    return [Score(*row) for row in rows]


def _select_scores(session: Session, wanted: ScoreFilter) -> ReadOnlyColumnCollection[str, Any]:
    """The columns of a subquery of the wanted scores."""
    current = _select_current(session, wanted)
    if wanted.as_of is None:
        told = current[0] if len(current) == 1 else union_all(*current)
        return told.subquery("wanted").c
    superseded = select(SupersededScoreRow.__table__).where(
        *score_conditions(wanted, SupersededScoreRow)
    )
    midnight = datetime.combine(wanted.as_of + timedelta(days=1), time(), UTC)
    both = union_all(*current, superseded).subquery("scored")
    scores = both.c
    as_told = (
        select(both)
        .join(OutcomeRow, _is_outcome_on(scores, wanted.as_of))
        .where(
            or_(scores.forecast_id.is_(None), scores.forecast_id.in_(ids_issued_before(midnight)))
        )
    )
    return as_told.subquery("wanted").c


def _select_current(session: Session, wanted: ScoreFilter) -> list[Select[Any]]:
    """The scores against current figures; the reconciled ones instead of those of the same
    forecasts of single series."""
    scores = select(ScoreRow.__table__).where(*score_conditions(wanted, ScoreRow))
    if session.scalar(select(ReconciledScoreRow.id).limit(1)) is None:
        return [scores]
    reconciled = select(ReconciledScoreRow.forecast_id)
    alone = or_(ScoreRow.forecast_id.is_(None), ScoreRow.forecast_id.not_in(reconciled))
    return [
        scores.where(alone),
        select(ReconciledScoreRow.__table__).where(*score_conditions(wanted, ReconciledScoreRow)),
    ]


def _is_outcome_on(scores: ReadOnlyColumnCollection[str, Any], day: date) -> ColumnElement[bool]:
    """Whether a score is against the outcome that counts at the end of a day."""
    outcome = case(
        (scores.forecast_id.is_(None), OutcomeRow.hindcast_value), else_=OutcomeRow.value
    )
    return and_(
        OutcomeRow.series_id == scores.series_id,
        OutcomeRow.period == scores.target,
        OutcomeRow.known_from <= day,
        or_(OutcomeRow.known_until.is_(None), OutcomeRow.known_until > day),
        outcome == scores.observed,
    )


def score_conditions(wanted: ScoreFilter, table: type[ScoreColumns]) -> list[ColumnElement[bool]]:
    """What a filter asks of a table of scores."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.series_id is not None:
        conditions.append(table.series_id == wanted.series_id)
    if wanted.model is not None:
        conditions.append(table.model == wanted.model)
    if wanted.horizon is not None:
        conditions.append(table.horizon == wanted.horizon)
    if wanted.start is not None:
        conditions.append(table.target >= wanted.start)
    if wanted.end is not None:
        conditions.append(table.target <= wanted.end)
    return conditions


def _horizon_group(scores: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[str]:
    groups = [
        (scores.horizon <= last, literal(f"{first}-{last}")) for first, last in HORIZON_GROUPS
    ]
    return case(*groups[:-1], else_=groups[-1][1])


def _era(scores: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[str]:
    eras = [(scores.target <= Month.of(last, 12), literal(name)) for name, last in ERAS]
    return case(*eras[:-1], else_=eras[-1][1])


def _in_bin(scores: ReadOnlyColumnCollection[str, Any], tenth: int) -> ColumnElement[bool]:
    """The last tenth has its upper end too."""
    above: ColumnElement[bool] = scores.pit >= tenth / PIT_BINS
    return above if tenth == PIT_BINS - 1 else above & (scores.pit < (tenth + 1) / PIT_BINS)
