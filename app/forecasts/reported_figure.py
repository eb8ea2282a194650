"""A figure that has just been reported: is it high, and what would it do to the forecast?

Nothing is stored: the figure is added to the inputs of one forecast, with the uncertainty of its
wording and of its source.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from app.errors import BadParameter, Fault
from app.forecasts.inputs import ForecastInputs, to_series_with_noise
from app.observations.observation import Observation, Qualifier, Status, official_status
from app.observations.queries import History
from app.storage.database import Session
from forecasting import Month
from forecasting.arrays import Array

PRESS = "press"


class Reporter(StrEnum):
    """Who gives a figure."""

    OFFICIAL = "official"
    PRESS = "press"
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """A figure as it was reported for a month that has none in the store."""

    period: Month
    value: int
    qualifier: Qualifier
    reporter: Reporter


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a figure stands among those of all months before it.

    rank: 1 for the highest, ties sharing the best; months: how many there are, with it
    newest: the newest figure before it
    since: the last month in which the figure was as high or, if it is below the newest one, as low;
        None if there never was one
    """

    rank: int
    months: int
    newest: Observation
    since: Observation | None

    def is_higher(self, value: int) -> bool:
        """Whether it is above the newest figure before it, or equal."""
        return value >= (self.newest.value or 0)


def rank_figure(figures: Sequence[Observation], value: int) -> Standing:
    """Where a figure stands among others, of which there is at least one with a value."""
    known = [one for one in figures if one.value is not None]
    newest = known[-1]
    higher = value >= (newest.value or 0)
    earlier = (
        one
        for one in reversed(known)
        if one.value is not None and (one.value >= value if higher else one.value <= value)
    )
    rank = 1 + sum(one.value is not None and one.value > value for one in known)
    return Standing(rank, len(known) + 1, newest, next(earlier, None))


def percentile_among(draws: Array, value: int) -> float:
    """The share of sampled futures below a figure, and half of those equal to it; neither 0 nor 1.

    draws: (n,) counts
    """
    ordered = np.sort(draws)
    below, up_to = bisect_left(ordered, value), bisect_right(ordered, value)
    least = 1 / (draws.size + 1)
    return float(np.clip((below + up_to) / 2 / draws.size, least, 1 - least))


def add_reported_figure(
    session: Session, inputs: ForecastInputs, reported: ReportedFigure
) -> ForecastInputs:
    """The inputs with the figure added, and with its uncertainty.

    Raises BadParameter unless the figure is of a month after the newest one that is not after the
    day of the inputs.
    """
    history = inputs.history
    current = Month.containing(history.as_of)
    if not inputs.series.end < reported.period <= current:
        raise BadParameter(
            Fault(
                "period",
                str(reported.period),
                f"a month after {inputs.series.end}, the newest with a figure, and up to {current}",
            )
        )
    added = replace(
        history, observations=[*history.observations, _as_observation(history, reported)]
    )
    series, _ = to_series_with_noise(session, added)
    return replace(inputs, history=added, series=series)


def _as_observation(history: History, reported: ReportedFigure) -> Observation:
    """The figure as if it had been published on the day of the history."""
    source, status = PRESS, Status.PROVISIONAL
    if reported.reporter is Reporter.UNNAMED:
        status = Status.LOW_RELIABILITY
    official = [one.source for one in history.observations if one.official]
    if reported.reporter is Reporter.OFFICIAL and official:
        source = official[-1]
        status = official_status(reported.period, history.as_of, source=source)
    return Observation(
        period=reported.period,
        value=reported.value,
        status=status,
        qualifier=reported.qualifier,
        rounding_unit=1,
        source=source,
        published_on=history.as_of,
        release=0,
        official_source=history.series.official_source,
    )
