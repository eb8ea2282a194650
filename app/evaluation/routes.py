"""HTTP: the track record."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.answers import also_as_csv, answer
from app.dependencies import Scoring, Store
from app.errors import BadParameter, Fault, UnknownSeries, problems
from app.evaluation import store
from app.evaluation.schemas import EvaluationAnswer, EvaluationQuery
from app.evaluation.store import Wanted
from app.observations.reading import require_series

router = APIRouter(tags=["Track record"])

_CSV = (
    "model,by,group,series,cells,relative_wis,relative_log_wis,relative_crps,mase,crps,coverage_50,"
    "coverage_80,coverage_95,bias,pit\n"
    "auto,horizon,4-6,58,9570,0.84,0.93,0.84,0.71,2100.0,0.49,0.79,0.94,0.03,"
    "0.11 0.1 0.1 0.09 0.1 0.1 0.1 0.1 0.1 0.1\n"
)


@router.get(
    "/evaluation",
    summary="How past forecasts did",
    response_model=EvaluationAnswer,
    responses=also_as_csv("Scores by model and group.", _CSV) | problems(UnknownSeries, BadParameter),
)
def evaluation(
    request: Request, query: Annotated[EvaluationQuery, Query()], database: Store, scorer: Scoring
) -> Response:
    """Scores of past forecasts of encounters per month next to the baseline's: overall, by months ahead, by
    era, by how the figures were known and, for all series together, by series.

    Live forecasts are scored as soon as figures come out, and again where these are restated. Before them
    stands a hindcast: forecasts as they would have been made, from figures as known then where this store
    has them, else reconstructed; it is counted apart in `vintages`.
    """
    if query.start is not None and query.end is not None and query.end < query.start:
        raise BadParameter(Fault("end", str(query.end), f"{query.start} (the start) or later"))
    scorer.catch_up()
    with database.reading() as session:
        series_id = None if query.series is None else require_series(session, query.series).id
        wanted = Wanted(series_id, query.model, query.horizon, query.start, query.end)
        document = EvaluationAnswer.of(store.totals(session, wanted), query.series)
    name = f"{query.series or 'all'}-evaluation"
    return answer(request, query, document, document.table(), modified=None, name=name)
