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
from app.evaluation.schemas import EvaluationAnswer, EvaluationQuery
from app.evaluation.store import ScoreFilter
from app.observations.queries import require_series, resolve_as_of
from app.storage.database import Session


def get_evaluation(session: Session, query: EvaluationQuery, *, today: date) -> EvaluationAnswer:
    """Scores put together. Raises UnknownSeries, or BadParameter for a future day."""
    if query.as_of is not None:
        resolve_as_of(query.as_of, today)
    series_id = None if query.series is None else require_series(session, query.series).id
    wanted = ScoreFilter(series_id, query.model, query.horizon, query.start, query.end, query.as_of)
    return _evaluate(session, wanted, query.series)


@cached(LRUCache(50), key=store.scores_key, condition=Condition())
def _evaluate(session: Session, wanted: ScoreFilter, series: str | None) -> EvaluationAnswer:
    return EvaluationAnswer.of(store.totals(session, wanted), series)


def get_past_forecasts(
    session: Session, query: PastForecastsQuery, *, today: date
) -> PastForecastsAnswer:
    """Past forecasts one by one. Raises UnknownSeries."""
    series = require_series(session, query.series)
    wanted = ScoreFilter(series.id, query.model, query.horizon, query.start, query.end)
    found = find_scored(session, wanted, by=today)
    if query.ahead is not None:
        found = select_one_per_month(found, query.ahead)
    return PastForecastsAnswer(
        series=series.key,
        unit=series.unit,
        model=query.model,
        forecasts=[PastForecast.of(scored) for scored in found],
    )
