"""HTTP: the track record."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Now, Scoring, Store
from app.errors import BadParameter, TooBusy, UnknownSeries, problems
from app.evaluation import service
from app.evaluation.past_forecast_schemas import PastForecastsAnswer, PastForecastsQuery
from app.evaluation.schemas import AnyEvaluationAnswer, EvaluationQuery
from app.evaluation.surprise_schemas import SurpriseEntry, SurprisesAnswer, SurprisesQuery
from app.evaluation.surprises import find_surprises
from app.execution.work_queue import WorkQueue
from app.http.answer_cache import kept_route
from app.http.answers import answer, describe_csv_response, preferred_format
from app.observations.queries import require_in_order
from app.observations.selection import asks_for_several
from app.rate_limits import TooManyComputations

if TYPE_CHECKING:
    from app.services import Services


def _queue(services: "Services") -> WorkQueue:
    return services.evaluations


router = APIRouter(tags=["Track record"], route_class=kept_route(preferred_format, queue=_queue))

_CSV = (
    "model,by,group,series,cells,relative_wis,relative_log_wis,relative_crps,mase,crps,coverage_50,"
    "coverage_80,coverage_95,bias,pit\n"
    "auto,horizon,4-6,58,9570,0.84,0.93,0.84,0.71,2100.0,0.49,0.79,0.94,0.03,"
    "0.11 0.1 0.1 0.09 0.1 0.1 0.1 0.1 0.1 0.1\n"
)
_SURPRISES_CSV = (
    "series,period,value,origin,vintage,median,lower_80,upper_80,percentile,probability,adjusted,"
    "surprise,newest\n"
    "usbp.southwest,2026-08,8870,2026-07,live,8500,7600,9500,0.63,0.74,0.97,False,True\n"
)
_PAST_CSV = (
    "period,origin,horizon,vintage,issued_at,forecast,median,lower_80,"
    "upper_80,observed,inside_80,inside_50,inside_95,wis,log_wis,crps,"
    "pit,scaled_error,baseline_wis,baseline_log_wis,baseline_crps\n"
    "2025-08,2025-06,2,as known,,,6284,3850,10600,6321,True,True,True,"
    "1010.0,0.152,1120.0,0.515,0.0021,1170.0,0.164,1300.0\n"
)


@router.get(
    "/evaluation",
    summary="Get the track record",
    response_model=AnyEvaluationAnswer,
    responses=describe_csv_response("Scores by model and group.", _CSV)
    | problems(UnknownSeries, BadParameter, TooManyComputations, TooBusy),
)
def evaluation(
    request: Request,
    query: Annotated[EvaluationQuery, Query()],
    database: Store,
    scorer: Scoring,
    now: Now,
) -> Response:
    """Scores of past forecasts of encounters per month, with each model next to the baseline:
    overall, by months ahead, by era, by how the figures were known, and, for all series together,
    by series.

    The service scores live forecasts when figures are published, and again if those are restated.
    For earlier months it has a hindcast of every model: the forecasts that the model would have
    made. They use figures as known at the time if this store has them, and reconstructed figures
    otherwise. `vintages` counts them separately. The hindcast of `auto` and the baseline reaches 36
    months ahead, that of the other models 12, so groups other than those by months ahead put
    together 1 to 12 months only, unless a `horizon` is requested.
    """
    require_in_order(query.start, query.end)
    scorer.catch_up()
    with database.reading() as session:
        document = service.summarize_scores(session, query, today=now().date())
    series = query.series or ["all"]
    name = "evaluations" if asks_for_several(series) else f"{series[0]}-evaluation"
    return answer(request, query, document, document.table(), modified=None, name=name)


@router.get(
    "/evaluation/forecasts",
    summary="List past forecasts",
    response_model=PastForecastsAnswer,
    responses=describe_csv_response("Past forecasts and actual figures.", _PAST_CSV)
    | problems(UnknownSeries, BadParameter, TooManyComputations, TooBusy),
)
def past_forecasts(
    request: Request,
    query: Annotated[PastForecastsQuery, Query()],
    database: Store,
    scorer: Scoring,
    now: Now,
) -> Response:
    """Every scored forecast of a series' encounters per month: the forecast median and 80%
    interval, the actual figure, and the scores.

    With `ahead`, only the one forecast per month that the page shows.
    """
    require_in_order(query.start, query.end)
    scorer.catch_up()
    with database.reading() as session:
        document = service.get_past_forecasts(session, query, today=now().date())
    name = f"{query.series}-past-forecasts"
    return answer(request, query, document, document.table(), modified=None, name=name)


@router.get(
    "/evaluation/surprises",
    summary="Compare new figures with their forecasts",
    response_model=SurprisesAnswer,
    responses=describe_csv_response("The figures, one row each.", _SURPRISES_CSV)
    | problems(BadParameter, TooManyComputations, TooBusy),
)
def surprises(
    request: Request,
    query: Annotated[SurprisesQuery, Query()],
    database: Store,
    scorer: Scoring,
    now: Now,
) -> Response:
    """The newest figure of every series, with its percentile in the forecast of its month.

    A figure is a surprise if its distance from the forecast is improbable even among so many
    series. The probabilities are adjusted for their number, so that few surprises are chance.

    A surprise stays in the list, as it was told, when newer figures are published.
    """
    scorer.catch_up()
    with database.reading() as session:
        found = find_surprises(session, query.model)
    document = SurprisesAnswer(
        model=query.model,
        as_of=now().date(),
        surprises=[SurpriseEntry.of(one) for one in found if one.is_surprise or not query.only],
    )
    return answer(
        request, query, document, document.table(), modified=None, name=f"surprises-{query.model}"
    )
