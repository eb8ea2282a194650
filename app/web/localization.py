"""What the rest of the service says in English, in the language of the page."""

from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from app.errors import BadParameter, BeforeFirstFullRelease, Problem, UnknownSeries
from app.languages import DEFAULT, Words, words
from forecasting import Month

WARNINGS = ("doubted", "held", "replaced")


def translate_record_text(kind: str, text: str, in_words: Words) -> Markup:
    """A text of the record; where its translation is missing, as it is and marked as English."""
    known = in_words.name(kind, text, "")
    if known or in_words.language == DEFAULT:
        return escape(known or text)
    return Markup('<span lang="{}">{}</span>').format(DEFAULT, text)


def translate_warning(text: str, in_words: Words) -> Markup:
    """What a forecast says of itself. What a library says on the way has no translation."""
    for kind in WARNINGS:
        values = words(DEFAULT).values(f"warning.{kind}", text)
        if values is not None:
            given = {
                name: _VALUES.get(name, _as_it_is)(value, in_words)
                for name, value in values.items()
            }
            return in_words.html(f"warning.{kind}", **given)
    return translate_record_text("warning", text, in_words)


def series_of_problem(problem: Problem) -> list[str]:
    """The keys of the series that a problem speaks of."""
    match problem:
        case UnknownSeries():
            return list(problem.extra.get("did_you_mean", []))
        case BeforeFirstFullRelease():
            return [problem.key]
        case _:
            return []


def explain_problem(problem: Problem, names: Mapping[str, str], in_words: Words) -> list[Markup]:
    """What was wrong with what a page was asked for, in sentences; `names` are of the series in
    `named_parameters`."""
    match problem:
        case UnknownSeries(faults=(fault,)):
            return [in_words.html("problem.unknown_series", given=fault.given)]
        case BeforeFirstFullRelease():
            name = names.get(problem.key, problem.key)
            return [
                in_words.html("problem.before_first", series=name, day=in_words.day(problem.first))
            ]
        case BadParameter():
            return [
                in_words.html(
                    "problem.bad_parameter",
                    given=fault.given,
                    parameter=fault.parameter,
                    expected=in_words.name("expected", fault.parameter, fault.expected),
                )
                for fault in problem.faults
            ]
        case _:
            return [translate_record_text("problem", problem.detail, in_words)]


def _month(value: str, in_words: Words) -> str:
    return in_words.month(Month.parse(value))


def _reason(value: str, in_words: Words) -> Markup:
    return translate_record_text("reason", value, in_words)


def _share(value: str, in_words: Words) -> str:
    """Such as `1.8%`, with as many digits."""
    number = value.removesuffix("%")
    return in_words.percent(float(number), digits=len(number.partition(".")[2]))


def _times(value: str, in_words: Words) -> str:
    return in_words.number(int(float(value)))


def _as_it_is(value: str, _: Words) -> str:
    return value


_VALUES: dict[str, Callable[[str, Words], str]] = {
    "month": _month,
    "reason": _reason,
    "share": _share,
    "times": _times,
}
