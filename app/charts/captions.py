"""The words of charts: subtitles, source lines, and text alternatives."""

from collections.abc import Sequence

from app.charts.lines import HEADLINE_LEVEL, ChartLines, format_value
from app.charts.specifications import SeriesSpecification
from app.charts.style import Scale
from app.evaluation.past_forecasts import PastMonth
from app.forecasts.span import When
from app.forecasts.summary import ForecastSummary, MonthSummary
from app.languages import Words


def description(specification: SeriesSpecification, drawn: ChartLines, in_words: Words) -> str:
    """What the chart shows, for those who do not see it."""
    newest = next(entry for entry in reversed(specification.history) if entry.value is not None)
    text = in_words(
        "chart.description",
        title=specification.title,
        span=_span(specification, drawn, in_words),
        value=format_value(newest, in_words),
        month=in_words.month(newest.period),
    )
    if specification.forecast is None:
        return text
    first, last = _first_ahead(specification.forecast), specification.forecast.months[-1]
    ends = [
        interval
        for month in (first, last)
        for interval in month.intervals
        if interval.level == HEADLINE_LEVEL
    ]
    return f"{text} " + in_words(
        "chart.description_forecast",
        month=in_words.month(first.period),
        median=in_words.number(first.median),
        lower=in_words.number(ends[0].lower),
        upper=in_words.number(ends[0].upper),
        last_month=in_words.month(last.period),
        last_median=in_words.number(last.median),
        last_lower=in_words.number(ends[1].lower),
        last_upper=in_words.number(ends[1].upper),
    )


def _span(specification: SeriesSpecification, drawn: ChartLines, in_words: Words) -> str:
    unit = in_words(
        "unit.a_month",
        unit=in_words.name("unit", specification.unit, specification.unit).capitalize(),
    )
    return in_words(
        "chart.span", unit=unit, first=in_words.month(drawn.first), last=in_words.month(drawn.last)
    )


def subtitle(specification: SeriesSpecification, drawn: ChartLines, in_words: Words) -> list[str]:
    """What is drawn, the newest of it in numbers, and how marks are to be read: a line each."""
    marks = []
    if drawn.median:
        marks.append(in_words("chart.fan"))
    if specification.look.scale == Scale.LINEAR and drawn.top is not None:
        marks.append(in_words("chart.above", upper=in_words.number(drawn.highest)))
    if specification.look.scale == Scale.LOG:
        marks.append(in_words("chart.log"))
    if drawn.vague:
        marks.append(in_words("chart.points"))
    elif drawn.provisional:
        marks.append(in_words("chart.dots"))
    if drawn.later:
        marks.append(in_words("chart.later"))
    span, newest = _span(specification, drawn, in_words), _newest(specification, in_words)
    lines = [[span], [newest], marks] if specification.forecast else [[span, newest], marks]
    return [join_sentences(line) for line in lines if line]


def join_sentences(texts: Sequence[str]) -> str:
    """Texts one after the other, each with a capital and a full stop."""
    return " ".join(f"{text[0].upper()}{text[1:]}." for text in texts)


def _newest(specification: SeriesSpecification, in_words: Words) -> str:
    """The last figure and the first month of the forecast, in numbers."""
    newest = next(entry for entry in reversed(specification.history) if entry.value is not None)
    text = f"{in_words.month(newest.period)}: {format_value(newest, in_words)}"
    if specification.forecast is None:
        return text
    ahead = _first_ahead(specification.forecast)
    headline = next(interval for interval in ahead.intervals if interval.level == HEADLINE_LEVEL)
    return f"{text}; " + in_words(
        "chart.ahead",
        month=in_words.month(ahead.period),
        median=in_words.number(ahead.median),
        lower=in_words.number(headline.lower),
        upper=in_words.number(headline.upper),
    )


def _first_ahead(forecast: ForecastSummary) -> MonthSummary:
    """The first month that is not over; if all are over, the first."""
    ahead = (month for month in forecast.months if month.when is not When.PAST_UNPUBLISHED)
    return next(ahead, forecast.months[0])


def source_line(specification: SeriesSpecification, in_words: Words) -> str:
    sources = sorted({entry.source for entry in specification.history})
    names = in_words.join([in_words.name("source", source, source) for source in sources])
    by = in_words("chart.by")
    if specification.forecast is not None and not specification.look.is_narrow:
        by = in_words("chart.by_forecast", model=specification.forecast.model)
    known = in_words("chart.source", sources=names, day=in_words.day(specification.as_of))
    return f"{known}. {by}."


def format_span(ahead: str) -> str:
    """A span of months ahead, such as `1-3`, as print writes it."""
    return ahead.replace("-", "–")


def issue_caption(month: PastMonth, in_words: Words) -> str:
    """When a forecast was made, or would have been: from figures through which month."""
    if month.issued_on is not None:
        return in_words("past.made_live", day=in_words.day(month.issued_on))
    return in_words("past.made_from", month=in_words.month(month.origin))
