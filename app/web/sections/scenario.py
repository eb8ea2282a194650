"""An assumed effect: the outlook without it and with it. A scenario, never a forecast."""

import json
from dataclasses import dataclass
from datetime import date

from app.events import PolicyEvent, all_events
from app.forecasts.lookup import IssuedForecast
from app.forecasts.scenario_requests import ScenarioRequest
from app.forecasts.scenario_schemas import ScenarioAnswer
from app.forecasts.schemas import Interval
from app.languages import Words
from app.web.query import PageQuery
from app.web.range_marks import RangeMarks, build_range_marks
from forecasting import Month

LEVEL = 80  # percent, of the intervals
HORIZON = 12


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One month without the effect and with it: medians and 80 percent intervals."""

    period: Month
    before: int
    after: int
    before_range: Interval
    after_range: Interval
    difference: int
    marks: tuple[RangeMarks, RangeMarks]


@dataclass(frozen=True, slots=True)
class ScenarioSection:
    """The form, and the scenario if an effect was given and it is ready.

    months: those that the effect can begin with; events: past ones, the newest first, whose effect
    it can be like; body: of the call that answers
    """

    month: Month
    months: list[Month]
    events: list[PolicyEvent]
    computing: bool
    answer: ScenarioAnswer | None
    rows: list[ScenarioRow]
    body: str


def scenario_request(
    query: PageQuery, issued: IssuedForecast, words: Words
) -> ScenarioRequest | None:
    """What is asked about an effect; None without one."""
    if query.effect is None and not query.effect_like:
        return None
    return ScenarioRequest.model_validate_json(_body(query, issued, words))


def build_scenario_section(
    query: PageQuery, issued: IssuedForecast, answer: ScenarioAnswer | None, words: Words
) -> ScenarioSection:
    """The panel of a series that is forecast."""
    as_of = issued.inputs.history.as_of
    current = Month.containing(as_of)
    asked = query.effect is not None or bool(query.effect_like)
    return ScenarioSection(
        month=query.effect_from or current + 1,
        months=[current + step for step in range(HORIZON)],
        events=_events_before(as_of),
        computing=asked and answer is None,
        answer=answer,
        rows=_rows(answer) if answer else [],
        body=_body(query, issued, words) if asked else "",
    )


def _events_before(day: date) -> list[PolicyEvent]:
    return [event for event in reversed(all_events()) if event.day <= day]


def _body(query: PageQuery, issued: IssuedForecast, words: Words) -> str:
    """The body of the call that answers what the page asks. A past event comes before a number."""
    current = Month.containing(issued.inputs.history.as_of)
    event: dict[str, object] = {"period": str(query.effect_from or current + 1)}
    if query.effect_like:
        event |= {"like": query.effect_like}
    else:
        event |= {"percent": query.effect, "uncertainty": float(query.effect_within)}
    asked: dict[str, object] = {"series": query.series, "from": "today", "level": [LEVEL]}
    if query.as_of is not None:
        asked["as_of"] = query.as_of.isoformat()
    return json.dumps(asked | {"events": [event], "lang": words.language})


def _rows(answer: ScenarioAnswer) -> list[ScenarioRow]:
    months = list(zip(answer.plain_forecast, answer.scenario, answer.difference, strict=True))
    highest = max(
        max(interval.upper for interval in (*plain.intervals, *month.intervals))
        for plain, month, _ in months
    )

    def marks(median: int, interval: Interval) -> RangeMarks:
        return build_range_marks(interval.lower, median, interval.upper, highest)

    return [
        ScenarioRow(
            period=month.period,
            before=plain.median,
            after=month.median or 0,
            before_range=plain.intervals[0],
            after_range=month.intervals[0],
            difference=difference.median or 0,
            marks=(
                marks(plain.median, plain.intervals[0]),
                marks(month.median or 0, month.intervals[0]),
            ),
        )
        for plain, month, difference in months
        if month.intervals
    ]
