"""The reporter's box: where a figure that has just come in stands, and sentences to print."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import BadParameter, Fault
from app.forecasts.reported_schemas import OutlookMonth, ReportedFigureAnswer, ReportedFigureQuery
from app.forecasts.span import When
from app.languages import LANGUAGES, Words, words
from app.observations.observation import Observation, Qualifier
from app.observations.queries import History
from app.web.figure_text import status
from app.web.query import PageQuery
from app.web.range_marks import RangeMarks, build_range_marks
from forecasting import Month

FIELDS = {
    "period": "reported_month",
    "value": "reported",
    "events.0.period": "effect_from",
    "events.0.percent": "effect",
    "events.0.like": "effect_like",
}  # of the page, by those of the call


@dataclass(frozen=True, slots=True)
class ReporterSection:
    """The form, and the answer if a figure was given and its forecast is ready.

    months: those that the figure can be of
    call: the parameters of the call that answers
    sentences: to print, by language
    marks: the outlook without and with the figure, drawn
    """

    month: Month
    months: list[Month]
    computing: bool
    answer: ReportedFigureAnswer | None
    call: dict[str, object]
    sentences: Mapping[str, list[str]]
    marks: list[tuple[RangeMarks, RangeMarks]]


def reported_figure_query(query: PageQuery, history: History) -> ReportedFigureQuery | None:
    """What is asked about the figure; None without one."""
    if query.reported is None or history.last is None:
        return None
    return ReportedFigureQuery(
        series=query.series,
        period=query.reported_month or history.last + 1,
        value=query.reported,
        qualifier=query.reported_as,
        reporter=query.reported_by,
        as_of=query.as_of,
    )


def named_as_on_the_page(problem: BadParameter) -> BadParameter:
    """A problem of the call with the parameters that the page has for them."""
    return BadParameter(
        *(
            Fault(FIELDS.get(one.parameter, one.parameter), one.given, one.expected)
            for one in problem.faults
        )
    )


def build_reporter_section(
    query: PageQuery,
    history: History,
    answer: ReportedFigureAnswer | None,
    *,
    computing: bool,
) -> ReporterSection | None:
    """The box; None if no month is over or under way without a figure."""
    current = Month.containing(history.as_of)
    if history.last is None or history.last >= current:
        return None
    months = [history.last + step for step in range(1, current - history.last + 1)]
    asked = reported_figure_query(query, history)
    return ReporterSection(
        month=asked.period if asked else months[0],
        months=months,
        computing=computing,
        answer=answer,
        call=asked.model_dump(exclude_none=True) if asked else {},
        sentences={
            language: write_sentences(answer, history, words(language)) for language in LANGUAGES
        }
        if answer
        else {},
        marks=_marks(answer) if answer else [],
    )


def write_sentences(answer: ReportedFigureAnswer, history: History, in_words: Words) -> list[str]:
    """What a newspaper could print of a figure, and how old the figures are that it is set
    against."""
    series = in_words.name("series", history.series.key, history.series.title)
    value = in_words(f"value.{answer.qualifier.value}", value=in_words.number(answer.value))
    month = in_words.month(answer.period)
    sentences = [
        in_words(f"reporter.by_{answer.reporter.value}", series=series, value=value, month=month),
        in_words(
            "reporter.rank",
            rank=in_words.number(answer.rank),
            months=in_words.number(answer.months),
        ),
        _since(answer, in_words),
        _expected(answer, in_words),
    ]
    if (ahead := first_ahead(answer)) is not None:
        sentences.append(
            in_words(
                "reporter.outlook",
                month=in_words.month(ahead.period),
                before=in_words.rounded(ahead.before.median),
                after=in_words.rounded(ahead.after.median),
                lower=in_words.rounded(ahead.after.lower),
                upper=in_words.rounded(ahead.after.upper),
            )
        )
    return [*sentences, _age(history, in_words)]


def first_ahead(answer: ReportedFigureAnswer) -> OutlookMonth | None:
    """The first month of the outlook that is not over."""
    ahead = (one for one in answer.outlook if one.when is not When.PAST_UNPUBLISHED)
    return next(ahead, None)


def _since(answer: ReportedFigureAnswer, in_words: Words) -> str:
    """The last time that a figure was there."""
    if answer.since is None:
        return in_words(f"reporter.{answer.direction}_ever")
    if answer.since.period == answer.newest.period:
        return in_words("reporter.same", month=in_words.month(answer.newest.period))
    return in_words(
        f"reporter.{answer.direction}_since",
        month=in_words.month(answer.since.period),
        value=in_words.number(answer.since.value),
    )


def _expected(answer: ReportedFigureAnswer, in_words: Words) -> str:
    """How likely a figure that high, or that low, had been."""
    high = answer.percentile >= 1 / 2
    chance = 1 - answer.percentile if high else answer.percentile
    percent = in_words.percent(max(1, round(100 * chance)))
    return in_words(
        "reporter.expected_high" if high else "reporter.expected_low",
        median=in_words.rounded(answer.expected.median),
        lower=in_words.rounded(answer.expected.lower),
        upper=in_words.rounded(answer.expected.upper),
        chance=percent,
    )


def _age(history: History, in_words: Words) -> str:
    """How old the newest figure is that is known beside the reported one."""
    newest: Observation = [one for one in history.observations if one.value is not None][-1]
    age = Month.containing(history.as_of) - newest.period
    return in_words(
        "reporter.age",
        value=in_words(
            f"value.{Qualifier(newest.qualifier).value}", value=in_words.number(newest.value or 0)
        ),
        month=in_words.month(newest.period),
        status=status(newest, in_words),
        age=in_words.plural("headline.months_ago", age),
        day=in_words.day(history.as_of),
    )


def _marks(answer: ReportedFigureAnswer) -> list[tuple[RangeMarks, RangeMarks]]:
    highest = max(max(one.before.upper, one.after.upper) for one in answer.outlook)
    return [
        (
            build_range_marks(one.before.lower, one.before.median, one.before.upper, highest),
            build_range_marks(one.after.lower, one.after.median, one.after.upper, highest),
        )
        for one in answer.outlook
    ]
