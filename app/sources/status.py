"""How new each publisher's figures are, how asking it went, and when more can be expected."""

from dataclasses import dataclass
from datetime import date

from app.sources import store
from app.sources.publisher import Publisher
from app.sources.publishers import PUBLISHERS
from app.sources.rhythm import Delays, Expected, delays, expect_next
from app.sources.store import NewestFigure
from app.sources.tables import SourceRow
from app.storage.database import Session


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One publisher. `memory` is None if it was never asked."""

    publisher: Publisher
    memory: SourceRow | None
    newest: NewestFigure | None
    delays: Delays | None
    expected: Expected | None

    def age_in_days(self, today: date) -> int | None:
        """Days since the end of the newest month with a figure."""
        return None if self.newest is None else (today - self.newest.period.last_day).days

    def is_overdue(self, today: date) -> bool:
        """Whether the next figure is later than any before it was."""
        return self.expected is not None and today > self.expected.latest


def source_statuses(session: Session) -> list[SourceStatus]:
    """Every publisher that can be asked, by name."""
    memories = store.all_sources(session)
    paces = {_pace(publisher) for publisher in PUBLISHERS.values()}
    past = {pace: delays(store.newest_periods_by_day(session, *pace)) for pace in paces}
    return [
        _status(session, publisher, memories.get(publisher.name), past[_pace(publisher)])
        for publisher in PUBLISHERS.values()
    ]


def _pace(publisher: Publisher) -> tuple[str, str]:
    """The series and the source by whose past releases the next one is expected."""
    return publisher.paced_by or publisher.headline, publisher.source


def _status(
    session: Session, publisher: Publisher, memory: SourceRow | None, past: Delays | None
) -> SourceStatus:
    newest = store.newest_figure(session, publisher.headline, publisher.source)
    expected = expect_next(newest.period, past) if newest and past else None
    return SourceStatus(publisher, memory, newest, past, expected)
