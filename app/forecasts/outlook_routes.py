"""HTTP: the chance of exceeding a number, the total of a year, and how many beds are enough."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import Forecasts, Now, Store
from app.errors import (
    problems,
)
from app.forecasts.capacity_schemas import CapacityAnswer, CapacityQuery
from app.forecasts.fiscal_year import MonthsMissing
from app.forecasts.fiscal_year_schemas import FiscalYearAnswer, FiscalYearQuery
from app.forecasts.outlook_answers import (
    describe_capacity,
    describe_counted_year,
    describe_forecast_year,
    describe_threshold,
)
from app.forecasts.outlook_schemas import (
    ThresholdAnswer,
    ThresholdQuery,
)
from app.forecasts.refusals import FORECAST_REFUSALS
from app.http.answer_cache import kept_route
from app.http.answers import answer, describe_csv_response, preferred_format
from app.observations import queries

router = APIRouter(tags=["Forecasts"], route_class=kept_route(preferred_format))

_THRESHOLD_CSV = "period,probability,probability_by_then\n2024-05,0.28,0.28\n"
_CAPACITY_CSV = "period,people,beds,median_beds\n2026-11,12500,63,48\n"
_FISCAL_YEAR_CSV = (
    "year,mean,median,lower_50,upper_50,lower_80,upper_80,lower_95,upper_95,counted_months,counted,"
    "provisional,forecast_months\n"
    "2025,238000,237400,236900,238100,236500,238900,235800,240600,11,229000,229000,1\n"
)


@router.get(
    "/forecast/threshold",
    summary="Get the chance of more, or fewer, than a number",
    response_model=ThresholdAnswer,
    responses=describe_csv_response("The probabilities, one row per month.", _THRESHOLD_CSV)
    | problems(*FORECAST_REFUSALS),
)
async def threshold(
    request: Request,
    query: Annotated[ThresholdQuery, Query()],
    service: Forecasts,
    database: Store,
) -> Response:
    """Probabilities that a month's count is above (or below) a number: in each month, at least once
    up to each month, and at any time in the months shown. With `for=3`, "at least once" means three
    such months in a row.

    They are shares of the forecast's sampled futures, in which months depend on each other as they
    do in the record. No probability is 0 or 1, because the number of sampled futures, `draws`,
    limits what they can tell. `reliability` says how often such statements came true in the past.
    """
    asked = query.threshold
    issued = await service.forecast(
        query.series, model=query.model, as_of=query.as_of, fresh=query.fresh
    )
    paths = await service.paths(issued)
    document = await database.read_in_thread(describe_threshold, issued, paths, query)
    name = f"{query.series}-{asked.side}-{asked.number}-{document.origin}"
    return answer(
        request,
        query,
        document,
        document.table(),
        modified=issued.modified,
        name=name,
        lasting=not issued.stale,
    )


@router.get(
    "/forecast/capacity",
    summary="Get how many beds are enough",
    response_model=CapacityAnswer,
    responses=describe_csv_response("The beds, one row per month.", _CAPACITY_CSV)
    | problems(*FORECAST_REFUSALS),
)
async def capacity(
    request: Request, query: Annotated[CapacityQuery, Query()], service: Forecasts
) -> Response:
    """Beds for the people of each month, from the upper tail of the forecast.

    They are enough with a probability: 1 minus `risk`, or by the costs of a missing and of an empty
    bed, for which `cost_missing` / (`cost_missing` + `cost_empty`) costs least on average (the
    newsvendor rule). The people in the house on an average night are those who arrive each day
    times the days that they stay (Little's law): the month's count, divided by its days, times
    `share` and `stay`. `all_months` is enough in every month shown, all of them together.

    The uncertainty of `share` and `stay` is not included, nor do nights of a month differ.
    """
    enough = query.enough  # refused before anything is computed
    issued = await service.forecast(
        query.series, model=query.model, as_of=query.as_of, fresh=query.fresh
    )
    document = describe_capacity(issued, await service.paths(issued), query)
    name = f"{query.series}-beds-{round(100 * enough)}-{document.origin}"
    return answer(
        request,
        query,
        document,
        document.table(),
        modified=issued.modified,
        name=name,
        lasting=not issued.stale,
    )


@router.get(
    "/forecast/fiscal-year",
    summary="The total of a series' year, counted and forecast",
    response_model=FiscalYearAnswer,
    responses=describe_csv_response("The total, in one row.", _FISCAL_YEAR_CSV)
    | problems(*FORECAST_REFUSALS, MonthsMissing),
)
async def fiscal_year(
    request: Request,
    query: Annotated[FiscalYearQuery, Query()],
    service: Forecasts,
    database: Store,
    now: Now,
) -> Response:
    """Mean, median and central intervals of the total of a series' own year, in its unit: its
    figures so far plus the forecast of its other months, whose dependence on each other is kept.

    Figures that are final and exact are taken as known. A provisional or vague figure enters the
    total with its own uncertainty, learned from past revisions, and together with the forecast
    months. A figure that is rejected, because it is of low reliability and far from what its series
    leads to expect, is left out, and its month is forecast. `counted` says how many months have
    figures, how much these add up to, and how much of that is not final. A year whose figures are
    all final and exact is their sum, without uncertainty. `comparisons` gives the chance of more
    than in the year before and in the largest year on record.
    """
    history = await database.read_in_thread(
        queries.get_history, query.series, today=now().date(), as_of=query.as_of
    )
    document = await database.read_in_thread(
        describe_counted_year, history, query, seed=service.seed
    )
    modified, lasting = history.modified, True
    if document is None:
        issued = await service.forecast(
            query.series, model=query.model, as_of=query.as_of, fresh=query.fresh
        )
        paths = await service.paths_with_past(issued)
        document, lasting = describe_forecast_year(issued, paths, query), not issued.stale
        modified = issued.modified
    name = f"{query.series}-fiscal-year-{document.year}"
    return answer(
        request, query, document, document.table(), modified=modified, name=name, lasting=lasting
    )
