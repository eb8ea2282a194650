"""The store driven at random through the loader, against twenty lines of plain Python."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.observations import store
from app.observations.loading import LoadReport, load_release
from app.observations.new_release import NewObservation, NewRelease
from app.observations.observation import Qualifier, Status
from app.observations.readers import LocatedObservation
from app.observations.retraction import retract
from app.storage.database import Database
from forecasting import Month
from tests.app.observations.publishing import make_series

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRST_DAY = date(2024, 5, 1)
DAYS = st.integers(0, 6).map(lambda days: FIRST_DAY + timedelta(days=days))
SERIES = ("usbp.east", "usbp.west")
PERIODS = ("2024-02", "2024-03", "2024-04")
QUALIFIERS = ("exact", "exact", "about", "more_than", "less_than")


class Said(NamedTuple):
    series: str
    period: str
    value: int | None
    qualifier: str
    unit: int


class Kept(NamedTuple):
    source: str
    day: date
    figures: frozenset[Said]
    number: int


# ---- the reference ----


def last_word(versions: list[tuple[date, int, Said]]) -> Said | None:
    """Of one source: the newest, exact after vague on one day.

    A vague word that adds nothing is passed.
    """
    word: Said | None = None
    for _, _, new in sorted(versions, key=lambda v: (v[0], v[2].qualifier == "exact", v[1])):
        if word and new.qualifier != "exact" and word.value is not None and new.value is not None:
            finer = word.qualifier == "exact" or word.unit < new.unit
            above, below = word.value > new.value + new.unit, word.value < new.value - new.unit
            against = {"about": above or below, "more_than": below, "less_than": above}[
                new.qualifier
            ]
            if finer and not against:
                continue
        word = new
    return word


def current(releases: list[Kept], series: str, period: str, day: date) -> int | str | None:
    """The value of a cell at the end of a day, or "nothing" where none was published."""
    words = {}
    for group in ("cbp", "ohss", "others"):
        said = [
            (kept.day, kept.number, one)
            for kept in releases
            for one in kept.figures
            if kept.day <= day
            and (one.series, one.period) == (series, period)
            and group == (kept.source if kept.source in ("cbp", "ohss") else "others")
        ]
        words[group] = last_word(said)
    official = [
        word
        for word in (words["cbp"], words["ohss"])
        if word is not None and word.value is not None
    ]
    best = sorted(official, key=lambda word: (word.qualifier != "exact", word.unit))[:1]
    for word in (*best, words["others"]):
        if word and word.value is not None:
            return word.value
    return None if any(words.values()) else "nothing"


# ---- the machine ----


def unit_of(source: str, qualifier: str) -> int:
    if source == "ohss":
        return 10
    return 1 if qualifier == "exact" else 100


def figures_of(source: str) -> st.SearchStrategy[frozenset[Said]]:
    kinds = ("exact",) if source == "ohss" else QUALIFIERS

    def said(series: str, period: str, tens: int | None, qualifier: str) -> Said:
        if tens is None:
            return Said(series, period, None, "exact", 1)
        return Said(series, period, 10 * tens, qualifier, unit_of(source, qualifier))

    one = st.builds(
        said,
        st.sampled_from(SERIES),
        st.sampled_from(PERIODS),
        # as far apart as figures are rounded, or not
        st.none() | st.sampled_from([90, 99, 100, 101, 110]),
        st.sampled_from(kinds),
    )
    return st.lists(one, min_size=1, max_size=5, unique_by=lambda s: s[:2]).map(frozenset)


RELEASES = st.sampled_from(["cbp", "cbp", "ohss", "press", "press", "court"]).flatmap(
    lambda source: st.tuples(st.just(source), DAYS, figures_of(source))
)


class Publishing(RuleBasedStateMachine):
    """Releases come in any order, again, are withdrawn from, retracted and loaded again."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.transaction = ExitStack()
        self.session = self.transaction.enter_context(self.database.writing())
        self.ids = {key: make_series(self.session, key) for key in SERIES}
        self.standing: list[Kept] = []
        self.retracted: list[Kept] = []

    def teardown(self) -> None:
        self.session.rollback()
        self.transaction.close()

    def load(
        self, source: str, day: date, figures: frozenset[Said], order: Callable[[Any], Any]
    ) -> LoadReport:
        items = [
            LocatedObservation(
                f"figure {place}",
                NewObservation(
                    said.series,
                    Month.parse(said.period),
                    said.value,
                    Status.MISSING if said.value is None else Status.PROVISIONAL,
                    Qualifier(said.qualifier),
                    said.unit,
                ),
            )
            for place, said in enumerate(sorted(figures, key=order))
        ]
        return load_release(
            self.session,
            NewRelease(source, f"Figures of {source}", day),
            items,
            create=False,
            today=NOW.date(),
            recorded_at=NOW,
            recorded_by="a test",
        )

    def values(self) -> dict[tuple[str, str], int | str | None]:
        return {
            (series, period): current(self.standing, series, period, date.max)
            for series in SERIES
            for period in PERIODS
        }

    def expect(self, before: dict[tuple[str, str], int | str | None], revised: list[Any]) -> None:
        after = self.values()
        assert {(one.series, str(one.period), one.before, one.after) for one in revised} == {
            (*cell, value, None if after[cell] == "nothing" else after[cell])
            for cell, value in before.items()
            if isinstance(value, int) and after[cell] != value
        }

    def superseded(self, kept: Kept) -> bool:
        """Whether a later release of the same source and day says something else."""
        return any(
            later.number > kept.number
            and (later.source, later.day) == (kept.source, kept.day)
            and (new.series, new.period) == (old.series, old.period)
            and new != old
            for later in self.standing
            for new in later.figures
            for old in kept.figures
        )

    @rule(release=RELEASES)
    def publish(
        self,
        release: tuple[str, date, frozenset[Said]],
        order: Callable[[Any], Any] = repr,
    ) -> None:
        source, day, figures = release
        before = self.values()
        known = [
            kept.number
            for kept in self.standing
            if kept[:3] == release and not self.superseded(kept)
        ]
        report = self.load(source, day, figures, order=order)
        assert report.known_before == bool(known)
        assert report.received == len(figures)
        if known:
            assert report.release in known
            assert report.changes.due == []
        else:
            self.standing.append(Kept(source, day, figures, report.release))
        self.expect(before, report.changes.revised)

    @precondition(lambda self: self.standing)
    @rule(choice=st.integers(0, 99), day=DAYS)
    def withdraw(self, choice: int, day: date) -> None:
        kept = self.standing[choice % len(self.standing)]
        withdrawn = frozenset(
            said._replace(value=None, qualifier="exact", unit=1) for said in kept.figures
        )
        self.publish((kept.source, day, withdrawn))

    @precondition(lambda self: self.standing)
    @rule(choice=st.integers(0, 99))
    def publish_again_in_another_order(self, choice: int) -> None:
        kept = self.standing[choice % len(self.standing)]
        self.publish(kept[:3], order=lambda said: repr(said)[::-1])

    @precondition(lambda self: self.standing)
    @rule(choice=st.integers(0, 99))
    def retract(self, choice: int) -> None:
        kept = self.standing[choice % len(self.standing)]
        before = self.values()
        _, changes = retract(self.session, kept.number, now=NOW)
        self.standing.remove(kept)
        self.retracted.append(kept)
        self.expect(before, changes.revised)

    @precondition(lambda self: self.retracted)
    @rule(choice=st.integers(0, 99))
    def load_a_retracted_release_again(self, choice: int) -> None:
        kept = self.retracted[choice % len(self.retracted)]
        self.publish(kept[:3])

    @rule(day=DAYS)
    def look_back(self, day: date) -> None:
        self.compare(day)

    @invariant()
    def histories_are_what_the_reference_says(self) -> None:
        self.compare(date.max)

    def compare(self, day: date) -> None:
        for series, number in self.ids.items():
            found = {
                str(one.period): one.value for one in store.history(self.session, number, as_of=day)
            }
            expected = {period: current(self.standing, series, period, day) for period in PERIODS}
            assert found == {
                period: value for period, value in expected.items() if value != "nothing"
            }


def test_whatever_is_published_in_whatever_order_histories_follow_the_rule(
    scratch: Database,
) -> None:
    class OnThisStore(Publishing):
        database = scratch

    run_state_machine_as_test(
        OnThisStore,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
