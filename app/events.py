"""The bundled events: dated changes of policy or circumstance, with their sources."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache

from app.config import BUNDLED_RECORD
from app.languages import Words
from forecasting import Month

LAST_DAY_OF_ITS_MONTH = 15  # a later event changes the counts of the next month first


@dataclass(frozen=True, slots=True)
class PolicyEvent:
    """A dated change of policy or circumstance, with its source."""

    day: date
    title: str
    kind: str
    source: str

    @property
    def first_month(self) -> Month:
        """The first month of which at least half comes after it."""
        return Month.containing(self.day) + (self.day.day > LAST_DAY_OF_ITS_MONTH)

    def short(self, words: Words) -> str:
        return words.name("event_short", self.day.isoformat(), self.title)

    def long(self, words: Words) -> str:
        return words.name("event", self.title, self.title)


@cache
def all_events() -> tuple[PolicyEvent, ...]:
    """The bundled events, oldest first."""
    with (BUNDLED_RECORD / "events.csv").open(newline="", encoding="utf-8") as lines:
        return tuple(
            PolicyEvent(
                date.fromisoformat(line["date"]), line["title"], line["kind"], line["source"]
            )
            for line in csv.DictReader(lines)
        )


def find_event(day: date) -> PolicyEvent | None:
    """The event of a day."""
    return next((event for event in all_events() if event.day == day), None)
