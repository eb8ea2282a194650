"""The hindcast in its file and in the store says what the backtest found."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from app.database import Database
from app.evaluation import hindcast, store
from app.evaluation.store import Wanted
from app.evaluation.summarising import combined
from forecasting.report import Report
from forecasting.summary import By, summaries


@pytest.fixture(scope="module")
def file(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hindcast") / "hindcast.csv.gz"
    hindcast.write(report, path)
    return path


def test_the_file_is_a_table_that_pandas_opens(file: Path, report: Report) -> None:
    table = pd.read_csv(file)
    assert len(table) == (report.months == 1).sum()
    assert set(table.vintage) == {"as known", "reconstructed"}
    assert list(table.columns[:5]) == ["series", "vintage", "origin", "horizon", "observed"]


def test_the_same_report_gives_the_same_bytes(file: Path, report: Report, tmp_path: Path) -> None:
    hindcast.write(report, tmp_path / "again.csv.gz")
    assert (tmp_path / "again.csv.gz").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("by", [By.ALL, By.HORIZON, By.SERIES, By.VINTAGE, By.ERA])
def test_scores_from_the_store_are_those_of_the_backtest(
    loaded_copy: Database, file: Path, report: Report, by: By
) -> None:
    """Three digits of each score are kept."""
    with loaded_copy.writing() as session:
        assert hindcast.load(session, file) == 2 * (report.months == 1).sum()
    with loaded_copy.reading() as session:
        kept = {(one.model, one.group): one for one in combined(store.totals(session, Wanted()), by)}
    expected = {(one.model, one.group): one for one in summaries(report, by)}
    assert kept.keys() == expected.keys()
    for name, found in kept.items():
        wanted = expected[name]
        assert (found.cells, found.series) == (wanted.cells, wanted.series)
        for score in ("coverage_50", "coverage_80", "coverage_95"):
            assert getattr(found, score) == getattr(wanted, score)
        for score in ("relative_wis", "relative_log_wis", "relative_crps", "mase", "crps"):
            assert getattr(found, score) == pytest.approx(getattr(wanted, score), rel=0.003)
        assert found.bias == pytest.approx(wanted.bias, abs=0.002)
        assert sum(found.pit) == pytest.approx(1)


def test_loading_again_changes_nothing(loaded_copy: Database, file: Path) -> None:
    with loaded_copy.writing() as session:
        loaded = hindcast.load(session, file)
    with loaded_copy.writing() as session:
        assert hindcast.load(session, file) == 0
    with loaded_copy.reading() as session:
        assert sum(one.count for one in store.totals(session, Wanted())) == loaded
        assert store.has_hindcast(session)


def test_series_that_the_store_does_not_know_are_left_out(database: Database, file: Path) -> None:
    with database.writing() as session:
        assert hindcast.load(session, file) == 0


def test_without_a_file_nothing_is_loaded(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        assert hindcast.load(session, tmp_path / "absent.csv.gz") == 0
        assert not store.has_hindcast(session)


def test_scores_can_be_asked_for_in_part(loaded_copy: Database, file: Path) -> None:
    with loaded_copy.writing() as session:
        hindcast.load(session, file)
    table = pd.read_csv(file)
    table["target"] = pd.PeriodIndex(table.origin, freq="M") + table.horizon
    with loaded_copy.reading() as session:
        third = store.totals(session, Wanted(model="seasonal-naive", horizon=3))
        assert sum(one.count for one in third) == (table.horizon == 3).sum()
        first = min(one.first for one in store.totals(session, Wanted()))
        early = store.totals(session, Wanted(model="seasonal-naive", end=first))
        assert sum(one.count for one in early) == (table.target == str(first)).sum()


def test_the_bundled_hindcast_is_small_and_knows_todays_models() -> None:
    if not hindcast.FILE.exists():
        pytest.skip("no hindcast is bundled: bordercast backtest --every 3 --write-hindcast makes one")
    assert hindcast.FILE.stat().st_size < 1_500_000
    with gzip.open(hindcast.FILE, "rt") as lines:
        assert "auto:log_wis" in next(lines)
