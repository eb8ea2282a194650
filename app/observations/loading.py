"""Loading what is handed in: checked figure by figure, recorded whole or not at all."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType

from app.errors import BadParameter, Fault, Problem
from app.observations import store
from app.observations.changes import Changes, ChangeTracker
from app.observations.new_release import (
    LONGEST_ADDRESS,
    LONGEST_TITLE,
    NewObservation,
    NewRelease,
    is_text,
)
from app.observations.observation import NewSeries, Observation, Qualifier, Status
from app.observations.readers import LocatedObservation
from app.observations.recording import record_release
from app.storage.database import Session
from forecasting import Month

MOST_FAULTS = 100  # how many bad places are listed before reading stops
NOT_RECORDED_YET = 2**31  # a number that no release has, after all that have one
LARGEST_VALUE = 10**12
LARGEST_STEP = 10**9  # to which a figure can have been rounded
FIRST_MONTH, LAST_MONTH = Month.of(1800, 1), Month.of(2199, 12)
WITHOUT_VALUE = {
    Status.MISSING,
    Status.CANNOT_EXIST,
    Status.NOT_COLLECTED,
    Status.HOLIDAY,
    Status.SUPPRESSED,
}
LONGEST_KEY, LONGEST_SOURCE = 200, 50  # characters
EXPECTED_KEY = "lowercase words and digits joined by dots and hyphens, such as usbp.southwest"
EXPECTED_SOURCE = "a lowercase word such as cbp, frontex, or press"
_WORDS = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


class BadFigures(Problem):
    """Some of the submitted figures cannot be recorded, so none was.

    `errors` lists the wrong places.
    """

    title = "Bad figures"

    def __init__(self, faults: list[Fault], *, more: bool) -> None:
        count = f"At least {len(faults)} places are" if more else _places(len(faults))
        super().__init__(
            f"{count} wrong, and nothing was recorded. First: {faults[0]}.", faults=faults
        )


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did.

    `recorded` figures say something new, `unchanged` ones what was known already.
    """

    release: int
    known_before: bool
    received: int
    unchanged: int
    created: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    @property
    def recorded(self) -> int:
        return self.received - self.unchanged


def load_release(
    session: Session,
    new_release: NewRelease,
    items: Iterable[LocatedObservation | Fault],
    *,
    create: bool,
    today: date,
    recorded_at: datetime,
    recorded_by: str,
    offered: Mapping[str, NewSeries] = MappingProxyType({}),
) -> LoadReport:
    """Record a release in the caller's transaction and say what it changed.

    create: make series that are not known; without it an unknown key is a fault, except one of
    `offered`, which is left out and reported
    offered: series that a file of many holds beside those asked for, by key

    Raises BadParameter for an impossible publication and BadFigures for its figures; the caller's
    transaction must then be rolled back.
    """
    _check_release(new_release, today)
    store.lock_observations(session)
    intake = _Validator(session, new_release, create=create, offered=offered)
    recorded = record_release(
        session, new_release, intake.accept(items), recorded_at=recorded_at, recorded_by=recorded_by
    )
    store.resume_series(session, intake.extended)
    if recorded.known_before:
        return LoadReport(recorded.release, True, recorded.received, unchanged=recorded.received)
    return LoadReport(
        recorded.release,
        False,
        recorded.received,
        intake.unchanged,
        sorted(intake.created),
        sorted(intake.left_out),
        intake.tracker.changes(),
    )


