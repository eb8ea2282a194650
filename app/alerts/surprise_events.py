"""Surprises as events: figures far from what had been forecast for them."""

from datetime import datetime
from threading import Condition

from cachetools import LRUCache, cached

from app.alerts.event import Event, EventKind, make_urn
from app.evaluation.store import surprises_key
from app.evaluation.surprises import Surprise, find_surprises
from app.languages import DEFAULT, words
from app.observations.store import all_series, first_recorded
from app.observations.tables import SeriesRow
from app.storage.database import Session


def find_surprise_events(session: Session, series: SeriesRow | None, model: str) -> list[Event]:
    """The surprises among the newest figures, now or when they came, of all series or of one.

    The probabilities are adjusted for all series in either case. A surprise whose figure no
    release gives any more is left out.
    """
    surprises = [
        one for one in _surprises(session, model) if series is None or one.series == series.key
    ]
    known = {one.key: one for one in all_series(session)} if surprises else {}
    recorded = first_recorded(session, [one.figure for one in surprises])
    return [
        _as_event(known[one.series], one, recorded[one.figure])
        for one in surprises
        if one.figure in recorded
    ]


@cached(LRUCache(20), key=surprises_key, condition=Condition())
def _surprises(session: Session, model: str) -> list[Surprise]:
    return [one for one in find_surprises(session, model) if one.is_surprise]


def _as_event(series: SeriesRow, surprise: Surprise, at: datetime) -> Event:
    in_english = words(DEFAULT)
    value = surprise.value
    median = None if surprise.median is None else round(surprise.median)
    expected = ""
    if median is not None and surprise.lower_80 is not None and surprise.upper_80 is not None:
        low, high = (
            in_english.number(round(end)) for end in (surprise.lower_80, surprise.upper_80)
        )
        expected = f" The median forecast was {in_english.number(median)}, the 80% "
        expected += f"interval {low} to {high}."
    month = in_english.month(surprise.period)
    return Event(
        kind=EventKind.SURPRISE,
        id=make_urn(EventKind.SURPRISE, series.key, surprise.period, value),
        at=at,
        title=f"Surprise: {series.title}, {month}",
        summary=f"The figure of {month} is {in_english.number(value)} {series.unit}, at percentile "
        f"{100 * surprise.percentile:.1f} of the forecast made with figures through "
        f"{in_english.month(surprise.origin)}.{expected}",
        series=series.key,
        period=surprise.period,
        value=value,
        compared_with=median,
        rank=surprise.period.first_day.toordinal(),
    )
