"""Scenarios in words: what differs from the forecast, and what a past event did."""

from collections.abc import Sequence

from app.events import PolicyEvent
from app.forecasts.scenario_months import ScenarioMonth, TotalDifference, percent_of
from app.languages import Words
from forecasting import EstimatedEffect


def describe_difference(
    months: Sequence[ScenarioMonth],
    plain: Sequence[ScenarioMonth],
    total: TotalDifference | None,
    unit: str,
    in_words: Words,
) -> list[str]:
    """The total of the months and the month that differs most, in sentences."""
    said = []
    counted = in_words.name("unit", unit, unit)
    if total is not None:
        said.append(
            in_words(
                "scenario.total",
                months=in_words.plural("scenario.months", total.months),
                scenario=in_words.rounded(total.scenario.median),
                unit=counted,
                forecast=in_words.rounded(total.plain_forecast.median),
                percent=_signed(total.percent, in_words),
            )
        )
    pairs = [
        (month, other)
        for month, other in zip(months, plain, strict=True)
        if month.median is not None and other.median is not None
    ]
    if pairs:
        month, other = max(
            pairs, key=lambda pair: abs((pair[0].median or 0) - (pair[1].median or 0))
        )
        shown, usual = month.median or 0, other.median or 0
        said.append(
            in_words(
                "scenario.most",
                month=in_words.month(month.period),
                scenario=in_words.rounded(shown),
                unit=counted,
                forecast=in_words.rounded(usual),
                percent=_signed(percent_of(shown - usual, usual), in_words),
            )
        )
    return said


def describe_effect(event: PolicyEvent, found: EstimatedEffect, in_words: Words) -> str:
    """The estimated effect of a past event, with its interval and the placebo dates."""
    lower, upper = found.interval(0.8)
    text = in_words(
        "scenario.effect",
        event=event.long(in_words),
        day=in_words.day(event.day),
        percent=_signed(100 * (found.factor - 1), in_words),
        lower=_signed(100 * (lower - 1), in_words),
        upper=_signed(100 * (upper - 1), in_words),
    )
    if found.placebo_share is None:
        return text
    count = len(found.placebos)
    return f"{text} " + in_words(
        "scenario.placebos",
        larger=in_words.number(round(found.placebo_share * count)),
        count=in_words.number(count),
    )


def _signed(percent: float | None, in_words: Words) -> str:
    return "" if percent is None else in_words.percent(percent, signed=True)
