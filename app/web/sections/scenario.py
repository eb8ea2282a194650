"""An assumed effect: the outlook without it and with it. A scenario, never a forecast."""

import json
from dataclasses import dataclass

from app.forecasts.encoding import decode_marginals
from app.forecasts.lookup import IssuedForecast
from app.forecasts.scenario_schemas import ScenarioAnswer, ScenarioMonth, ScenarioRequest
from app.web.query import PageQuery
from app.web.range_marks import RangeMarks, build_range_marks
from forecasting import Month

LEVEL = 80  # percent, of the intervals
HORIZON = 12
PERCENT = 100


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One month without the effect and with it; the ends of its 80 percent intervals."""

    month: ScenarioMonth
    median: int
    lower: int
    upper: int
    without: RangeMarks
    with_effect: RangeMarks

    @property
    def difference(self) -> int:
        """By how much the effect moves the median."""
        return (self.month.median or 0) - self.median


@dataclass(frozen=True, slots=True)
class ScenarioSection:
    """The form, and the scenario if an effect was given and it is ready.

    months: those that the effect can begin with; body: of the call that answers
    """

    month: Month
    months: list[Month]
    computing: bool
    rows: list[ScenarioRow]
    body: str


def scenario_request(query: PageQuery, issued: IssuedForecast) -> ScenarioRequest | None:
    """What is asked about an effect; None without one."""
    if query.effect is None:
        return None
    return ScenarioRequest.model_validate(_body(query, issued))


def build_scenario_section(
    query: PageQuery, issued: IssuedForecast, answer: ScenarioAnswer | None
) -> ScenarioSection:
    """The panel, with the forecast of the series by itself as what the scenario is set against."""
    current = Month.containing(issued.inputs.history.as_of)
    return ScenarioSection(
        month=query.effect_from or current + 1,
        months=[current + step for step in range(HORIZON)],
        computing=query.effect is not None and answer is None,
        rows=_rows(issued, answer) if answer else [],
        body=json.dumps(_body(query, issued)) if query.effect is not None else "",
    )


def _body(query: PageQuery, issued: IssuedForecast) -> dict[str, object]:
    """The body of the call that answers what the page asks."""
    assert query.effect is not None, "an effect is given"
    current = Month.containing(issued.inputs.history.as_of)
    event = {
        "period": str(query.effect_from or current + 1),
        "factor": round(1 + query.effect / PERCENT, 6),
        "uncertainty": float(query.effect_within),
    }
    asked: dict[str, object] = {"series": query.series, "from": "today", "level": [LEVEL]}
    if query.as_of is not None:
        asked["as_of"] = query.as_of.isoformat()
    return asked | {"events": [event]}


def _rows(issued: IssuedForecast, answer: ScenarioAnswer) -> list[ScenarioRow]:
    own = decode_marginals(issued.archived.quantiles)
    lower, upper = own.interval(LEVEL / PERCENT)
    ranges = []
    for month in answer.scenario:
        step = month.period - issued.archived.origin - 1
        ranges.append((month, int(own.median[step]), int(lower[step]), int(upper[step])))
    highest = max(
        max(end, month.intervals[0].upper if month.intervals else 0) for month, *_, end in ranges
    )
    return [
        ScenarioRow(
            month=month,
            median=median,
            lower=least,
            upper=most,
            without=build_range_marks(least, median, most, highest),
            with_effect=build_range_marks(
                month.intervals[0].lower, month.median or 0, month.intervals[0].upper, highest
            ),
        )
        for month, median, least, most in ranges
        if month.intervals
    ]
