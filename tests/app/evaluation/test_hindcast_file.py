"""The hindcast in its file and in the store says what the backtest found."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.config import BUNDLED_RECORD
from app.evaluation import hindcast_file, store
from app.evaluation.aggregation import aggregate
from app.evaluation.schemas import EvaluationQuery
from app.evaluation.service import get_evaluation
from app.evaluation.store import ScoreFilter
from app.evaluation.store_vintages import current_outcomes
from app.observations import queries
from app.observations.store import all_series
from app.storage.database import Database
from forecasting import MODELS, backtest
from forecasting.backtest.report import BacktestReport
from forecasting.backtest.summaries import Grouping, summarize
from tests.app.evaluation.conftest import KEYS, TODAY
from tests.app.observations.publishing import make_series


@pytest.fixture(scope="module")
def file(report: BacktestReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hindcast") / "hindcast.csv.gz"
    hindcast_file.write_hindcast(report, path)
    return path


def test_the_file_is_a_table_that_pandas_opens(file: Path, report: BacktestReport) -> None:
    table = pd.read_csv(file)
    assert len(table) == (report.months == 1).sum()
    assert set(table.vintage) == {"as known", "reconstructed"}
    assert list(table.columns[:5]) == ["series", "vintage", "origin", "horizon", "observed"]


def test_the_same_report_gives_the_same_bytes(
    file: Path, report: BacktestReport, tmp_path: Path
) -> None:
    hindcast_file.write_hindcast(report, tmp_path / "again.csv.gz")
    assert (tmp_path / "again.csv.gz").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    "by", [Grouping.ALL, Grouping.HORIZON, Grouping.SERIES, Grouping.VINTAGE, Grouping.ERA]
)
def test_scores_from_the_store_are_those_of_the_backtest(
    loaded_copy: Database, file: Path, report: BacktestReport, by: Grouping
) -> None:
    """Forecasts count as the archive keeps them, in whole counts.

    Two digits of each score are kept.
    """
    with loaded_copy.writing() as session:
        assert hindcast_file.load_hindcast_scores(session, file) == 2 * (report.months == 1).sum()
    with loaded_copy.reading() as session:
        kept = {
            (one.model, one.group): one
            for one in aggregate(store.totals(session, ScoreFilter()), by)
        }
    counts = replace(report, quantiles=np.rint(report.quantiles))
    expected = {(one.model, one.group): one for one in summarize(counts, by)}
    assert kept.keys() == expected.keys()
    for name, found in kept.items():
        wanted = expected[name]
        assert (found.cells, found.series) == (wanted.cells, wanted.series)
        for score in ("coverage_50", "coverage_80", "coverage_95"):
            assert getattr(found, score) == getattr(wanted, score)
        for score in ("relative_wis", "relative_log_wis", "relative_crps", "mase", "crps"):
            assert getattr(found, score) == pytest.approx(getattr(wanted, score), rel=0.01)
        assert found.bias == pytest.approx(wanted.bias, abs=0.01)  # a hundredth of the PIT, cut
        # some are on the edge of two tenths
        assert found.pit == pytest.approx(wanted.pit, abs=0.05)


def test_loading_again_changes_nothing(loaded_copy: Database, file: Path) -> None:
    with loaded_copy.writing() as session:
        assert not hindcast_file.is_hindcast_loaded(session, file)
        loaded = hindcast_file.load_hindcast_scores(session, file)
    with loaded_copy.writing() as session:
        assert hindcast_file.is_hindcast_loaded(session, file)
        assert hindcast_file.load_hindcast_scores(session, file) == 0
    with loaded_copy.reading() as session:
        assert sum(one.count for one in store.totals(session, ScoreFilter())) == loaded


def test_a_hindcast_that_is_loaded_is_not_read_again(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "hindcast.csv.gz"
    file.write_bytes(b"no archive: reading it would fail")
    with database.writing() as session:
        store.mark_hindcast_loaded(session, hindcast_file.hindcast_checksum(file), {KEYS[0]: None})
        assert hindcast_file.load_hindcast_scores(session, file) == 0


def test_another_hindcast_takes_the_place_of_the_one_before(
    loaded_copy: Database, file: Path, report: BacktestReport, tmp_path: Path
) -> None:
    other = tmp_path / file.name
    hindcast_file.write_hindcast(report.select(report.horizon <= 2), other)
    with loaded_copy.writing() as session:
        hindcast_file.load_hindcast_scores(session, file)
        loaded = hindcast_file.load_hindcast_scores(session, other)
        assert 0 < loaded == sum(one.count for one in store.totals(session, ScoreFilter()))


def test_a_series_that_is_added_later_gets_its_scores(database: Database, file: Path) -> None:
    with database.writing() as session:
        make_series(session, KEYS[0])
        of_one = hindcast_file.load_hindcast_scores(session, file)
        make_series(session, "made.up")
        assert hindcast_file.is_hindcast_loaded(session, file), "the file knows nothing of it"
        make_series(session, KEYS[1])
        assert not hindcast_file.is_hindcast_loaded(session, file)
        assert hindcast_file.load_hindcast_scores(session, file) > of_one


def test_series_that_the_store_does_not_know_are_left_out(database: Database, file: Path) -> None:
    with database.writing() as session:
        assert hindcast_file.load_hindcast_scores(session, file) == 0


def test_without_a_file_nothing_is_loaded(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        assert hindcast_file.load_hindcast_scores(session, tmp_path / "absent.csv.gz") == 0
        assert store.totals(session, ScoreFilter()) == []


def test_scores_can_be_asked_for_in_part(loaded_copy: Database, file: Path) -> None:
    with loaded_copy.writing() as session:
        hindcast_file.load_hindcast_scores(session, file)
    table = pd.read_csv(file)
    table["target"] = pd.PeriodIndex(table.origin, freq="M") + table.horizon
    with loaded_copy.reading() as session:
        third = store.totals(session, ScoreFilter(model="seasonal-naive", horizon=3))
        assert sum(one.count for one in third) == (table.horizon == 3).sum()
        first = min(one.first for one in store.totals(session, ScoreFilter()))
        early = store.totals(session, ScoreFilter(model="seasonal-naive", end=first))
        assert sum(one.count for one in early) == (table.target == str(first)).sum()


def test_of_auto_the_median_and_the_range_are_kept_in_whole_counts(
    loaded_copy: Database, report: BacktestReport, tmp_path: Path
) -> None:
    named = replace(report, models=("log-random-walk", "auto"))
    hindcast_file.write_hindcast(named, tmp_path / "hindcast.csv.gz")
    with loaded_copy.writing() as session:
        hindcast_file.load_hindcast_scores(session, tmp_path / "hindcast.csv.gz")
    expected = {
        (row.key, row.origin, row.horizon): tuple(np.rint(row.quantiles[[11, 3, 19]]))
        for row in named.rows()
        if row.model == "auto" and row.months == 1
    }
    with loaded_copy.reading() as session:
        ids = {series.key: series.id for series in all_series(session) if series.key in KEYS}
        found = {
            (key, score.origin, score.horizon): (score.median, score.lower_80, score.upper_80)
            for key, series_id in ids.items()
            for score in store.scored_forecasts(session, ScoreFilter(series_id, "auto"))
        }
        baseline = store.scored_forecasts(session, ScoreFilter(ids[KEYS[0]], "log-random-walk"))
    assert found == expected
    assert {(score.median, score.lower_80) for score in baseline} == {(None, None)}


@pytest.fixture(scope="module")
def far(loaded: Database) -> BacktestReport:
    """Forecasts up to 14 months ahead by three models, one of which is called `auto` here."""
    found = backtest(
        current_outcomes(loaded, KEYS[:1], today=TODAY),
        horizon=14,
        first_origin="2020-12",
        last_origin="2021-12",
        every=6,
        models=["seasonal-naive", "theta"],
        draws=50,
    )
    return replace(found, models=("log-random-walk", "auto", "theta"))


def test_beyond_a_year_only_auto_and_the_baseline_are_kept(
    loaded_copy: Database, far: BacktestReport, tmp_path: Path
) -> None:
    hindcast_file.write_hindcast(far, tmp_path / "hindcast.csv.gz")
    with loaded_copy.writing() as session:
        loaded = hindcast_file.load_hindcast_scores(session, tmp_path / "hindcast.csv.gz")
        assert hindcast_file.load_hindcast_scores(session, tmp_path / "hindcast.csv.gz") == 0
    with loaded_copy.reading() as session:
        kept = [
            (score.model, score.origin.ordinal, score.horizon)
            for score in store.scored_forecasts(session, ScoreFilter())
        ]
        answer = get_evaluation(session, EvaluationQuery())
    months = far.months == 1
    cells = list(zip(far.origin[months].tolist(), far.horizon[months].tolist(), strict=True))
    assert len(kept) == loaded
    assert sorted(kept) == sorted(
        (model, origin, horizon)
        for model in far.models
        for origin, horizon in cells
        if horizon <= 12 or model != "theta"
    )
    counts = {(one.by, one.group, one.model): one.cells for one in answer.scores}
    assert counts["horizon", "13-24", "auto"] == sum(horizon > 12 for _, horizon in cells)
    assert ("horizon", "13-24", "theta") not in counts
    overall = {counts["all", "all", model] for model in far.models}
    assert overall == {sum(horizon <= 12 for _, horizon in cells)}, "models are compared on equals"


@pytest.fixture(scope="module")
def bundled() -> pd.DataFrame:
    return pd.read_csv(hindcast_file.FILE)


def test_the_bundled_data_are_small_and_the_hindcast_knows_todays_models(
    bundled: pd.DataFrame,
) -> None:
    assert sum(file.stat().st_size for file in BUNDLED_RECORD.glob("*.*")) < 8_000_000
    assert {name.partition(":")[0] for name in bundled if ":" in name} == set(MODELS)


def test_the_bundled_hindcast_reaches_36_months_for_auto_and_12_for_models_to_compare_with(
    bundled: pd.DataFrame,
) -> None:
    farthest = {model: bundled.horizon[bundled[f"{model}:wis"].notna()].max() for model in MODELS}
    assert farthest == dict.fromkeys(MODELS, 12) | {"auto": 36, "log-random-walk": 36}


def test_the_bundled_hindcast_forecasts_each_month_once_from_every_distance(
    bundled: pd.DataFrame,
) -> None:
    """Origins are three months apart, so that horizons 1 to 3 come once to every month."""
    near = bundled[bundled.horizon <= 3]
    months = pd.PeriodIndex(near.origin, freq="M") + near.horizon
    assert not pd.DataFrame({"series": near.series, "month": months}).duplicated().any()
    southwest = months[near.series == "usbp.southwest"]
    assert (southwest.min(), southwest.max(), len(southwest)) == (
        pd.Period("2012-01"),
        pd.Period("2026-08"),
        176,
    )


def test_in_the_bundled_hindcast_figures_are_inside_where_the_range_says_so(
    bundled: pd.DataFrame,
) -> None:
    inside = (bundled["auto:lower_80"] <= bundled.observed) & (
        bundled.observed <= bundled["auto:upper_80"]
    )
    assert (inside == (bundled["auto:covered"] <= 80)).all()


def test_the_bundled_hindcast_is_held_against_the_bundled_record(
    loaded: Database, bundled: pd.DataFrame
) -> None:
    with loaded.reading() as session:
        figures = {
            str(figure.period): figure.value
            for figure in queries.get_history(session, KEYS[0], today=TODAY).observations
        }
    of_series = bundled[bundled.series == KEYS[0]]
    months = (pd.PeriodIndex(of_series.origin, freq="M") + of_series.horizon).astype(str)
    assert [figures[month] for month in months] == of_series.observed.tolist()
