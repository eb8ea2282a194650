"""The revision triangle: the figures of a series as they were known on every day of a change."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.observations.current import current_by_day
from app.observations.observation import Observation
from forecasting import Month


@dataclass(frozen=True, slots=True)
class KnownFigure:
    """The current figure of a month from one day until the day on which another one replaced it.

    `replaced_on` is None for the figure that is current still.
    """

    observation: Observation
    known_from: date
    replaced_on: date | None

    @property
    def period(self) -> Month:
        return self.observation.period


@dataclass(frozen=True, slots=True)
class RevisionTriangle:
    """All figures that were ever current, by month and, within a month, by day."""

    figures: tuple[KnownFigure, ...]

    @property
    def vintages(self) -> list[date]:
        """The days on which a figure of the series changed, oldest first."""
        return sorted({figure.known_from for figure in self.figures})

    @property
    def months(self) -> list[Month]:
        """The months with a figure, oldest first."""
        return sorted({figure.period for figure in self.figures})

    def of_months(self, months: Sequence[Month]) -> "RevisionTriangle":
        """The part of some months."""
        wanted = set(months)
        return RevisionTriangle(tuple(one for one in self.figures if one.period in wanted))

    def rows(self, vintages: Sequence[date]) -> list[tuple[Month, list[int | None]]]:
        """Each month's value as known at the end of each of the days `vintages`, oldest first.

        None where the month had no figure, or a withdrawn one.
        """
        return [
            (period, _values_on(list(figures), vintages))
            for period, figures in groupby(self.figures, key=lambda figure: figure.period)
        ]


def build_triangle(versions: Iterable[Observation]) -> RevisionTriangle:
    """The triangle of every published version of a series.

    Statuses are those of the releases: unlike a history, it marks no breaks between sources, which
    depend on the neighboring months of each day.
    """
    by_month = sorted(versions, key=lambda version: version.period)
    return RevisionTriangle(
        tuple(
            known
            for _, figures in groupby(by_month, key=lambda version: version.period)
            for known in _known_figures(list(figures))
        )
    )


def _known_figures(figures: Sequence[Observation]) -> list[KnownFigure]:
    traced = current_by_day(figures)
    ends = [*(day for day, _ in traced[1:]), None]
    return [
        KnownFigure(observation, day, end)
        for (day, observation), end in zip(traced, ends, strict=True)
    ]


def _values_on(figures: Sequence[KnownFigure], days: Sequence[date]) -> list[int | None]:
    """The value of one month at the end of each day."""
    starts = [figure.known_from for figure in figures]
    places = [bisect_right(starts, day) for day in days]
    return [figures[place - 1].observation.value if place else None for place in places]
