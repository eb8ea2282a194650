"""The store against a second, plain writing of the rule, on releases drawn at random."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.observations import store
from app.observations.tables import ReleaseRow
from app.storage.database import Database
from tests.app.observations.publishing import figure, make_series, publish
from tests.app.observations.reference import Version, history_as_of

FIRST_DAY = date(2024, 5, 1)
DAYS = st.integers(0, 5).map(lambda days: FIRST_DAY + timedelta(days=days))
PERIODS = ("2024-02", "2024-03", "2024-04")
RETRACTED_AT = datetime(2024, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    period: str
    value: int | None
    qualifier: str
    rounding_unit: int


@dataclass(frozen=True)
class Release:
    source: str
    day: date
    retracted: bool
    figures: tuple[Said, ...]


def figures_of(source: str) -> st.SearchStrategy[Said]:
    values = st.one_of(st.none(), st.integers(95, 105).map(lambda tens: tens * 10))
    exact = st.builds(
        Said,
        st.sampled_from(PERIODS),
        values,
        st.just("exact"),
        st.just(10 if source == "ohss" else 1),
    )
    vague = st.builds(
        Said,
        st.sampled_from(PERIODS),
        values,
        st.sampled_from(["about", "more_than", "less_than"]),
        st.sampled_from([10, 100]),
    )
    return exact if source == "ohss" else st.one_of(exact, vague)


def releases_of(source: str) -> st.SearchStrategy[Release]:
    figures = st.lists(
        figures_of(source), min_size=1, max_size=3, unique_by=lambda said: said.period
    )
    return st.builds(
        Release,
        st.just(source),
        DAYS,
        st.sampled_from([False, False, False, True]),
        figures.map(tuple),
    )


RELEASES = st.lists(
    st.sampled_from(["cbp", "cbp", "ohss", "press", "court"]).flatmap(releases_of),
    min_size=1,
    max_size=9,
)


@contextmanager
def rolled_back(database: Database) -> Iterator[Session]:
    with database.writing() as session:
        yield session
        session.rollback()


@given(releases=RELEASES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_history_as_of_any_day_is_what_the_rule_says(
    scratch: Database, releases: list[Release]
) -> None:
    with rolled_back(scratch) as session:
        series = make_series(session, "usbp.southwest.tucson")
        make_series(session, "usbp.southwest.yuma")
        versions = _recorded(session, releases)
        for day in (FIRST_DAY + timedelta(days=days) for days in range(-1, 6)):
            found = store.history(session, series, as_of=day)
            assert [(str(figure.period), figure.value) for figure in found] == list(
                history_as_of(versions, day).items()
            )


def _recorded(session: Session, releases: list[Release]) -> list[Version]:
    """Record releases, some of them twice, beside a series of the same figures.

    Returns what stands.
    """
    known: dict[int, list[Version]] = {}
    retracted = set()
    for release in releases:
        statements = [
            figure(key, said.period, said.value, said.qualifier, said.rounding_unit)
            for said in release.figures
            for key in ("usbp.southwest.tucson", "usbp.southwest.yuma")
        ]
        recorded = publish(session, release.source, release.day, *statements)
        assert recorded.known_before == (recorded.release in known)
        known[recorded.release] = [
            Version(
                said.period,
                said.value,
                release.source,
                said.qualifier,
                said.rounding_unit,
                release.day,
                recorded.release,
            )
            for said in release.figures
        ]
        if release.retracted:
            retracted.add(recorded.release)
    session.execute(
        update(ReleaseRow).where(ReleaseRow.id.in_(retracted)).values(retracted_at=RETRACTED_AT)
    )
    return [
        version
        for release, versions in known.items()
        if release not in retracted
        for version in versions
    ]
