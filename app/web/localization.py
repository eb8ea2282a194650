"""Texts that the rest of the service gives in English, in the language of the page."""

from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from app.errors import BadParameter, BeforeFirstFullRelease, Problem, UnknownSeries
from app.languages import DEFAULT, Words
from forecasting import FitWarning, Month


def translate_record_text(kind: str, text: str, in_words: Words) -> Markup:
    """A text of the record. If it has no translation, it stays as it is, marked as English."""
    known = in_words.name(kind, text, "")
    if known or in_words.language == DEFAULT:
        return escape(known or text)
    return Markup('<span lang="{}">{}</span>').format(DEFAULT, text)


def translate_warning(warning: FitWarning, in_words: Words) -> Markup:
    """A warning of a fit. Warnings from libraries have no translation."""
    if in_words.language == DEFAULT:
        return escape(str(warning))
    if not in_words.name("warning", warning.code, ""):
        return Markup('<span lang="{}">{}</span>').format(DEFAULT, str(warning))
    values = {
        name: _VALUES.get(name, _unchanged)(value, in_words)
        for name, value in warning.values.items()
    }
    if warning.reason is not None:
        values["reason"] = translate_warning(warning.reason, in_words)
    return in_words.html(f"warning.{warning.code}", **values)


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
    """What was wrong with what a page was asked for, in sentences.

    `names` are of the series in `series_of_problem`.
    """
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


def _month(value: str | float, in_words: Words) -> str:
    return in_words.month(Month.parse(str(value)))


def _count(value: str | float, in_words: Words) -> str:
    return in_words.number(round(float(value)))


def _share(value: str | float, in_words: Words) -> str:
    return in_words.percent(100 * float(value), digits=1)


def _unchanged(value: str | float, _: Words) -> str:
    return str(value)


_VALUES: dict[str, Callable[[str | float, Words], str]] = {
    "month": _month,
    "value": _count,
    "share": _share,
    "times": _count,
}
