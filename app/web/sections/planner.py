"""The planner's box: the chance of a number, the total of a year, and how many beds are enough.

Every number is one that the interface answers with: the section is built of its answers.
"""

from dataclasses import dataclass

from app.forecasts.capacity_schemas import CapacityAnswer, CapacityQuery
from app.forecasts.encoding import PathsWithPast
from app.forecasts.fiscal_year import MonthsMissing
from app.forecasts.fiscal_year_schemas import FiscalYearAnswer, FiscalYearQuery
from app.forecasts.lookup import IssuedForecast
from app.forecasts.outlook_answers import (
    describe_capacity,
    describe_forecast_year,
    describe_threshold,
)
from app.forecasts.outlook_schemas import (
    ProbabilityGroupEntry,
    ThresholdAnswer,
    ThresholdMonth,
    ThresholdQuery,
)
from app.storage.database import Session
from app.web.form_fields import YearKind
from app.web.query import PageQuery
from forecasting import Month

HORIZON = 12
BEDS_HORIZON = 6
DIGITS_KEPT = 2  # of the newest figure, as the number that is asked about if none is given


@dataclass(frozen=True, slots=True)
class Planner:
    """What is asked for, with usual values for what is not, and the answers.

    threshold_call, capacity_call: the parameters of the calls that give the tables
    calendar: whether the series' own year is another one than the calendar's
    """

    number: int
    threshold: ThresholdAnswer
    threshold_call: dict[str, object]
    totals: list[FiscalYearAnswer]
    calendar: bool
    beds: CapacityAnswer
    beds_call: dict[str, object]
    risk: int

    @property
    def first(self) -> ThresholdMonth:
        """The first month ahead."""
        return self.threshold.months[0]

    @property
    def group(self) -> ProbabilityGroupEntry | None:
        """Past statements whose probability was like that of the first month ahead."""
        record = self.threshold.reliability
        groups = record.groups if record else []
        fitting = [one for one in groups if one.lower <= self.first.probability <= one.upper]
        return fitting[-1] if fitting else None


def build_planner(
    session: Session, query: PageQuery, issued: IssuedForecast, joint: PathsWithPast
) -> Planner | None:
    """The box of a series that is forecast; None if its newest figure has no value.

    Raises BadParameter if a risk and costs do not fit together.
    """
    history = issued.inputs.history
    known = [one.value for one in history.observations if one.period == history.last]
    if not known or known[0] is None:
        return None
    number = _round_to_digits(known[0]) if query.number is None else query.number
    asked: dict[str, object] = {
        "series": query.series,
        "as_of": query.as_of,
        "from": "today",
    }
    threshold = asked | {query.side.value: number, "for": query.run or 1, "horizon": HORIZON}
    beds = asked | _capacity(query) | {"horizon": BEDS_HORIZON}
    capacity = CapacityQuery.model_validate(beds)
    return Planner(
        number=number,
        threshold=describe_threshold(
            session, issued, joint.paths, ThresholdQuery.model_validate(threshold)
        ),
        threshold_call=threshold,
        totals=_totals(query, issued, joint),
        calendar=history.series.year_start != 1,
        beds=describe_capacity(issued, joint.paths, capacity),
        beds_call=beds,
        risk=round(100 * (1 - capacity.enough)),
    )


def _totals(
    query: PageQuery, issued: IssuedForecast, joint: PathsWithPast
) -> list[FiscalYearAnswer]:
    """The year after the newest figure and, if that is another one, the year under way."""
    history, origin = issued.inputs.history, issued.archived.origin
    starts = 1 if query.total is YearKind.CALENDAR else history.series.year_start
    current = Month.containing(history.as_of)
    years = sorted({month.reporting_year(starts) for month in (origin + 1, current)})
    found = []
    for year in years:
        asked = FiscalYearQuery(
            series=query.series, as_of=query.as_of, year=year, year_start=starts, level=[80]
        )
        try:
            found.append(describe_forecast_year(issued, joint, asked))
        except MonthsMissing:
            continue
    return found


def _capacity(query: PageQuery) -> dict[str, object]:
    """What is asked about beds, as the interface takes it; costs come before a risk."""
    asked: dict[str, object] = {
        "share": query.share,
        "stay": query.stay,
        "cost_missing": query.cost_missing,
        "cost_empty": query.cost_empty,
    }
    if query.cost_missing is None and query.cost_empty is None:
        asked["risk"] = query.risk
    return {name: value for name, value in asked.items() if value is not None}


def _round_to_digits(value: int) -> int:
    return round(value, min(0, DIGITS_KEPT - len(str(value))))
