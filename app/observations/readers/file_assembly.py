"""From a file's totals to the parsed file: zeros that it implies, and new series."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from app.observations.new_release import NewObservation
from app.observations.observation import official_status
from app.observations.readers.keys import Cut, KeyParts, split
from app.observations.readers.parsed_file import (
    FileKind,
    KnownSeries,
    LocatedObservation,
    ParsedFile,
)
from forecasting import Month

Sums = Mapping[Cut, Mapping[Month, int]]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a file speaks of, whether or not it has a row for it.

    months: by component, those that the file covers, ascending; no total is of any other
    feeds: whether files of this kind hold a series
    since_listed: dimensions of which a part did not exist before its first row
    """

    months: Mapping[str, Sequence[Month]]
    feeds: Callable[[KeyParts], bool]
    since_listed: Collection[str] = ()


def build_parsed_file(
    kind: FileKind,
    sums: Sums,
    coverage: Coverage,
    known: Mapping[str, KnownSeries],
    *,
    published_on: date,
    location: Callable[[Cut | None, Month], str],
    rounding_unit: Callable[[int], int] = lambda _: 1,
) -> ParsedFile:
    """Every total of a file, parents before children, and zero where a covered month has none.

    No zeros before the first row of a part of `since_listed`, nor outside the rows of an ended
    series. A known series of this kind without any row is zero throughout, unless it has ended.
    """
    listed = {
        cut.key: cut
        for cut in sorted(sums, key=lambda cut: (len(list(cut.ancestors())), cut.key))
        if sums[cut]
    }
    present = listed.keys() | known.keys()
    new = {key: cut.series(present) for key, cut in listed.items() if key not in known}

    status = cache(lambda month: official_status(month, published_on))

    def new_observations() -> Iterator[LocatedObservation]:
        for key, cut in listed.items():
            figures = sums[cut]
            ended = known[key].ended if key in known else cut.ended
            first, last = min(figures), max(figures)
            since = ended or (cut.part is not None and cut.part.dimension in coverage.since_listed)
            for month in coverage.months[cut.component]:
                if not (since and month < first) and not (ended and month > last):
                    yield observation(key, cut, month, figures.get(month, 0))
        for key in sorted(known.keys() - listed.keys()):
            names = split(key)
            if names is not None and not known[key].ended and coverage.feeds(names):
                for month in coverage.months[names.component]:
                    yield observation(key, None, month, 0)

    def observation(key: str, cut: Cut | None, month: Month, value: int) -> LocatedObservation:
        new_observation = NewObservation(
            key, month, value, status(month), rounding_unit=rounding_unit(value)
        )
        return LocatedObservation(location(cut, month), new_observation)

    return ParsedFile(kind, new_observations(), new)
