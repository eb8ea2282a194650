"""Answers about thresholds and totals, for the HTTP interface and the command line alike."""

from typing import Any

from numpy.typing import NDArray

from app.forecasts.encoding import JointPaths
from app.forecasts.fiscal_year import (
    finished_year,
    is_last_month_rejected,
    months_taken_as_missing,
    require_within_reach,
    year_to_date,
    year_total,
)
from app.forecasts.lookup import IssuedForecast
from app.forecasts.outlook_schemas import (
    FiscalYearAnswer,
    FiscalYearQuery,
    ThresholdAnswer,
    ThresholdQuery,
)
from app.forecasts.span import choose_span
from app.forecasts.thresholds import threshold_probabilities
from app.observations.queries import History
from app.storage.database import Session
from forecasting.distribution import SamplePaths


def describe_threshold(
    issued: IssuedForecast, paths: NDArray[Any], query: ThresholdQuery
) -> ThresholdAnswer:
    """The probabilities of going beyond a number.

    paths: (draws, horizon) counts of the months after the origin. Raises what `choose_span` raises,
    and BadParameter unless the request gives exactly one number.
    """
    asked = query.threshold
    history = issued.inputs.history
    span = choose_span(issued.archived.origin, query.horizon, query.start, history.as_of)
    found = threshold_probabilities(SamplePaths(paths[:, span.columns]), asked)
    return ThresholdAnswer.of(issued, span, found)


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
    issued: IssuedForecast, paths: JointPaths, query: FiscalYearQuery
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