class _Validator:
    """Checks statements one by one and gives them their series.

    Keeps what was known before them.
    """

    def __init__(
        self,
        session: Session,
        new_release: NewRelease,
        *,
        create: bool,
        offered: Mapping[str, NewSeries],
    ) -> None:
        self._session = session
        self._new_release = new_release
        self._create = create
        self._offered = offered
        self._last_month = Month.containing(new_release.published_on)
        self._seen: dict[str, bytearray] = defaultdict(
            lambda: bytearray(LAST_MONTH - FIRST_MONTH + 1)
        )
        self._faults: list[Fault] = []
        known = store.all_series(session)
        self.ids = {series.key: series.id for series in known}
        self._official = {series.key: series.official_source for series in known}
        self.tracker = ChangeTracker(session)
        self._ends = store.resumable_ends(session)
        self.extended: set[int] = set()
        self.created: set[str] = set()
        self.left_out: set[str] = set()
        self.unchanged = 0

    def accept(
        self, items: Iterable[LocatedObservation | Fault]
    ) -> Iterator[tuple[int, NewObservation]]:
        """Yield what is right for as long as nothing is wrong.

        Raises BadFigures at the end, or earlier where there are many faults.
        """
        empty = True
        for item in items:
            empty = False
            if isinstance(item, Fault):
                self._add_fault(item)
                continue
            series = self._series(item)
            if series is None or not self._fits(item) or self._faults:
                continue
            observation = item.observation
            given = partial(
                _figure, observation, self._new_release, self._official.get(observation.series)
            )
            if self.tracker.add(observation.series, series, observation.period, given):
                self.unchanged += 1
            if (
                series in self._ends
                and observation.value
                and observation.period > self._ends[series]
            ):
                self.extended.add(series)
            yield series, observation
        if empty:
            self._add_fault(Fault("body", "no figures", "at least one figure"))
        if self._faults:
            raise BadFigures(self._faults, more=False)

    def _add_fault(self, fault: Fault) -> None:
        self._faults.append(fault)
        if len(self._faults) >= MOST_FAULTS:
            raise BadFigures(self._faults, more=True)

    def _series(self, item: LocatedObservation) -> int | None:
        key = item.observation.series
        if key not in self.ids and not self._make(item):
            return None
        return self.ids[key]

    def _make(self, item: LocatedObservation) -> bool:
        key = item.observation.series
        if not self._create:
            if key in self._offered:
                self.left_out.add(key)
            else:
                self._add_fault(
                    Fault(
                        f"{item.location}, series",
                        key,
                        "the key of a known series, or create=true for a new one",
                    )
                )
            return False
        if not is_series_key(key):
            self._add_fault(Fault(f"{item.location}, series", key, EXPECTED_KEY))
            return False
        series = self._offered.get(key) or self._described(key)
        parent = self._parent_id(series.parent)
        self.ids[key] = store.add_series(self._session, series, parent_id=parent)
        self.created.add(key)
        self.tracker.add_new_series(key)
        return True

    def _parent_id(self, key: str | None) -> int | None:
        return self.ids.get(key) if key is not None else None

    def _described(self, key: str) -> NewSeries:
        """A series of which nothing but the key is known; what the key extends is its parent."""
        stem, _, _ = key.rpartition(".")
        while stem and stem not in self.ids:
            stem, _, _ = stem.rpartition(".")
        return NewSeries(key, title=key, unit="encounters", parent=stem or None, dimension="other")

    def _fits(self, item: LocatedObservation) -> bool:
        """Whether a statement is possible by itself and beside the others."""
        fault = self._impossible(item) or self._repeated(item)
        if fault is not None:
            self._add_fault(fault)
        return fault is None

    def _impossible(self, item: LocatedObservation) -> Fault | None:
        location, observation = item
        if not FIRST_MONTH <= observation.period <= self._last_month:
            day = self._new_release.published_on
            expected = (
                f"a month from {FIRST_MONTH} to {self._last_month}, because the release is "
                f"dated {day}"
            )
            return Fault(f"{location}, period", str(observation.period), expected)
        if observation.rounding_unit > LARGEST_STEP:
            return Fault(
                f"{location}, rounding_unit", observation.rounding_unit, f"at most {LARGEST_STEP}"
            )
        if observation.value is not None and observation.value > LARGEST_VALUE:
            return Fault(f"{location}, value", observation.value, f"at most {LARGEST_VALUE}")
        if (observation.value is None) != (observation.status in WITHOUT_VALUE):
            expected = (
                "a status that says why there is no value, such as O"
                if observation.value is None
                else "no value, or a status for a value, such as P"
            )
            return Fault(f"{location}, status", observation.status.value, expected)
        if observation.value is None and observation.qualifier is not Qualifier.EXACT:
            return Fault(
                f"{location}, qualifier",
                observation.qualifier.value,
                "exact if there is no value",
            )
        return None

    def _repeated(self, item: LocatedObservation) -> Fault | None:
        """A second figure for one cell; remembers the cell otherwise."""
        location, observation = item
        months, at = self._seen[observation.series], observation.period - FIRST_MONTH
        if months[at]:
            given = f"a second figure for {observation.series} in {observation.period}"
            return Fault(location, given, "one figure for each series and month")
        months[at] = 1
        return None


def is_series_key(key: str) -> bool:
    """Whether a series may have this key."""
    return len(key) <= LONGEST_KEY and _WORDS.fullmatch(key) is not None


def is_source(name: str) -> bool:
    """Whether a publisher may be called this."""
    return len(name) <= LONGEST_SOURCE and _WORDS.fullmatch(name) is not None


def _figure(
    observation: NewObservation, new_release: NewRelease, official_source: str | None
) -> Observation:
    """What a statement will be once it is recorded."""
    return Observation(
        observation.period,
        observation.value,
        observation.status,
        observation.qualifier,
        observation.rounding_unit,
        new_release.source,
        new_release.published_on,
        NOT_RECORDED_YET,
        observation.note,
        official_source,
    )


def _check_release(new_release: NewRelease, today: date) -> None:
    faults = []
    if not is_source(new_release.source):
        faults.append(Fault("source", new_release.source, EXPECTED_SOURCE))
    if not new_release.title.strip() or not is_text(new_release.title, longest=LONGEST_TITLE):
        faults.append(
            Fault(
                "title", new_release.title, f"a title of 1 to {LONGEST_TITLE} printable characters"
            )
        )
    if new_release.url is not None and not is_text(new_release.url, longest=LONGEST_ADDRESS):
        faults.append(
            Fault(
                "url",
                new_release.url,
                f"an address of at most {LONGEST_ADDRESS} printable characters",
            )
        )
    if new_release.published_on > today + timedelta(days=1):
        faults.append(
            Fault("published_on", new_release.published_on.isoformat(), f"{today} or earlier")
        )
    if faults:
        raise BadParameter(*faults)


def _places(count: int) -> str:
    return "One place is" if count == 1 else f"{count} places are"
