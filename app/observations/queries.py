"""Reading a series as people ask for it: by key, as of a day, between two months."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.errors import BadParameter, BeforeFirstFullRelease, Fault, UnknownSeries
from app.observations import store
from app.observations.current import choose_current, explain_choice
from app.observations.observation import Observation
from app.observations.tables import ReleaseRow, SeriesRow
from app.storage.database import Session
from forecasting import Month

LONGEST_KEY = 200  # characters; no series has a longer one
MONTHS_BEFORE_OLD = 3  # figures older than this say how old they are


@dataclass(frozen=True, slots=True)
class History:
    """The figures of one series as known at the end of a day, oldest first.

    `last` is its newest month with a count, whatever months the observations are of.
    """

    series: SeriesRow
    as_of: date
    observations: list[Observation]
    last: Month | None
    modified: datetime | None

    @property
    def warnings(self) -> list[str]:
        """What a reader must know before using the figures, in sentences."""
        if self.last is None:
            return []
        if self.series.ended:
            return [f"The series ended in {self.last}."]
        now = Month.containing(self.as_of)
        age = now - self.last
        return (
            [f"The newest figure is for {self.last}, {age} months before {now}."]
            if age > MONTHS_BEFORE_OLD
            else []
        )


@dataclass(frozen=True, slots=True)
class ObservationVersions:
    """Every published version of one figure as known at the end of a day, newest first."""

    series: SeriesRow
    as_of: date
    observations: list[Observation]
    current: Observation | None
    releases: dict[int, ReleaseRow]

    @property
    def why(self) -> str | None:
        """Why the current version is current."""
        return None if self.current is None else explain_choice(self.current, self.observations)


def require_series(session: Session, key: str) -> SeriesRow:
    """The series of a key. Raises UnknownSeries with the nearest keys."""
    if len(key) > LONGEST_KEY:  # no look-up, and no comparison with all keys
        raise UnknownSeries(key, [])
    series = store.find_series(session, key)
    if series is None:
        raise UnknownSeries(key, [known.key for known in store.all_series(session)])
    return series


def get_history(
    session: Session,
    key: str,
    *,
    today: date,
    as_of: date | None = None,
    start: Month | None = None,
    end: Month | None = None,
    first_release: bool = False,
) -> History:
    """A series as known at the end of `as_of` (default: today), from `start` through `end`.

    `first_release` asks for the figures that were published first instead of the current ones.
    Raises UnknownSeries, BeforeFirstFullRelease, or BadParameter for a future day or an `end`
    before `start`.
    """
    series = require_series(session, key)
    require_in_order(start, end)
    day = resolve_as_of(as_of, today)
    if as_of is not None:
        _require_full_release(session, series, day)
    read = store.first_observations if first_release else store.history
    known = read(session, series.id, as_of=day)
    wanted = [
        observation
        for observation in known
        if (start is None or observation.period >= start)
        and (end is None or observation.period <= end)
    ]
    counted = (
        observation.period for observation in reversed(known) if observation.value is not None
    )
    last = next(counted, None)
    return History(series, day, wanted, last, store.newest_recording(session, as_of=day))


def get_versions(
    session: Session, key: str, period: Month, *, today: date, as_of: date | None = None
) -> ObservationVersions:
    """Every published version of one figure.

    Raises UnknownSeries, or BadParameter for a future day.
    """
    series = require_series(session, key)
    day = resolve_as_of(as_of, today)
    observations = store.versions(session, series.id, period=period, as_of=day)[::-1]
    releases = store.releases(session, {observation.release for observation in observations})
    return ObservationVersions(series, day, observations, choose_current(observations), releases)


def require_in_order(start: Month | None, end: Month | None) -> None:
    """Raises BadParameter if the last month is before the first one."""
    if start is not None and end is not None and end < start:
        raise BadParameter(Fault("end", str(end), f"{start} (the start) or later"))


def resolve_as_of(as_of: date | None, today: date) -> date:
    """The day that `as_of` names, by default today. Raises BadParameter for a future one."""
    day = as_of or today
    if day > today + timedelta(days=1):  # it is tomorrow already east of Greenwich
        raise BadParameter(Fault("as_of", day.isoformat(), f"{today} (today) or earlier"))
    return day


def _require_full_release(session: Session, series: SeriesRow, day: date) -> None:
    """Raises BeforeFirstFullRelease if a day is earlier."""
    first = store.first_full_release(session, series.id)
    if first is not None and day < first:
        raise BeforeFirstFullRelease(series.key, day, first)
