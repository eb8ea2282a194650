"""Events in a chart: dated changes of policy or circumstance, with short names if they fit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.events import PolicyEvent as PolicyEvent
from app.events import all_events as all_events
from app.languages import Words

POINTS_PER_LETTER = 5.7  # of the labels' size, on average
GAP = 8
# Which events are named first when there is not room for all.
_WEIGHT = {"administration": 0, "policy": 0, "health": 0, "enforcement": 1, "flow": 1}


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event with the lane above the plot of its name (0 is the lowest), if it has one."""

    event: PolicyEvent
    lane: int | None
    to_the_left: bool


def events_between(first: date, last: date) -> list[PolicyEvent]:
    return [event for event in all_events() if first <= event.day <= last]


def place_events(
    events: Iterable[PolicyEvent],
    words: Words,
    *,
    first: date,
    last: date,
    width: float,
    lanes: int,
) -> list[PlacedEvent]:
    """The events with their names in lanes, so that no name covers another.

    Without room, an event has no name.
    """
    # lane, place and span of each name so far
    named: list[tuple[int, float, tuple[float, float]]] = []
    found = []
    for event in sorted(
        events, key=lambda event: (_WEIGHT.get(event.kind, 2), -event.day.toordinal())
    ):
        at = width * (event.day - first).days / max(1, (last - first).days)
        length = POINTS_PER_LETTER * len(event.short(words)) + GAP
        to_the_left = at + length > width
        span = (at - length, at) if to_the_left else (at, at + length)
        free = (lane for lane in range(lanes) if span[0] >= 0 and _fits(lane, at, span, named))
        lane = next(free, None)
        if lane is not None:
            named.append((lane, at, span))
        found.append(PlacedEvent(event, lane, to_the_left))
    return sorted(found, key=lambda mark: mark.event.day)


def _fits(
    lane: int,
    at: float,
    span: tuple[float, float],
    named: Iterable[tuple[int, float, tuple[float, float]]],
) -> bool:
    """Whether a name covers no other name, and no hairline crosses a name."""
    for other_lane, other_at, other in named:
        if lane == other_lane and span[0] < other[1] and other[0] < span[1]:
            return False
        if other_lane > lane and span[0] < other_at < span[1]:
            return False
        if other_lane < lane and other[0] < at < other[1]:
            return False
    return True
