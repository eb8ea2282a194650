"""Answers about past forecasts, for the HTTP interface and the command line alike."""

from datetime import date
from threading import Condition

from cachetools import LRUCache, cached

from app.evaluation import store
from app.evaluation.past_forecast_schemas import (
    PastForecast,
    PastForecastsAnswer,
    PastForecastsQuery,
)
from app.evaluation.past_forecasts import find_scored, select_one_per_month
from app.evaluation.reconciled_store import reconciled_totals
from app.evaluation.schemas import (
    AnyEvaluationAnswer,
    EvaluationAnswer,
    EvaluationQuery,
    EvaluationsAnswer,
)
from app.evaluation.store import ScoreFilter
from app.observations.queries import require_series, resolve_as_of
from app.observations.selection import asks_for_several, select_series
from app.storage.database import Session


def summarize_scores(
    session: Session, query: EvaluationQuery, *, today: date
) -> AnyEvaluationAnswer:
    """Scores put together: of all series, of one, or of each of several.

    Raises what `select_series` raises, or BadParameter for a future day.
    """
    if query.as_of is not None:
        resolve_as_of(query.as_of, today)
    if query.series is None:
        return get_evaluation(session, query)
    if not asks_for_several(query.series):
        return get_evaluation(session, query, query.series[0])
    selection = select_series(session, query.series)
    return EvaluationsAnswer(
        evaluations=[get_evaluation(session, query, key) for key in selection.keys]
    )


def get_evaluation(
    session: Session, query: EvaluationQuery, key: str | None = None
) -> EvaluationAnswer:
    """Scores put together: of all series, or of one. Raises UnknownSeries."""
    series_id = None if key is None else require_series(session, key).id
    wanted = ScoreFilter(series_id, query.model, query.horizon, query.start, query.end, query.as_of)
    return _evaluate(session, wanted, key)


@cached(LRUCache(50), key=store.scores_key, condition=Condition())
def _evaluate(session: Session, wanted: ScoreFilter, series: str | None) -> EvaluationAnswer:
    reconciled = reconciled_totals(session, wanted) if wanted.as_of is None else []
    totals = store.totals(session, wanted)
    return EvaluationAnswer.of(totals, reconciled, series, wanted.horizon)


def get_past_forecasts(
    session: Session, query: PastForecastsQuery, *, today: date
) -> PastForecastsAnswer:
    """Past forecasts one by one. Raises UnknownSeries, or BadParameter for a future day."""
    series = require_series(session, query.series)
    day = resolve_as_of(query.as_of, today)
    wanted = ScoreFilter(series.id, query.model, query.horizon, query.start, query.end, query.as_of)
    found = find_scored(session, wanted, by=day)
    if query.ahead is not None:
        found = select_one_per_month(found, query.ahead)
    return PastForecastsAnswer(
        series=series.key,
        unit=series.unit,
        model=query.model,
        forecasts=[PastForecast.of(scored) for scored in found],
    )
