"""Figures in the words of the page: the value, how exact and final it is, and its change."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from app.charts.lines import status_word
from app.languages import Words
from app.observations.observation import Observation, Qualifier, Status
from forecasting import Month

MANY_TIMES = 3  # from this ratio on, a change is given as a multiple


@dataclass(frozen=True, slots=True)
class Change:
    """A figure against an earlier one."""

    month: Month
    before: int
    now: int
    qualifier: Qualifier = Qualifier.EXACT  # how exactly the earlier one was stated

    @property
    def percent(self) -> float | None:
        return 100 * (self.now - self.before) / self.before if self.before else None

    def describe(self, words: Words, *, now: Month | None = None) -> Markup:
        """The change in words; the year is left out if it is that of the month `now`."""
        before = words.html(f"value.{self.qualifier.value}", value=number(self.before, words))
        month = words.month(self.month, beside=now)
        if self.now == self.before:
            return words.html("headline.same", month=month, value=before)
        if self.percent is None:
            return words.html("headline.from_none", month=month, value=before)
        if self.now == 0:
            return words.html("headline.to_none", month=month, value=before)
        if self.now >= MANY_TIMES * self.before:
            times = words.decimal(self.now / self.before)
            return words.html("headline.times", times=times, month=month, value=before)
        key = "headline.up" if self.now > self.before else "headline.down"
        return words.html(key, percent=words.percent(abs(self.percent)), month=month, value=before)

    def in_sentence(self, words: Words, *, now: Month | None = None) -> str | None:
        """The change as part of a sentence, or None if the earlier figure was small or zero."""
        month = words.month(self.month, beside=now)
        if self.percent is None or self.now >= MANY_TIMES * self.before:
            return None
        if self.now == self.before:
            return words("sentence.change_same", month=month)
        if self.now == 0:
            before = words(f"value.{self.qualifier.value}", value=words.number(self.before))
            return words("sentence.change_to_none", month=month, value=before)
        key = "sentence.change_up" if self.now > self.before else "sentence.change_down"
        return words(key, percent=words.percent(abs(self.percent)), month=month)


def number(value: int, words: Words) -> Markup:
    """A count, with its exact value for machines."""
    return Markup('<data value="{}">{}</data>').format(value, words.number(value))


def between(lower: int, upper: int, words: Words) -> Markup:
    """A range of counts. If there is little room, it breaks after the dash."""
    return Markup("{}\u00a0– {}").format(number(lower, words), number(upper, words))


def rounded(value: int, words: Words) -> Markup:
    """A count as a newspaper prints it, with its exact value for machines."""
    return Markup('<data value="{}">{}</data>').format(value, words.rounded(value))


def share(value: float, words: Words) -> Markup:
    """A share or probability from 0 to 1 in percent, with its exact value for machines; what is
    neither impossible nor certain is not rounded to either."""
    percent = 100 * value
    if 0 < percent < 1:
        shown = words("plan.less_than", percent=words.percent(1))
    elif 99 < percent < 100:
        shown = words("plan.more_than", percent=words.percent(99))
    else:
        shown = words.percent(percent)
    return Markup('<data value="{}">{}</data>').format(f"{value:g}", shown)


def plain(value: float) -> str:
    """A number as a form's field holds it."""
    return f"{value:g}"


def code(text: str) -> Markup:
    """A command or setting as it is typed."""
    return Markup("<code>{}</code>").format(text)


def format_value(figure: Observation, words: Words) -> Markup:
    """A figure, worded as exactly as its source stated it."""
    if figure.value is None:
        return escape(words("value.none"))
    return words.html(f"value.{figure.qualifier.value}", value=number(figure.value, words))


def status(figure: Observation, words: Words) -> str:
    return status_word(figure, words)


def explain_figure(figure: Observation, words: Words) -> list[str]:
    """Sentences that say whether a figure is final and, if not, what may change."""
    source = words.name("source", figure.source, figure.source)
    key = f"explanation.{figure.status.value}"
    if figure.status is Status.PROVISIONAL and not figure.official:
        key = "explanation.P_press"
    try:
        first = words(key, source=source)
    except KeyError:
        first = words("explanation.other", code=figure.status.value)
    return (
        [first]
        if figure.qualifier is Qualifier.EXACT
        else [first, words(f"explanation.{figure.qualifier.value}")]
    )


def is_open(figure: Observation) -> bool:
    """Whether a figure may still change."""
    settled = (Status.NORMAL, Status.BREAK, Status.DEFINITION_DIFFERS)
    return figure.status not in settled or figure.qualifier is not Qualifier.EXACT
