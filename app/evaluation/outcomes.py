"""Outcomes: the figures that forecasts are held against, as they were on each day.

The record of a past day counts the months that had a figure by then, against the figures that were
current then. So each forecast is scored against every figure that was ever current, and the store
keeps when each was.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import NamedTuple

from app.evaluation import store
from app.evaluation.store import Outcome
from app.observations import store as figures
from app.observations.current import choose_current
from app.observations.observation import Observation, Status
from app.storage.database import Session
from forecasting import Month

_SERIES_AT_ONCE = 1000  # named in one statement, whose parameters databases limit


class CurrentValue(NamedTuple):
    """The days on which a figure was the current one: from `since` until before `until`."""

    value: int
    since: date
    until: date | None


def is_outcome(observation: Observation) -> bool:
    """Whether forecasts are held against a figure: it was stated exactly and is no rumor."""
    return (
        observation.value is not None
        and not observation.vague
        and observation.status is not Status.LOW_RELIABILITY
    )


def outcomes_over_time(
    session: Session, series_id: int, *, as_of: date | None = None
) -> dict[Month, list[CurrentValue]]:
    """Every outcome of each month that was ever current, as known on a day, oldest first."""
    versions = figures.versions(session, series_id, as_of=as_of)
    by_month = groupby(sorted(versions, key=_period), key=_period)
    values = ((period, _current_values(list(of_month))) for period, of_month in by_month)
    return {period: found for period, found in values if found}


def superseded_layers(
    values: Mapping[Month, Iterable[CurrentValue]], current: Mapping[Month, int]
) -> Iterator[dict[Month, int]]:
    """The figures that have been restated, one for each month at a time."""
    earlier = {
        month: sorted({one.value for one in of_month} - {current.get(month)})
        for month, of_month in values.items()
    }
    for nth in range(max(map(len, earlier.values()), default=0)):
        yield {month: those[nth] for month, those in earlier.items() if nth < len(those)}


def changed_outcomes(
    session: Session, series_ids: Collection[int] | None = None
) -> dict[int, set[Outcome]]:
    """The outcomes of scored months, of each series for which the store keeps others; of some
    series, or of all (None)."""
    if series_ids is not None and len(series_ids) > _SERIES_AT_ONCE:
        ordered = sorted(series_ids)
        parts = (
            ordered[first : first + _SERIES_AT_ONCE]
            for first in range(0, len(ordered), _SERIES_AT_ONCE)
        )
        return {key: one for part in parts for key, one in changed_outcomes(session, part).items()}
    scored = store.scored_months(session, series_ids)
    kept = store.known_outcomes(session, series_ids)
    found = {}
    for series_id in {*scored, *kept}:
        months = scored.get(series_id, {})
        outcomes = {
            outcome
            for period, values in outcomes_over_time(session, series_id).items()
            if period in months
            for outcome in _outcomes(period, values, months[period])
        }
        if outcomes != kept.get(series_id, set()):
            found[series_id] = outcomes
    return found


def keep_outcomes(session: Session, found: dict[int, set[Outcome]]) -> None:
    """Store what `changed_outcomes` found."""
    for series_id, outcomes in found.items():
        store.replace_outcomes(session, series_id, outcomes)


def _current_values(versions: Sequence[Observation]) -> list[CurrentValue]:
    """The values of one month, whose versions are in the order of publication."""
    days = sorted({version.published_on for version in versions})
    current = [
        choose_current([version for version in versions if version.published_on <= day])
        for day in days
    ]
    values = [one.value if one is not None and is_outcome(one) else None for one in current]
    changes = [
        (day, value)
        for before, day, value in zip([None, *values], days, values, strict=False)
        if value != before
    ]
    return [
        CurrentValue(value, since, until)
        for (since, value), (until, _) in pairwise([*changes, (None, None)])
        if value is not None and since is not None
    ]


def _outcomes(period: Month, values: Iterable[CurrentValue], scored: set[int]) -> Iterator[Outcome]:
    """What counts on which days, if the hindcast of a month is scored against some figures."""
    last = None
    for value, since, until in values:
        last = value if value in scored else last
        yield Outcome(period, since, until, value, last)


def _period(observation: Observation) -> Month:
    return observation.period
