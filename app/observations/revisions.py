"""How much a series' figures are revised: from the first published value to later ones, by age."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np

from app.observations.observation import Observation, Status, official_status
from app.observations.publishers import PUBLISHERS
from forecasting import Month

# Ages at which a figure is looked at again, in months after its first publication.
MONTH, YEAR = 1, 12


class Age(StrEnum):
    """The age at which a figure is compared with its first value."""

    ONE_MONTH = "1 month"
    ONE_YEAR = "1 year"
    CLOSE_OUT = "close-out"


class Era(StrEnum):
    """Eras of publishing. Title 42 was in force from March 2020 to May 2023."""

    BEFORE = "before Title 42"
    DURING = "Title 42"
    AFTER = "after Title 42"


@dataclass(frozen=True, slots=True)
class FigureRevision:
    """One month's first value and what the same source said at some age.

    Percent of the first value.
    """

    period: Month
    source: str
    era: Era
    age: Age
    first: int
    later: int

    @property
    def percent(self) -> float:
        return 100 * (self.later - self.first) / self.first


@dataclass(frozen=True, slots=True)
class RevisionSummary:
    """Revisions of one source, era and age; percent of the first values."""

    source: str
    era: Era
    age: Age
    count: int
    median_absolute: float
    p90_absolute: float
    largest_absolute: float
    mean_signed: float


def find_revisions(versions: Iterable[Observation]) -> list[FigureRevision]:
    """Every revision that can be told from all published versions of one series.

    Exact figures only, each source against itself: the first value of a month against the last one
    published within a month, within a year, and at the close-out of its fiscal year (the first that
    is final). An age that the store's releases have not reached is left out.
    """
    exact = [
        observation
        for observation in versions
        if observation.value is not None and not observation.vague
    ]
    by_cell = sorted(exact, key=lambda observation: (observation.source, observation.period))
    newest = {
        source: max(observation.published_on for observation in group)
        for source, group in groupby(by_cell, key=lambda observation: observation.source)
    }
    found = []
    for (source, _), group in groupby(
        by_cell, key=lambda observation: (observation.source, observation.period)
    ):
        history = sorted(
            group, key=lambda observation: (observation.published_on, observation.release)
        )
        for age, later in _later(history, Month.containing(newest[source])):
            first = history[0]
            if first.value and later.value is not None:
                found.append(
                    FigureRevision(
                        first.period, source, _era(first.period), age, first.value, later.value
                    )
                )
    return found


def summarize_revisions(found: Iterable[FigureRevision]) -> list[RevisionSummary]:
    """The revisions by source, era and age, in that order."""
    groups: dict[tuple[str, Era, Age], list[float]] = defaultdict(list)
    for revision in found:
        groups[revision.source, revision.era, revision.age].append(revision.percent)
    order = {name: place for place, name in enumerate([*Era, *Age])}
    return [
        RevisionSummary(
            *key,
            count=len(percent),
            median_absolute=float(np.median(np.abs(percent))),
            p90_absolute=float(np.quantile(np.abs(percent), 0.9)),
            largest_absolute=float(np.max(np.abs(percent))),
            mean_signed=float(np.mean(percent)),
        )
        for key, percent in sorted(
            groups.items(), key=lambda group: (group[0][0], *map(order.get, group[0][1:]))
        )
    ]


def _later(history: list[Observation], newest: Month) -> Iterator[tuple[Age, Observation]]:
    """What was said of one month at each age that was reached after its first value."""
    first = history[0]
    if _final(first):
        return
    published = Month.containing(first.published_on)
    for age, months in ((Age.ONE_MONTH, MONTH), (Age.ONE_YEAR, YEAR)):
        reached = [f for f in history if Month.containing(f.published_on) <= published + months]
        if newest >= published + months:
            yield age, reached[-1]
    final = next(filter(_final, history), None)
    if final is not None:
        yield Age.CLOSE_OUT, final


def _final(observation: Observation) -> bool:
    """Whether an official figure was published after the close-out, whatever its status.

    When the year of a publisher is closed that the service does not know, its figures say.
    """
    if observation.source not in PUBLISHERS:
        return observation.official and observation.status is Status.NORMAL
    return (
        observation.official
        and official_status(observation.period, observation.published_on, source=observation.source)
        is Status.NORMAL
    )


def _era(period: Month) -> Era:
    if period < Month.of(2020, 3):
        return Era.BEFORE
    return Era.DURING if period <= Month.of(2023, 5) else Era.AFTER
