"""The store: what goes in comes out, once, whole, and as known on any day."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.observations import bundled_record, store
from app.observations.bundled_record import BundledRecord
from app.observations.new_release import NewObservation
from app.observations.observation import Observation, Status
from app.observations.tables import ObservationRow, ReleaseRow, SeriesRow
from app.storage.database import Database
from forecasting import Month
from tests.app.observations.publishing import RECORDED_AT, figure, make_series, publish

pytestmark = pytest.mark.slow

TUCSON = "usbp.southwest.tucson"


@pytest.fixture
def tucson(database: Database) -> int:
    """The id of a series without figures."""
    with database.writing() as session:
        return make_series(session, TUCSON)


def values(database: Database, series: int, as_of: str | None = None) -> dict[str, int | None]:
    day = date.fromisoformat(as_of) if as_of else None
    with database.reading() as session:
        return {
            str(known.period): known.value for known in store.history(session, series, as_of=day)
        }


def count(database: Database, table: type[Any]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_figure_is_known_from_the_day_of_its_release_and_not_before(
    database: Database, tucson: int
) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 31_219))
    assert values(database, tucson, as_of="2024-05-14") == {}
    assert values(database, tucson, as_of="2024-05-15") == {"2024-04": 31_219}


def test_without_as_of_everything_published_is_known(database: Database, tucson: int) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2999-12-31", figure(TUCSON, "2024-04", 31_219))
    assert values(database, tucson) == {"2024-04": 31_219}


def test_months_come_oldest_first_whatever_the_order_of_loading(
    database: Database, tucson: int
) -> None:
    with database.writing() as session:
        publish(
            session,
            "ohss",
            "2024-05-15",
            figure(TUCSON, "2024-03", 42_160),
            figure(TUCSON, "2023-12", 80_190),
        )
        publish(
            session,
            "cbp",
            "2024-05-16",
            figure(TUCSON, "2024-04", 31_219),
            figure(TUCSON, "2024-01", 50_565),
        )
        publish(session, "press", "2024-05-17", figure(TUCSON, "2024-02", 50_000, "about", 1_000))
    assert list(values(database, tucson)) == ["2023-12", "2024-01", "2024-02", "2024-03", "2024-04"]


def test_a_release_that_arrives_late_is_filed_under_its_own_day(
    database: Database, tucson: int
) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2024-06-20", figure(TUCSON, "2024-04", 31_220))
    with database.writing() as session:
        publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 31_219))
    assert values(database, tucson, as_of="2024-06-01") == {"2024-04": 31_219}
    assert values(database, tucson) == {"2024-04": 31_220}


def test_a_retracted_release_is_left_out_of_every_day(database: Database, tucson: int) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 31_219))
        mistake = publish(session, "cbp", "2024-06-20", figure(TUCSON, "2024-04", 1))
    with database.writing() as session:
        session.execute(
            update(ReleaseRow)
            .where(ReleaseRow.id == mistake.release)
            .values(retracted_at=RECORDED_AT)
        )
    assert values(database, tucson, as_of="2024-06-20") == {"2024-04": 31_219}
    assert values(database, tucson) == {"2024-04": 31_219}


def test_a_withdrawn_figure_remains_a_month_without_value(database: Database, tucson: int) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 31_219))
        publish(session, "cbp", "2024-06-20", figure(TUCSON, "2024-04", None))
    assert values(database, tucson, as_of="2024-05-15") == {"2024-04": 31_219}
    assert values(database, tucson) == {"2024-04": None}


def test_the_first_figure_of_a_month_stays_the_first_after_revisions(
    database: Database, tucson: int
) -> None:
    with database.writing() as session:
        publish(session, "press", "2024-05-07", figure(TUCSON, "2024-04", 31_000, "about", 1_000))
        publish(
            session,
            "cbp",
            "2024-05-15",
            figure(TUCSON, "2024-04", 31_219),
            figure(TUCSON, "2024-03", 42_160),
        )
        publish(session, "cbp", "2024-06-20", figure(TUCSON, "2024-04", 31_220))
    with database.reading() as session:
        first = store.first_observations(session, tucson)
    assert [(str(known.period), known.value) for known in first] == [
        ("2024-03", 42_160),
        ("2024-04", 31_000),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_the_first_figure_of_a_month_does_not_depend_on_the_order_of_loading(
    database: Database, tucson: int, order: tuple[int, ...]
) -> None:
    said = [
        ("press", figure(TUCSON, "2024-04", 31_000, rounding_unit=1000)),
        ("ohss", figure(TUCSON, "2024-04", 31_220, rounding_unit=10)),
        ("cbp", figure(TUCSON, "2024-04", 31_219)),
    ]
    with database.writing() as session:
        for at in order:
            publish(session, said[at][0], "2024-05-15", said[at][1])
    with database.reading() as session:
        [first] = store.first_observations(session, tucson)
    assert (first.source, first.value) == ("cbp", 31_219)


def test_a_figure_that_comes_again_on_the_same_day_after_another_is_the_current_one(
    database: Database, tucson: int
) -> None:
    with database.writing() as session:
        for value in (5000, 6000, 5000):
            assert not publish(
                session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", value)
            ).known_before
        last = publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 5000))
    assert last.known_before
    with database.reading() as session:
        assert [known.value for known in store.history(session, tucson)] == [5000]
        assert [known.value for known in store.versions(session, tucson)] == [5000, 6000, 5000]


def test_a_file_loaded_again_is_recognized_although_other_files_came_on_its_day(
    database: Database, tucson: int
) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-03", 5000))
        publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 6000))
        again = publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-03", 5000))
    assert again.known_before


def test_everything_about_a_figure_comes_back(database: Database, tucson: int) -> None:
    said = NewObservation(
        TUCSON,
        Month.parse("2024-04"),
        31_000,
        Status.LOW_RELIABILITY,
        figure(TUCSON, "2024-04", 31_000, "more_than").qualifier,
        1_000,
        "according to a person familiar with figures yet to be finalized",
    )
    with database.writing() as session:
        release = publish(session, "press", "2024-05-07", said).release
    with database.reading() as session:
        assert store.history(session, tucson) == [
            Observation(
                said.period,
                31_000,
                Status.LOW_RELIABILITY,
                said.qualifier,
                1_000,
                "press",
                date(2024, 5, 7),
                release,
                said.note,
            )
        ]


def test_the_same_release_is_recorded_once(database: Database, tucson: int) -> None:
    april, march = figure(TUCSON, "2024-04", 31_219), figure(TUCSON, "2024-03", 42_160)
    with database.writing() as session:
        first = publish(session, "cbp", "2024-05-15", march, april)
    with database.writing() as session:
        again = publish(session, "cbp", "2024-05-15", april, march)
    assert again.known_before
    assert again.release == first.release
    assert count(database, ReleaseRow) == 1
    assert count(database, ObservationRow) == 2


def test_loading_the_bundled_record_again_changes_nothing(loaded_copy: Database) -> None:
    tables = (SeriesRow, ReleaseRow, ObservationRow)
    before = [count(loaded_copy, table) for table in tables]
    with loaded_copy.writing() as session:
        recorded = bundled_record.load_bundled_record(
            session, BundledRecord(), recorded_at=RECORDED_AT + timedelta(days=1)
        )
    assert all(release.known_before for release in recorded)
    assert [count(loaded_copy, table) for table in tables] == before
    with loaded_copy.reading() as session:
        assert store.newest_recording(session) == RECORDED_AT


def test_a_load_that_fails_midway_leaves_nothing(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    folder.mkdir()
    for table in BundledRecord().folder.glob("*.csv"):
        (folder / table.name).write_bytes(table.read_bytes())
    figures = (folder / "figures.csv").read_text().splitlines(keepends=True)
    (folder / "figures.csv").write_text("".join(figures[: len(figures) // 2]))
    with pytest.raises(KeyError), database.writing() as session:
        bundled_record.load_bundled_record(session, BundledRecord(folder), recorded_at=RECORDED_AT)
    assert [count(database, table) for table in (SeriesRow, ReleaseRow, ObservationRow)] == [
        0,
        0,
        0,
    ]


def test_a_release_with_one_impossible_figure_leaves_nothing(
    database: Database, tucson: int
) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        publish(
            session,
            "cbp",
            "2024-05-15",
            figure(TUCSON, "2024-03", 42_160),
            figure(TUCSON, "2024-04", -1),
        )
    assert count(database, ReleaseRow) == 0
    assert values(database, tucson) == {}


def _observation(**differing: Any) -> dict[str, Any]:
    return {
        "period": Month.parse("2024-04"),
        "value": 31_219,
        "status": "P",
        "qualifier": "exact",
        "rounding_unit": 1,
        "precedence": 0,
        "published_on": date(2024, 5, 15),
    } | differing


@pytest.mark.parametrize(
    "wrong",
    [
        {"series_id": 99},
        {"release_id": 99},
        {"value": -1},
        {"rounding_unit": 0},
        {"qualifier": "perhaps"},
        {"status": None},
        {"period": Month.parse("2024-03")},
    ],
    ids="-".join,
)
def test_the_store_refuses_a_figure_that_cannot_be(
    database: Database, tucson: int, wrong: dict[str, Any]
) -> None:
    """An unknown series or release, an impossible value, or a second value for March."""
    with database.writing() as session:
        release = publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-03", 42_160)).release
    row = _observation(series_id=tucson, release_id=release) | wrong
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(insert(ObservationRow), row)


def test_a_key_names_one_series(database: Database, tucson: int) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        make_series(session, TUCSON)


def test_a_release_with_figures_cannot_be_deleted(database: Database, tucson: int) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 31_219))
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(delete(ReleaseRow))


@given(
    year=st.integers(1, 9998),
    month=st.integers(1, 12),
    wall_clock=st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2200, 1, 1)),
    minutes_east=st.integers(-14 * 60, 14 * 60),
)
@settings(max_examples=25, deadline=None)
def test_months_and_instants_come_back_as_they_went_in(
    scratch: Database, year: int, month: int, wall_clock: datetime, minutes_east: int
) -> None:
    instant = wall_clock.replace(tzinfo=timezone(timedelta(minutes=minutes_east)))
    period = Month.of(year, month)
    with scratch.writing() as session:
        series = make_series(session, TUCSON)
        publish(session, "cbp", "2024-05-15", figure(TUCSON, str(period), 1))
        session.execute(update(ReleaseRow).values(retracted_at=instant))
        session.expire_all()
        found = session.execute(
            select(ObservationRow.period, ReleaseRow.retracted_at).where(
                ObservationRow.release_id == ReleaseRow.id, ObservationRow.series_id == series
            )
        ).one()
        session.rollback()
    assert found == (period, instant)
    assert found[1] is not None
    assert found[1].tzinfo is UTC


def test_two_writers_at_once_both_get_their_release_in(database: Database, tucson: int) -> None:
    meeting = threading.Barrier(2, timeout=30)
    failures = []

    def write(source: str) -> None:
        try:
            meeting.wait()
            with database.writing() as session:
                publish(
                    session,
                    source,
                    "2024-05-15",
                    *(figure(TUCSON, f"{year}-04", year) for year in range(2000, 2025)),
                )
        except Exception as failure:  # noqa: BLE001  # whatever it is, the test must hear of it
            failures.append(failure)

    writers = [threading.Thread(target=write, args=(source,)) for source in ("cbp", "ohss")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert failures == []
    assert count(database, ReleaseRow) == 2
    assert count(database, ObservationRow) == 50


def test_a_reader_sees_one_state_of_the_store_while_another_writes(
    database: Database, tucson: int
) -> None:
    with database.reading() as session:
        before = store.history(session, tucson)
        with database.writing() as writing:
            publish(writing, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 31_219))
        assert store.history(session, tucson) == before
    assert values(database, tucson) == {"2024-04": 31_219}


def test_what_is_being_written_is_not_seen_before_it_is_complete(
    database: Database, tucson: int
) -> None:
    with database.writing() as session:
        publish(session, "cbp", "2024-05-15", figure(TUCSON, "2024-04", 31_219))
        assert values(database, tucson) == {}


def work_of(database: Database, question: Callable[[Session], object]) -> float:
    """How much work a database does for a question: SQLite's steps, or PostgreSQL's pages."""
    with database.reading() as session:
        if database.engine.dialect.name == "postgresql":
            return _pages(session, question)
        steps = [0]

        def step() -> None:
            steps[0] += 1

        driver: Any = session.connection().connection.driver_connection
        driver.set_progress_handler(step, 10)
        question(session)
        driver.set_progress_handler(None, 0)
        return steps[0]


def _pages(session: Session, question: Callable[[Session], object]) -> float:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    question(session)
    event.remove(connection, "before_cursor_execute", note)
    pages = 0
    for statement, parameters in asked:
        plan = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
        ).scalar_one()
        pages += plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
    return pages


def test_reading_a_series_costs_the_same_however_many_vintages_and_other_series_there_are(
    database: Database, tucson: int
) -> None:
    others = [f"usbp.southwest.sector-{number}" for number in range(4)]

    def publish_daily(first: date, days: int) -> None:
        with database.writing() as session:
            for day in range(days):
                figures = [
                    figure(key, f"{2015 + n // 12}-{n % 12 + 1:02}", n + day)
                    for key in (TUCSON, *others)
                    for n in range(36)
                ]
                publish(session, "cbp", first + timedelta(days=day), *figures)
        if database.engine.dialect.name == "postgresql":
            with database.engine.execution_options(
                isolation_level="AUTOCOMMIT"
            ).connect() as connection:
                connection.execute(text("VACUUM ANALYZE"))

    def question(session: Session) -> object:
        return store.history(session, tucson, as_of=date(2021, 1, 2))

    with database.writing() as session:
        for key in others:
            make_series(session, key)
    publish_daily(date(2021, 1, 1), 4)
    few = work_of(database, question)
    publish_daily(date(2021, 2, 1), 56)
    assert work_of(database, question) <= 1.5 * few
