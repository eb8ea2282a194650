"""What a load or retraction changes in current figures, and which forecasts become outdated."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.observations import store
from app.observations.current import choose_current
from app.observations.observation import Observation
from app.storage.database import Session
from forecasting import Month


@dataclass(frozen=True, slots=True)
class Revision:
    """A current figure that got another value; None is no figure."""

    series: str
    period: Month
    before: int
    after: int | None


@dataclass(slots=True)
class Changes:
    """Revised figures, and the series whose current figures are not what they were."""

    revised: list[Revision] = field(default_factory=list)
    due: list[str] = field(default_factory=list)


class ChangeTracker:
    """Compares the current figures with what they are once others are published."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, dict[Month, list[Observation]]] = {}
        self._revised: list[Revision] = []
        self._due: set[str] = set()

    def add_new_series(self, key: str) -> None:
        """Say that a series is new and has no figures."""
        self._known[key] = {}

    def add(
        self, key: str, series_id: int, period: Month, given: Callable[[], Observation]
    ) -> bool:
        """Take note of a figure that is about to be recorded, of each cell one.

        Whether it repeats what is known.
        """
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = store.current_candidates(self._session, series_id)
        published = known.pop(period, None)  # it is asked for once, and there may be very many
        if published is None:
            self._due.add(key)
            return False
        before, observation = choose_current(published), given()
        if _said(before) == _said(observation):
            return True
        self._compare(key, before, choose_current((*published, observation)))
        return before is not None and _content(before) == _content(observation)

    def compare(
        self, key: str, before: Iterable[Observation], after: Iterable[Observation]
    ) -> None:
        """Take note of all the current figures of a series, before and after."""
        was, now = (
            {observation.period: observation for observation in figures}
            for figures in (before, after)
        )
        for period in was.keys() | now.keys():
            self._compare(key, was.get(period), now.get(period))

    def changes(self) -> Changes:
        """What is different."""
        revised = sorted(self._revised, key=lambda one: (one.series, one.period))
        return Changes(revised, sorted(self._due))

    def _compare(self, key: str, before: Observation | None, after: Observation | None) -> None:
        if _said(before) == _said(after):
            return
        self._due.add(key)
        if before is not None and before.value is not None:
            value = None if after is None else after.value
            if value != before.value:
                self._revised.append(Revision(key, before.period, before.value, value))


def _content(observation: Observation) -> tuple[object, ...]:
    """What a figure says, whoever says it."""
    return (observation.value, observation.status, observation.qualifier, observation.rounding_unit)


def _said(observation: Observation | None) -> tuple[object, ...] | None:
    """What a forecast can see of a figure."""
    return None if observation is None else (*_content(observation), observation.source)
