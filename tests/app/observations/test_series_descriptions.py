"""What becomes of a series' description: by its key, by a newer file, by a newer bundled record."""

import csv
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.config import BUNDLED_RECORD
from app.observations import store
from app.observations.bundled_record import BundledRecord, load_bundled_record
from app.observations.loading import load_release
from app.observations.new_release import NewRelease
from app.observations.observation import NewSeries
from app.observations.readers import LocatedObservation
from app.observations.tables import SeriesRow
from app.storage.database import Database
from tests.app.observations.publishing import figure

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MEXICO, TITLE_42 = "usbp.citizenship.mexico", "usbp.southwest.title-42"
TABLES = ("series", "breaks", "releases", "figures", "coverage", "press")


def described(database: Database, key: str) -> SeriesRow:
    with database.reading() as session:
        series = store.find_series(session, key)
        assert series is not None
        return series


def load(database: Database, source: str, key: str, period: str, value: int) -> None:
    with database.writing() as session:
        load_release(
            session,
            NewRelease(source, "A later table", date(2026, 11, 20)),
            [LocatedObservation("row 2", figure(key, period, value))],
            create=True,
            today=NOW.date(),
            recorded_at=NOW,
            recorded_by="a test",
        )


def test_a_newer_file_lets_a_series_go_on_that_had_ended(loaded_copy: Database) -> None:
    assert described(loaded_copy, MEXICO).ended
    load(loaded_copy, "ohss", MEXICO, "2024-12", 15_790)
    assert not described(loaded_copy, MEXICO).ended


@pytest.mark.parametrize(
    ("key", "period", "value"),
    [(MEXICO, "2024-12", 0), (MEXICO, "2024-10", 15_790), (TITLE_42, "2025-01", 3)],
)
def test_none_counted_an_old_month_or_a_closed_count_change_nothing(
    loaded_copy: Database, key: str, period: str, value: int
) -> None:
    load(loaded_copy, "ohss", key, period, value)
    assert described(loaded_copy, key).ended


@pytest.mark.parametrize(
    ("key", "border", "year_start"),
    [
        ("usbp.southwest.new-sector", "us", 10),
        ("frontex.new-route", "eu", 1),
        ("panama.darien-transits.citizenship.cuba", "panama", 1),
        ("mine.arrivals", "other", 1),
    ],
)
def test_a_new_series_has_the_border_and_the_years_of_its_parent_or_of_its_key(
    loaded_copy: Database, key: str, border: str, year_start: int
) -> None:
    load(loaded_copy, "press", key, "2026-10", 5)
    series = described(loaded_copy, key)
    assert (series.border, series.year_start) == (border, year_start)
    assert (series.fewest_figures, series.covariate, series.ended) == (3, False, False)


def test_what_is_said_of_a_series_itself_comes_first(database: Database) -> None:
    new = NewSeries(
        "mine.crossings", "Crossings", "people", None, "total", border="mexico", year_start=4
    )
    with database.writing() as session:
        store.add_series(session, new, parent_id=None)
    series = described(database, new.key)
    assert (series.border, series.year_start) == ("mexico", 4)


def test_a_newer_bundled_record_describes_the_series_of_an_older_one_again(
    database: Database, tmp_path: Path
) -> None:
    """The older one lacks the last release and says less of one series."""
    for name in TABLES:
        shutil.copy(BUNDLED_RECORD / f"{name}.csv", tmp_path)
    rewrite(tmp_path / "releases.csv", lambda line: line["release"] != "aor-2026-08")
    rewrite(tmp_path / "series.csv", lambda line: line.update(note="", ended="") is None)
    with database.writing() as session:
        load_bundled_record(session, BundledRecord(tmp_path), recorded_at=NOW)
    assert (described(database, MEXICO).note, described(database, MEXICO).ended) == (None, False)
    with database.writing() as session:
        loaded = load_bundled_record(session, BundledRecord(), recorded_at=NOW)
    assert [release.known_before for release in loaded].count(False) == 1
    assert described(database, MEXICO).ended
    assert "The record ends in November 2024" in (described(database, MEXICO).note or "")


def rewrite(path: Path, keep: object) -> None:
    """Keep some lines of a table; the function may change those that it keeps."""
    assert callable(keep)
    with path.open(newline="", encoding="utf-8") as source:
        lines = [line for line in csv.DictReader(source) if keep(line)]
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)
