"""Wire types of events: what is asked for, and an event as JSON."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.alerts.event import Event, EventKind
from app.http.parameters import MonthField, SeriesKey, WholeNumber

LONGEST_INTERVAL = 86_400
"""Seconds between two looks at the store: a day."""


def _instant(given: Any) -> datetime:
    """An instant as written; one without a zone is in UTC."""
    try:
        instant = datetime.fromisoformat(str(given))
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError(
            "instant", "a date such as 2026-11-24 or an instant such as 2026-11-24T09:30:00Z"
        ) from error


class FeedQuery(BaseModel):
    """Parameters of the feed. An unknown parameter is an error, because it may be misspelled."""

    model_config = ConfigDict(extra="forbid")

    series: SeriesKey | None = Field(
        None,
        description="Key of the series; by default, the feed is of all of them.",
        examples=["usbp.southwest"],
    )


class WatchQuery(BaseModel):
    """Parameters of a watch."""

    since: Annotated[datetime, BeforeValidator(_instant)] | None = None
    interval: Annotated[int, WholeNumber(1, LONGEST_INTERVAL)] = 60


class EventEntry(BaseModel):
    """An event as JSON."""

    id: str = Field(description="URN of the event, always the same for the same event.")
    kind: EventKind = Field(description="What happened.")
    at: datetime = Field(description="When this store learned of it (UTC).")
    series: str | None = Field(description="Key of the series.")
    period: MonthField | None = Field(description="The month that it is about.")
    value: int | None = Field(description="The month's new number, in the unit of the series.")
    compared_with: int | None = Field(
        description="The number before it (of a forecast), or the median that had been forecast "
        "(of a surprise)."
    )
    title: str = Field(description="The event in a few words.")
    summary: str = Field(description="The event in a sentence or two.")
    published_on: date | None = Field(description="Day of a release.")
    url: str | None = Field(description="The publisher's page of a release.")

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(
            id=event.id,
            kind=event.kind,
            at=event.at,
            series=event.series,
            period=event.period,
            value=event.value,
            compared_with=event.compared_with,
            title=event.title,
            summary=event.summary,
            published_on=event.published_on,
            url=event.url,
        )
