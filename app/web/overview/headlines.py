"""One headline for each border: what is expected in its main series now, and its newest figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.forecasts.month_forecasts import MonthForecast, month_forecasts
from app.forecasts.specification import Specification
from app.languages import Words
from app.observations.publishers import BORDERS
from app.storage.database import Session
from app.web.overview.rows import SeriesFacts
from app.web.query import FIRST_SERIES
from forecasting import Month


@dataclass(frozen=True, slots=True)
class BorderHeadline:
    """The main series of a border. `now` is its forecast of the month under way, if there is
    one."""

    border: str
    facts: SeriesFacts
    name: str
    now: MonthForecast | None


def build_headlines(
    session: Session,
    facts: Sequence[SeriesFacts],
    words: Words,
    model: Specification,
    *,
    today: date,
) -> list[BorderHeadline]:
    """The headlines in the order of the borders."""
    main = main_series(facts)
    newest = {
        one.series.id: one.newest.value
        for one in main.values()
        if one.newest and one.newest.value is not None and not one.series.ended
    }
    now = month_forecasts(session, model, newest, Month.containing(today))
    order = [*BORDERS, *sorted(main.keys() - BORDERS.keys())]
    return [
        BorderHeadline(
            border,
            one,
            words.name("series", one.key, one.series.title),
            now.get(one.series.id),
        )
        for border in order
        if (one := main.get(border)) is not None
    ]


def main_series(facts: Sequence[SeriesFacts]) -> Mapping[str, SeriesFacts]:
    """The series that speaks for each border: one without a parent that goes on, if there is one,
    totals first."""
    chosen: dict[str, SeriesFacts] = {}
    for one in sorted(facts, key=_precedence):
        if one.newest is not None and not one.series.covariate:
            chosen.setdefault(one.series.border, one)
    return chosen


def _precedence(one: SeriesFacts) -> tuple[bool, bool, bool, bool, str]:
    series = one.series
    return (
        series.key != FIRST_SERIES,
        series.parent_id is not None,
        series.ended,
        series.dimension != "total",
        series.key,
    )
