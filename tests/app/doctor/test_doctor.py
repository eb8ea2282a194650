"""What `bordercast doctor` finds, and what it says to do."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import Settings
from app.doctor.examination import examine
from app.doctor.finding import Finding, Verdict
from app.doctor.machine_checks import check_disks, check_workers
from app.doctor.source_checks import check_sources
from app.doctor.store_checks import (
    check_contents,
    check_integrity,
    check_migrations,
    check_store,
)
from app.sources.status import source_statuses
from app.sources.tables import SourceRow
from app.storage.database import Database
from forecasting import Month, months_between
from tests.app.observations.publishing import RECORDED_AT, figure, make_series, publish
from tests.conftest import NOW
from tests.system import forked
from tests.system.service import environment

TUCSON = "usbp.southwest.tucson"
MONTHS = months_between(Month.parse("2023-01"), Month.parse("2026-09"))


def fill(database: Database, recorded_at: datetime = RECORDED_AT) -> None:
    figures = [figure(TUCSON, str(month), 500) for month in MONTHS]
    with database.writing() as session:
        make_series(session, TUCSON)
        publish(session, "cbp", "2026-10-20", *figures, recorded_at=recorded_at)


def verdicts(findings: Iterable[Finding]) -> dict[str, Verdict]:
    return {finding.check: finding.verdict for finding in findings}


def test_a_store_in_order_has_no_fault_and_a_forecast_that_is_due_is_a_warning(
    database: Database,
) -> None:
    recorded_at = datetime.now(NOW.tzinfo)
    fill(database, recorded_at)
    found = [check_store(database), check_migrations(database), check_integrity(database)]
    found += check_contents(database, lambda: recorded_at, seed=0)
    assert verdicts(found) == {
        "store": "ok",
        "migrations": "ok",
        "integrity": "ok",
        "figures": "ok",
        "forecasts": "warning",
        "clock": "ok",
    }
    [due] = [one for one in found if one.check == "forecasts"]
    assert TUCSON in due.detail
    assert "BORDERCAST_REFRESH" in due.advice


def test_a_store_without_tables_is_a_fault_that_says_how_to_make_them(
    unmigrated: Database,
) -> None:
    with unmigrated.engine.connect():
        pass  # SQLite makes its file with the first connection
    found = check_migrations(unmigrated)
    assert (found.verdict, found.detail[:31]) == ("fault", "The tables are at revision base")
    assert "bordercast db upgrade" in found.advice


def test_a_store_without_figures_is_a_fault(database: Database) -> None:
    found = verdicts(check_contents(database, lambda: datetime.now(NOW.tzinfo), seed=0))
    assert found["figures"] == "fault"


def test_a_clock_that_is_behind_is_a_fault(database: Database) -> None:
    recorded_at = datetime.now(NOW.tzinfo)
    fill(database, recorded_at)
    behind = recorded_at - timedelta(hours=1)
    [found] = [
        one for one in check_contents(database, lambda: behind, seed=0) if one.check == "clock"
    ]
    assert found.verdict == "fault"
    assert "NTP" in found.advice


@pytest.fixture
def own(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.upgrade()
    fill(database)
    database.close()
    return database


def test_a_damaged_file_is_a_fault_and_nothing_is_said_of_its_content(own: Database) -> None:
    file = Path(str(own.url.database))
    whole = file.read_bytes()
    page = len(whole) // 2 // 4096 * 4096
    file.write_bytes(whole[:page] + b"\xff" * 8192 + whole[page + 8192 :])
    found = check_integrity(own)
    assert found.verdict == "fault"
    assert "bordercast db restore" in found.advice
    own.close()


def test_a_row_that_refers_to_nothing_is_a_fault(own: Database) -> None:
    with own.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.execute(text("DELETE FROM releases"))
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    found = check_integrity(own)
    assert "observations refers to a row of releases" in found.detail
    own.close()


def test_no_store_is_a_fault_and_none_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'absent.db'}")
    found = check_store(database)
    assert (found.verdict, found.advice) == ("fault", "Run bordercast run, which makes one.")
    assert not (tmp_path / "absent.db").exists()


def test_a_full_disk_is_a_fault(tmp_path: Path) -> None:
    assert verdicts(check_disks(tmp_path / "store.db")) == {"disk": "ok"}
    full = list(check_disks(tmp_path / "store.db", least_free=10**18))
    assert [one.verdict for one in full] == ["fault", "fault"]
    assert str(tmp_path) in full[0].detail


def test_a_source_that_failed_is_a_warning_and_one_that_was_never_asked_is_well(
    database: Database,
) -> None:
    with database.writing() as session:
        session.add(
            SourceRow(
                name="cbp",
                asked_at=NOW,
                failed_at=NOW,
                failure_kind="access-denied",
                failure="The site refuses. Save the file with a browser.",
                failures=1,
            )
        )
    with database.reading() as session:
        found = list(check_sources(source_statuses(session), today=NOW.date()))
    assert verdicts(found)["source cbp"] == "warning"
    assert verdicts(found)["source frontex"] == "ok"
    [failed] = [one for one in found if one.check == "source cbp"]
    assert failed.advice == "The site refuses. Save the file with a browser."


@pytest.mark.trial
def test_a_scheduler_that_does_not_answer_is_a_fault() -> None:
    [found] = check_workers(Settings(executor="dask://127.0.0.1:1"))
    assert (found.check, found.verdict) == ("scheduler", "fault")
    assert "dask scheduler --port 1" in found.advice


def test_the_command_ends_with_1_for_a_fault(tmp_path: Path) -> None:
    done = forked.run(["doctor", "--json"], environment(tmp_path / "absent.db"), within=60)
    found = {one["check"]: one["verdict"] for one in json.loads(done.stdout)["findings"]}
    assert (found["store"], found["workers"], "migrations" in found) == ("fault", "ok", False)
    assert (done.returncode, done.stderr) == (1, "1 fault.\n")


def test_a_store_in_order_is_looked_at_from_its_tables_to_its_sources(own: Database) -> None:
    settings = Settings(database_url=str(own.url))
    looked = [one.check for one in islice(examine(settings, own, lambda: NOW), 14)]
    first = ["store", "migrations", "integrity", "figures", "forecasts", "clock", "source cbp"]
    assert looked[:7] == first
    assert looked[-2:] == ["disk", "charts"]
    own.close()
