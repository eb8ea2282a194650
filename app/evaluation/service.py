"""Answers about past forecasts, for the HTTP interface and the command line alike."""

from datetime import date

from app.evaluation import store
from app.evaluation.cache import ScoreCache
from app.evaluation.past_forecast_schemas import (
    PastForecast,
    PastForecastsAnswer,
    PastForecastsQuery,
)
from app.evaluation.past_forecasts import select_one_per_month
from app.evaluation.schemas import EvaluationAnswer, EvaluationQuery
from app.evaluation.store import ScoreFilter
from app.observations.queries import require_series
from app.storage.database import Session

_cache: ScoreCache[EvaluationAnswer] = ScoreCache(most=50)


def get_evaluation(session: Session, query: EvaluationQuery) -> EvaluationAnswer:
    """Scores put together. Raises UnknownSeries."""
    series_id = None if query.series is None else require_series(session, query.series).id
    wanted = ScoreFilter(series_id, query.model, query.horizon, query.start, query.end)
    return _cache.get_or_compute(
        session, wanted, lambda: EvaluationAnswer.of(store.totals(session, wanted), query.series)
    )


def get_past_forecasts(
    session: Session, query: PastForecastsQuery, *, today: date
) -> PastForecastsAnswer:
    """Past forecasts one by one. Raises UnknownSeries."""
    series = require_series(session, query.series)
    wanted = ScoreFilter(series.id, query.model, query.horizon, query.start, query.end)
    found = store.scored_forecasts(session, wanted, by=today)
    if query.ahead is not None:
        found = select_one_per_month(found, query.ahead)
    return PastForecastsAnswer(
        series=series.key,
        unit=series.unit,
        model=query.model,
        forecasts=[PastForecast.of(scored) for scored in found],
    )
