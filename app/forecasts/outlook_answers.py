"""Answers about thresholds, totals, and capacity, over HTTP and on the command line."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.evaluation.threshold_record import ThresholdRecord, get_threshold_record
from app.forecasts.capacity import plan_capacity
from app.forecasts.capacity_schemas import CapacityAnswer, CapacityQuery
from app.forecasts.encoding import LEVELS, PathsWithPast, decode_marginals
from app.forecasts.fiscal_year import (
    finished_year,
    is_last_month_rejected,
    months_taken_as_missing,
    require_within_reach,
    year_to_date,
    year_total,
)
from app.forecasts.fiscal_year_schemas import FiscalYearAnswer, FiscalYearQuery
from app.forecasts.lookup import IssuedForecast
from app.forecasts.outlook_schemas import (
    ThresholdAnswer,
    ThresholdQuery,
)
from app.forecasts.span import choose_span
from app.forecasts.thresholds import threshold_probabilities
from app.observations.queries import History
from app.storage.database import Session
from forecasting.arrays import Array
from forecasting.distribution import SamplePaths


def describe_threshold(
    session: Session, issued: IssuedForecast, paths: NDArray[Any], query: ThresholdQuery
) -> ThresholdAnswer:
    """The probabilities of going beyond a number.

    paths: (draws, horizon) counts of the months after the origin. Raises what `choose_span` raises,
    and BadParameter unless the request gives exactly one number.
    """
    asked = query.threshold
    history = issued.inputs.history
    span = choose_span(issued.archived.origin, query.horizon, query.start, history.as_of)
    found = threshold_probabilities(SamplePaths(paths[:, span.columns]), asked)
    return ThresholdAnswer.of(issued, span, found, _threshold_record(session, issued, query))


def _threshold_record(
    session: Session, issued: IssuedForecast, query: ThresholdQuery
) -> ThresholdRecord | None:
    """How such statements have fared; None without scores or if the newest figure is zero."""
    history, asked = issued.inputs.history, query.threshold
    known = [one.value for one in history.observations if one.period == history.last]
    newest = known[0] if known else None
    if not newest:
        return None
    return get_threshold_record(
        session,
        history.series.id,
        history.series.key,
        issued.archived.model,
        ratio=asked.number / newest,
        side=asked.side,
        as_of=query.as_of,
    )


def describe_capacity(
    issued: IssuedForecast, paths: NDArray[Any], query: CapacityQuery
) -> CapacityAnswer:
    """How many beds are enough.

    paths: (draws, horizon) counts of the months after the origin. Raises what `choose_span` raises,
    and BadParameter if the risk and the costs do not fit.
    """
    enough = query.enough
    history = issued.inputs.history
    span = choose_span(issued.archived.origin, query.horizon, query.start, history.as_of)
    marginals = decode_marginals(issued.quantiles).quantiles(LEVELS)[span.columns]
    plan = plan_capacity(
        SamplePaths(paths[:, span.columns]),
        span.months,
        query.demand,
        enough,
        people=_quantiles_at(marginals, enough),
        median=_quantiles_at(marginals, 0.5),
    )
    return CapacityAnswer.of(issued, span, query.demand, plan)


def _quantiles_at(marginals: Array, level: float) -> Array:
    """Whole counts at a level, between those of the levels that the archive keeps, (k,).

    marginals: (k, len(LEVELS))
    """
    return np.array([round(float(np.interp(level, LEVELS, one))) for one in marginals])


def describe_counted_year(
    session: Session, history: History, query: FiscalYearQuery, *, seed: int
) -> FiscalYearAnswer | None:
    """The total of a year all of whose months have figures; None if some are forecast.

    Raises MonthsMissing.
    """
    starts = query.year_start or history.series.year_start
    if history.last is None or query.year is None:
        return None
    if query.year >= (history.last + 1).reporting_year(starts):
        return None
    counted, found = finished_year(session, history, query.year, starts, seed=seed)
    if is_last_month_rejected(history, counted):
        return None
    return FiscalYearAnswer.of(history, counted, found, None, query.level)


def describe_forecast_year(
    issued: IssuedForecast, paths: PathsWithPast, query: FiscalYearQuery
) -> FiscalYearAnswer:
    """The distribution of a year's total, by default of the year after the newest figure.

    Raises MonthsMissing, and BadParameter if forecasts do not reach so far.
    """
    history, origin = issued.inputs.history, issued.archived.origin
    starts = query.year_start or history.series.year_start
    year = query.year or (origin + 1).reporting_year(starts)
    require_within_reach(year, starts, origin)
    rejected = months_taken_as_missing(issued.archived.warnings)
    counted = year_to_date(history, year, starts, before=origin + 1, rejected=rejected)
    found = year_total(counted, origin, paths)
    return FiscalYearAnswer.of(history, counted, found, issued, query.level)
