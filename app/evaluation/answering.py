"""Answers about past forecasts, for the HTTP interface and the command line alike."""

from datetime import date

from app.database import Session
from app.evaluation import store
from app.evaluation.past import one_a_month
from app.evaluation.past_schemas import PastForecast, PastForecastsAnswer, PastForecastsQuery
from app.evaluation.remembering import Memory
from app.evaluation.schemas import EvaluationAnswer, EvaluationQuery
from app.evaluation.store import Wanted
from app.observations.reading import require_series

_remembered: Memory[EvaluationAnswer] = Memory(most=50)


def evaluation(session: Session, query: EvaluationQuery) -> EvaluationAnswer:
    """Scores put together. Raises UnknownSeries."""
    series_id = None if query.series is None else require_series(session, query.series).id
    wanted = Wanted(series_id, query.model, query.horizon, query.start, query.end)
    return _remembered.recall(
        session, wanted, lambda: EvaluationAnswer.of(store.totals(session, wanted), query.series)
    )


def past_forecasts(session: Session, query: PastForecastsQuery, *, today: date) -> PastForecastsAnswer:
    """Past forecasts one by one. Raises UnknownSeries."""
    series = require_series(session, query.series)
    wanted = Wanted(series.id, query.model, query.horizon, query.start, query.end)
    found = store.past_forecasts(session, wanted, by=today)
    if query.ahead is not None:
        found = one_a_month(found, query.ahead)
    return PastForecastsAnswer(
        series=series.key,
        unit=series.unit,
        model=query.model,
        forecasts=[PastForecast.of(scored) for scored in found],
    )
