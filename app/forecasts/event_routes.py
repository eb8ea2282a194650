"""HTTP: past events, and what they did to a series."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from app.dependencies import Scenarios
from app.errors import (
    BadParameter,
    BeforeFirstFullRelease,
    CovariateNotForecast,
    SeriesHasEnded,
    TooBusy,
    TooShortHistory,
    UnknownSeries,
    problems,
)
from app.events import all_events
from app.forecasts.effect_estimates import require_event
from app.forecasts.scenario_requests import LONGEST_PHASE_IN
from app.forecasts.scenario_schemas import EstimatedEffectEntry
from app.forecasts.scenario_text import describe_effect
from app.http.answers import ReadQuery, Table, answer, describe_csv_response
from app.http.parameters import AsOfField, DayField, SeriesKey, WholeNumber
from app.languages import LANGUAGES, words
from app.rate_limits import TooManyComputations

router = APIRouter(tags=["Figures"])

_EVENTS_CSV = "day,title,kind,source\n2023-05-11,Title 42 ends,policy,public record\n"
_EFFECT_CSV = "period,percent\n2019-01,4.1\n"


class EventEntry(BaseModel):
    """A dated change of policy or circumstance."""

    day: date = Field(description="Day of the event.", examples=["2023-05-11"])
    title: str = Field(description="What happened.", examples=["Title 42 ends"])
    kind: str = Field(description="The kind of event.", examples=["policy"])
    source: str = Field(description="Where this is recorded.", examples=["public record"])


class EventsAnswer(BaseModel):
    """The events that charts mark and scenarios can refer to."""

    events: list[EventEntry] = Field(description="The events, oldest first.")

    def table(self) -> Table:
        return list(EventEntry.model_fields), (
            list(entry.model_dump().values()) for entry in self.events
        )


class EventsQuery(ReadQuery):
    lang: str = Field(
        "en", pattern=f"^({'|'.join(LANGUAGES)})$", description="Language of the titles."
    )


class EffectQuery(EventsQuery):
    series: SeriesKey
    day: DayField = Field(
        description="Day of a past event that `GET /events` lists.", examples=["2023-05-11"]
    )
    phase_in: Annotated[int, WholeNumber(0, LONGEST_PHASE_IN)] = Field(
        0, description="Months over which the effect builds up; 0 for at once."
    )
    as_of: AsOfField | None = Field(
        None, description="Use the figures as known at the end of this day (UTC). Default: today."
    )


class EffectAnswer(EstimatedEffectEntry):
    """The effect of a past event on a series, with what the same method finds at other dates."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    as_of: date = Field(description="Only figures published by the end of this day are used.")
    sentence: str = Field(description="The effect in words.")

    def table(self) -> Table:
        """The effect itself, then those at the placebo dates."""
        rows = [[self.period, self.percent], *([one.period, one.percent] for one in self.placebos)]
        return ["period", "percent"], rows


@router.get(
    "/events",
    summary="List past events",
    response_model=EventsAnswer,
    responses=describe_csv_response("The events.", _EVENTS_CSV) | problems(BadParameter),
)
async def events(request: Request, query: Annotated[EventsQuery, Query()]) -> Response:
    """The dated changes of policy or circumstance that charts mark, with their sources. A scenario
    can assume that one of them has its effect again.
    """
    in_words = words(query.lang)
    document = EventsAnswer(
        events=[
            EventEntry(
                day=event.day, title=event.long(in_words), kind=event.kind, source=event.source
            )
            for event in all_events()
        ]
    )
    return answer(request, query, document, document.table(), modified=None, name="events")


@router.get(
    "/events/effect",
    summary="Estimate the effect of a past event",
    response_model=EffectAnswer,
    responses=describe_csv_response("The effect, and those at other dates.", _EFFECT_CSV)
    | problems(
        UnknownSeries,
        BadParameter,
        BeforeFirstFullRelease,
        TooShortHistory,
        SeriesHasEnded,
        CovariateNotForecast,
        TooManyComputations,
        TooBusy,
    ),
)
async def event_effect(
    request: Request, query: Annotated[EffectQuery, Query()], service: Scenarios
) -> Response:
    """By how much an event changed the level of a series, in percent of its counts (encounters per
    month), with an 80% interval: an interrupted time series by the structural model, from ten years
    before the event to six months after it.

    The same is done at earlier dates without an event; if the effects found there are larger than
    the model allows, the interval is wider. It is no proof that the event was the cause.
    """
    event = require_event(query.day, "day")
    given = await service.inputs(query.series, "structural", query.as_of)
    found = await service.estimate(given, event, query.phase_in)
    entry = EstimatedEffectEntry.of(event, found, query.lang)
    document = EffectAnswer(
        **entry.model_dump(),
        series=query.series,
        as_of=given.history.as_of,
        sentence=describe_effect(event, found, words(query.lang)),
    )
    return answer(
        request,
        query,
        document,
        document.table(),
        modified=given.history.modified,
        name=f"{query.series}-effect-{query.day}",
    )
