"""An event: something that changed in the record, and when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from forecasting import Month

_NAMESPACE = UUID("a9e2b707-81b2-41f7-896d-533e9f782772")
"""Of all ids of events and feeds; with another one, readers would see every event again."""


class EventKind(StrEnum):
    """What happened."""

    RELEASE = "release"
    FORECAST = "forecast"
    SURPRISE = "surprise"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed.

    id: URN that names the event for good; it depends only on what the event is about
    at: when this store learned of it, with its zone
    series: key of the series it is about; None for a release as a whole
    period, value, compared_with: the month and its new number, in the unit of the series, and the
        number before it or forecast for it; None if the event has none
    url: the publisher's page, if it is known
    published_on: day of a release
    rank: orders events of one instant and kind, the newest highest
    """

    kind: EventKind
    id: str
    at: datetime
    title: str
    summary: str
    series: str | None = None
    period: Month | None = None
    value: int | None = None
    compared_with: int | None = None
    url: str | None = None
    published_on: date | None = None
    rank: int = 0


def make_urn(*parts: object) -> str:
    """The URN (RFC 4122) of what the parts name: always the same for the same parts."""
    return uuid5(_NAMESPACE, "\n".join(map(str, parts))).urn


def newest_first(events: list[Event]) -> list[Event]:
    """Events in the order of a feed, which is the same whenever they are sorted."""
    return sorted(events, key=lambda one: (one.at, one.kind, one.rank, one.id), reverse=True)
