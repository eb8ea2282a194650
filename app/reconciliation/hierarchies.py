"""Which series add up to which: hierarchies, read from the parents and keys of the series."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasting import MonthlySeries, Sum, find_residual
from forecasting.hierarchy import values_between

if TYPE_CHECKING:  # workers, which get hierarchies, need no tables
    from app.observations.tables import SeriesRow

COMPONENTS, BOTH = ("usbp", "ofo"), "cbp"
_FEWEST_MONTHS = 24
"""Months with a figure of every member that show whether they add up."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a series belongs: below which parent, along which dimension.

    closed: its count is zero from its last figure on, such as that of a sector that closed
    """

    key: str
    parent: str | None
    dimension: str
    closed: bool = False

    @classmethod
    def of(cls, series: "SeriesRow") -> "Place":
        parent = None if series.parent is None else series.parent.key
        return cls(series.key, parent, series.dimension, series.ended and not series.resumable)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Series that are connected by sums.

    name: the key of the whole, the first one by key if there are several
    members: the keys of the series that are forecast, in order
    residuals: what the parts of a total leave over, by key
    """

    name: str
    members: tuple[str, ...]
    residuals: Mapping[str, MonthlySeries]
    sums: tuple[Sum, ...]


def find_hierarchies(
    places: Iterable[Place],
    known: Mapping[str, MonthlySeries],
    closed: Mapping[str, MonthlySeries] | None = None,
) -> list[Hierarchy]:
    """Find the hierarchies of some series.

    Parameters
    ----------
    places : iterable of Place
        All series.
    known : mapping of str to MonthlySeries
        The series that are forecast, by key, with their figures.
    closed : mapping of str to MonthlySeries, optional
        The series of closed places, whose past counts belong to no residual.

    Returns
    -------
    list of Hierarchy
        By name. A series that adds up with no other is in none.
    """
    found = _Sums(list(places), known, closed or {})
    return _connected(found.sums, found.residuals)


class _Sums:
    """All sums of some series, and the residuals that they need."""

    def __init__(
        self,
        places: Sequence[Place],
        known: Mapping[str, MonthlySeries],
        closed: Mapping[str, MonthlySeries],
    ) -> None:
        self._known = known
        self._closed = closed
        self._keys = {place.key for place in places}
        self._below: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for place in map(self._in_its_component, places):
            if place.parent is not None:
                self._below[place.parent][place.dimension].append(place)
        self.sums: list[Sum] = []
        self.residuals: dict[str, MonthlySeries] = {}
        for total, dimensions in self._below.items():
            for dimension, parts in dimensions.items():
                if total in known:
                    self._add(total, dimension, parts)
        for key in sorted(known):
            self._add_overlap(key)

    def _in_its_component(self, place: Place) -> Place:
        """A component's part of a region is listed below the whole region, whose sum of components
        overlaps with the sum of the component's regions. Here it is a part of its component."""
        component, _, rest = place.key.partition(".")
        if place.parent == f"{BOTH}.{rest}" and component in COMPONENTS and component in self._keys:
            return Place(place.key, component, "region", place.closed)
        return place

    def _add(self, total: str, dimension: str, places: Sequence[Place]) -> None:
        parts = [key for place in places for key in self._nearest_known(place)]
        if not parts:
            return
        whole = self._known[total]
        figures = [self._known[part] for part in parts]
        closed = [
            _with_zeros(self._closed[place.key], whole)
            for place in places
            if place.closed and place.key in self._closed
        ]
        if _common_months(whole, figures) < _FEWEST_MONTHS:
            return
        named = Sum(total, dimension, tuple(parts))
        residual = find_residual(whole, [*figures, *closed])
        if residual is not None:
            self.residuals[named.residual] = residual
            named = Sum(total, dimension, (*parts, named.residual))
        self.sums.append(named)

    def _nearest_known(self, place: Place) -> list[str]:
        """The series itself or, if it is not forecast, its parts that are, along one dimension."""
        if place.key in self._known:
            return [place.key]
        for places in self._below[place.key].values() if place.key in self._below else ():
            if parts := [key for below in places for key in self._nearest_known(below)]:
                return parts
        return []

    def _add_overlap(self, key: str) -> None:
        """Both components of a region or of its part, if they add up."""
        whole, _, rest = key.partition(".")
        parts = [f"{component}.{rest}" for component in COMPONENTS]
        parts = [part for part in parts if part in self._keys]
        if whole != BOTH or not rest or not parts or any(part not in self._known for part in parts):
            return
        total, figures = self._known[key], [self._known[part] for part in parts]
        if _common_months(total, figures) < _FEWEST_MONTHS:
            return
        if find_residual(total, figures) is None:
            both = Sum(key, "component", tuple(parts), overlapping=True)
            # a store without the nation's component lists its part below the region
            self.sums = [
                one for one in self.sums if (one.total, one.dimension) != (key, both.dimension)
            ]
            self.residuals.pop(both.residual, None)
            self.sums.append(both)


def _connected(sums: Sequence[Sum], residuals: Mapping[str, MonthlySeries]) -> list[Hierarchy]:
    """The sums in groups that share no series."""
    groups: list[tuple[set[str], list[Sum]]] = []
    for one in sums:
        keys, together = {one.total, *one.parts}, [one]
        apart = []
        for other_keys, others in groups:
            if keys & other_keys:
                keys, together = keys | other_keys, others + together
            else:
                apart.append((other_keys, others))
        groups = [*apart, (keys, together)]
    return sorted(
        (_hierarchy(keys, together, residuals) for keys, together in groups),
        key=lambda each: each.name,
    )


def _hierarchy(
    keys: set[str], sums: Sequence[Sum], residuals: Mapping[str, MonthlySeries]
) -> Hierarchy:
    order = {one: place for place, one in enumerate(sums)}
    ordered = sorted(sums, key=lambda one: (one.total, one.dimension, order[one]))
    below = {part for one in sums for part in one.parts}
    return Hierarchy(
        name=min(keys - below),
        members=tuple(sorted(keys - residuals.keys())),
        residuals={key: residuals[key] for key in sorted(keys & residuals.keys())},
        sums=tuple(ordered),
    )


def _common_months(total: MonthlySeries, parts: Sequence[MonthlySeries]) -> int:
    figures = [values_between(part, total.start, total.end) for part in parts]
    return int((~np.isnan([total.values, *figures]).any(axis=0)).sum())


def _with_zeros(closed: MonthlySeries, total: MonthlySeries) -> MonthlySeries:
    values = values_between(closed, total.start, total.end)
    return MonthlySeries(total.start, np.nan_to_num(values))
