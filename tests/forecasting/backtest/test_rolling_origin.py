import json
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.evaluation.checkpoint import CheckpointFile
from forecasting import Month, MonthlySeries, Vintage, backtest, forecast, learn_pool
from forecasting.arrays import Array
from forecasting.backtest.report import BacktestReport
from forecasting.backtest.rolling_origin import up_to
from forecasting.backtest.summaries import Grouping, era, horizon_group, summarize
from forecasting.scores import HUB_LEVELS

pytestmark = pytest.mark.backtest
FIRST, LAST = "2003-01", "2003-06"
MODELS = ["structural"]


@pytest.fixture(scope="module")
def series(seasonal: Callable[[int], MonthlySeries]) -> dict[str, MonthlySeries]:
    """Of 60, 48 and 30 months from October 1999 on; the last ends before the first origin."""
    return {f"sector.{months}": seasonal(months) for months in (60, 48, 30)}


@pytest.fixture(scope="module")
def report(series: dict[str, MonthlySeries]) -> BacktestReport:
    return run(series)


def run(series: Mapping[str, MonthlySeries], **changed: Any) -> BacktestReport:
    asked: dict[str, Any] = {
        "horizon": 6,
        "first_origin": FIRST,
        "last_origin": LAST,
        "refit_every": 3,
        "models": MODELS,
        "draws": 200,
    }
    return backtest(series, **(asked | changed))


def cut_at(series: MonthlySeries, origin: Month) -> MonthlySeries:
    """The series through a month that it has begun by."""
    cut = up_to(series, origin)
    assert cut is not None
    return cut


def bytes_of(report: BacktestReport) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in report.arrays().items()}


def test_every_origin_and_horizon_with_an_outcome_is_a_cell(report: BacktestReport) -> None:
    """The series of 60 months ends in September 2004, that of 48 in September 2003."""
    months = report.months == 1
    found = {
        (key, Month(origin), horizon)
        for key, origin, horizon in zip(
            report.key[months].tolist(),
            report.origin[months].tolist(),
            report.horizon[months].tolist(),
            strict=True,
        )
    }
    first, end = Month.parse(FIRST), Month.parse("2003-09")
    expected = {("sector.60", first + step, ahead) for step in range(6) for ahead in range(1, 7)}
    expected |= {
        ("sector.48", first + step, ahead)
        for step in range(6)
        for ahead in range(1, 7)
        if first + step + ahead <= end
    }
    assert found == expected


def test_sums_are_cells_too_where_all_of_their_months_have_an_outcome(
    report: BacktestReport, series: dict[str, MonthlySeries]
) -> None:
    sums = report.months > 1
    assert set(report.months[sums].tolist()) == {3, 6}
    at = np.flatnonzero(sums & (report.key == "sector.60"))[0]
    origin = Month(int(report.origin[at])) - series["sector.60"].start
    months = int(report.months[at])
    assert report.observed[at] == series["sector.60"].values[origin + 1 : origin + 1 + months].sum()


def test_origins_can_be_every_third_month_only(
    series: dict[str, MonthlySeries], report: BacktestReport
) -> None:
    found = run(series, every=3, refit_every=1)
    assert np.unique(found.origin).tolist() == [
        Month.parse(FIRST).ordinal,
        Month.parse("2003-04").ordinal,
    ]
    np.testing.assert_array_equal(
        found.observed, report.observed[np.isin(report.origin, found.origin)]
    )


def test_the_baseline_is_always_among_the_models(report: BacktestReport) -> None:
    assert report.models == ("log-random-walk", "structural")


def test_forecasts_are_those_of_the_series_cut_at_the_origin(
    series: dict[str, MonthlySeries],
) -> None:
    """Where every origin is a fit from scratch, what the backtest says is what `forecast` says."""
    found = run(series, refit_every=1, models=["theta"])
    at = (
        (found.key == "sector.60")
        & (found.origin == Month.parse("2003-04").ordinal)
        & (found.months == 1)
    )
    cut = cut_at(series["sector.60"], Month.parse("2003-04"))
    made = forecast(cut, 6, "theta", draws=200)
    np.testing.assert_array_equal(found.quantiles[1, at][:, 11], made.median)
    np.testing.assert_array_equal(found.quantiles[1, at][:, 1], made.quantiles([0.025])[:, 0])


def test_parameters_are_held_until_the_next_refit_which_starts_from_them(
    series: dict[str, MonthlySeries], report: BacktestReport
) -> None:
    """Refits at January and April: `forecast` from the parameters of January, fixed or to start."""
    january, march, april = (Month.parse(month) for month in ("2003-01", "2003-03", "2003-04"))
    known = {month: cut_at(series["sector.60"], month) for month in (january, march, april)}
    first = forecast(known[january], 6, "structural", draws=200).parameters
    held = forecast(known[march], 6, "structural", draws=200, start=first, refit=False)
    refitted = forecast(known[april], 6, "structural", draws=200, start=first)
    assert held.parameters == first != refitted.parameters
    for month, made in ((march, held), (april, refitted)):
        at = (report.origin == month.ordinal) & (report.key == "sector.60") & (report.months == 1)
        np.testing.assert_array_equal(report.quantiles[1, at][:, 11], made.median)


def test_parameters_held_forecast_about_as_well_as_fits_at_every_origin(
    series: dict[str, MonthlySeries],
) -> None:
    """Six origins on one fit against six fits: within 3 % on logs."""
    (held, fitted) = (
        next(one for one in summarize(run(series, refit_every=every)) if one.model == "structural")
        for every in (6, 1)
    )
    assert held.relative_log_wis == pytest.approx(fitted.relative_log_wis, rel=0.03)
    assert held.relative_log_wis != fitted.relative_log_wis


@pytest.mark.parametrize("model", ["auto", "sarima", "seasonal-naive"])
def test_a_figure_planted_after_an_origin_changes_no_forecast_from_it(
    series: dict[str, MonthlySeries], model: str
) -> None:
    """Only the outcomes differ.

    What was forecast before the planted month is the same to the last bit.
    """
    planted = series["sector.60"].values.copy()
    month = Month.parse("2003-05")
    planted[month - series["sector.60"].start] = 7_000_000
    falsified = series | {"sector.60": MonthlySeries(series["sector.60"].start, planted)}
    honest, tempted = (run(given, models=[model]) for given in (series, falsified))
    before = honest.origin < month.ordinal
    assert honest.quantiles[:, before].tobytes() == tempted.quantiles[:, before].tobytes()
    touched = ~before & (honest.key == "sector.60")
    assert (honest.quantiles[:, touched] != tempted.quantiles[:, touched]).any(axis=(1, 2)).all()
    assert (honest.observed != tempted.observed).any()


def test_vintages_are_what_the_forecasts_are_made_from(series: Mapping[str, MonthlySeries]) -> None:
    """Figures twice as large as they later were: forecasts double, outcomes stay."""

    def doubled(origin: Month) -> dict[str, MonthlySeries]:
        return {
            key: MonthlySeries(cut.start, cut.values * 2)
            for key, one in series.items()
            if (cut := up_to(one, origin)) is not None
        }

    plain, known = run(series), run(series, vintages=doubled)
    assert set(plain.vintage) == {"reconstructed"}
    assert set(known.vintage) == {"as known"}
    np.testing.assert_array_equal(plain.observed, known.observed)
    np.testing.assert_allclose(known.quantiles[0], 2 * plain.quantiles[0], rtol=0.01)
    np.testing.assert_allclose(known.scale, 2 * plain.scale)


def test_vintages_can_be_a_mapping_and_say_how_they_were_known(
    series: Mapping[str, MonthlySeries],
) -> None:
    first = Month.parse(FIRST)
    cut = {key: one for key, full in series.items() if (one := up_to(full, first)) is not None}
    found = run(series, last_origin=FIRST, vintages={first: Vintage(cut, {"sector.48"})})
    kinds = dict(zip(found.key.tolist(), found.vintage.tolist(), strict=True))
    assert kinds == {"sector.60": "as known", "sector.48": "reconstructed"}


def test_each_series_can_have_a_pool_of_its_own() -> None:
    """One learns from six series, the other from too few."""
    logs = 7 + np.random.default_rng(7).normal(0, 0.2, (48, 6)).cumsum(axis=0)
    many = {
        f"sector.{at}": MonthlySeries("2000-01", np.rint(np.exp(logs[:, at]))) for at in range(6)
    }
    origin = Month.parse("2002-12")
    cut = {key: known for key, one in many.items() if (known := up_to(one, origin)) is not None}
    few = {"sector.1": cut["sector.1"]}
    vintage = Vintage(cut, pool_members=lambda key: few if key == "sector.1" else cut)
    found = backtest(
        {key: many[key] for key in ("sector.0", "sector.1")},
        horizon=1,
        first_origin=origin,
        last_origin=origin,
        vintages={origin: vintage},
        draws=100,
    )
    for row, (key, pool) in enumerate([("sector.0", learn_pool(cut)), ("sector.1", None)]):
        made = forecast(cut[key], horizon=1, draws=100, pool=pool)
        at = found.models.index("auto")
        np.testing.assert_array_equal(found.quantiles[at, row], made.quantiles(HUB_LEVELS)[0])


def test_a_vintage_that_knows_more_than_its_origin_is_refused(
    series: Mapping[str, MonthlySeries],
) -> None:
    with pytest.raises(ValueError, match=r"vintage of 2003-01 has sector\.60 through 2004-09"):
        run(series, vintages=lambda _: series)


def test_processes_threads_and_this_process_give_the_same_bytes(
    series: Mapping[str, MonthlySeries], report: BacktestReport
) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:
        assert bytes_of(run(series, executor=one)) == bytes_of(report)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as two:
        assert bytes_of(run(series, executor=two)) == bytes_of(report)
    with ThreadPoolExecutor(3) as threads:
        assert bytes_of(run(series, executor=threads)) == bytes_of(report)


class Interrupted(Exception):
    pass


def stop_after(number: int) -> Callable[[int, int], None]:
    def progress(done: int, _total: int) -> None:
        if done == number:
            raise Interrupted

    return progress


@pytest.mark.parametrize("workers", [0, 2])
def test_an_interrupted_run_goes_on_where_it_was_and_ends_the_same(
    series: Mapping[str, MonthlySeries], report: BacktestReport, tmp_path: Path, workers: int
) -> None:
    file = tmp_path / "run.jsonl"
    executor = ThreadPoolExecutor(workers) if workers else None
    with pytest.raises(Interrupted):
        run(series, checkpoint=CheckpointFile(file), progress=stop_after(5), executor=executor)
    kept = CheckpointFile(file)
    assert 5 <= len(kept) <= 5 + workers
    resumed = run(series, checkpoint=kept, executor=executor)
    assert bytes_of(resumed) == bytes_of(report)
    assert len(CheckpointFile(file)) == 12  # 2 models, 6 origins


def test_a_finished_run_is_not_computed_again(
    series: Mapping[str, MonthlySeries], report: BacktestReport
) -> None:
    kept: dict[str, bytes] = {}
    run(series, checkpoint=kept)
    with ThreadPoolExecutor(1) as executor:
        executor.shutdown()
        assert bytes_of(run(series, checkpoint=kept, executor=executor)) == bytes_of(report)


@pytest.mark.parametrize(
    "changed", [{"seed": 1}, {"horizon": 5}, {"draws": 201}, {"refit_every": 2}]
)
def test_what_was_kept_of_another_run_is_not_used(
    series: Mapping[str, MonthlySeries], changed: dict[str, Any]
) -> None:
    kept: dict[str, bytes] = {}
    run(series, checkpoint=kept)
    assert bytes_of(run(series, checkpoint=kept, **changed)) == bytes_of(run(series, **changed))


def test_a_torn_or_damaged_line_of_a_checkpoint_is_computed_again(
    series: Mapping[str, MonthlySeries], report: BacktestReport, tmp_path: Path
) -> None:
    file = tmp_path / "run.jsonl"
    run(series, checkpoint=CheckpointFile(file))
    lines = file.read_bytes().splitlines(keepends=True)
    damaged = json.loads(lines[3])
    damaged["content"] = damaged["content"][:40] + "AAAA" + damaged["content"][44:]
    lines[3] = json.dumps(damaged).encode() + b"\n"
    lines[-1] = lines[-1][:100]
    file.write_bytes(b"".join(lines))
    kept = CheckpointFile(file)
    assert len(kept) == 10
    assert bytes_of(run(series, checkpoint=kept)) == bytes_of(report)
    assert len(CheckpointFile(file)) == 12


def test_progress_counts_origins_of_all_models(series: Mapping[str, MonthlySeries]) -> None:
    told = []
    run(series, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 12) for done in range(1, 13)]


def test_a_report_comes_back_from_its_arrays(report: BacktestReport) -> None:
    assert bytes_of(BacktestReport.of(report.arrays())) == bytes_of(report)


def test_rows_are_the_forecasts_one_by_one(report: BacktestReport) -> None:
    rows = list(report.rows())
    assert len(rows) == 2 * len(report)
    last = rows[-1]
    assert last.model == "structural"
    assert last.target == last.origin + last.horizon
    assert last.quantiles.shape == (23,)


# Scores


def pinball(quantiles: Array, levels: Array, observed: Array) -> Array:
    """Twice the mean pinball loss, written as the peers' scores are."""
    above = observed[:, None] - quantiles
    return np.asarray(2 * np.maximum(levels * above, (levels - 1) * above).mean(axis=1))


def test_relative_scores_agree_with_an_independent_computation(report: BacktestReport) -> None:
    """A geometric mean over series of ratios of sums, from pinball losses computed by hand."""
    levels = np.array([0.01, 0.025, *np.arange(0.05, 0.951, 0.05), 0.975, 0.99])
    months = report.months == 1
    (found,) = [one for one in summarize(report) if one.model == "structural"]
    natural, logs, errors = [], [], []
    for key in np.unique(report.key):
        cells = months & (report.key == key)
        y = report.observed[cells]
        base, mine = (report.quantiles[nth, cells] for nth in (0, 1))
        natural.append(pinball(mine, levels, y).sum() / pinball(base, levels, y).sum())
        logs.append(
            pinball(np.log1p(mine), levels, np.log1p(y)).sum()
            / pinball(np.log1p(base), levels, np.log1p(y)).sum()
        )
        errors.append(np.mean(np.abs(y - mine[:, 11]) / report.scale[cells]))
    assert found.relative_wis == pytest.approx(np.exp(np.mean(np.log(natural))))
    assert found.relative_log_wis == pytest.approx(np.exp(np.mean(np.log(logs))))
    assert found.mase == pytest.approx(np.exp(np.mean(np.log(errors))))
    y, quantiles = report.observed[months], report.quantiles[1, months]
    assert found.coverage_80 == np.mean((y >= quantiles[:, 3]) & (y <= quantiles[:, 19]))
    assert found.coverage_95 == np.mean((y >= quantiles[:, 1]) & (y <= quantiles[:, 21]))
    assert found.bias == pytest.approx(1 - 2 * report.pit[1, months].mean())
    assert (found.series, found.cells) == (2, months.sum())


def test_the_scale_is_the_mean_seasonal_change_up_to_the_origin(
    report: BacktestReport, series: Mapping[str, MonthlySeries]
) -> None:
    at = np.flatnonzero(report.key == "sector.60")[0]
    known = series["sector.60"].values[
        : int(report.origin[at]) - series["sector.60"].start.ordinal + 1
    ]
    assert report.scale[at] == pytest.approx(np.abs(known[12:] - known[:-12]).mean())


def test_the_baseline_scores_one_against_itself(report: BacktestReport) -> None:
    (found,) = [one for one in summarize(report) if one.model == "log-random-walk"]
    assert found.relative_wis == found.relative_log_wis == found.relative_crps == 1.0


def test_groups_partition_the_cells(report: BacktestReport) -> None:
    for by in Grouping:
        found = summarize(report, by)
        assert (
            sum(one.cells for one in found if one.model == "structural")
            == (report.months == 1).sum()
        )
        assert all(sum(one.pit) == pytest.approx(1) for one in found)
    assert {one.group for one in summarize(report, "horizon")} == {"1-3", "4-6"}
    assert {one.group for one in summarize(report, "era")} == {"2012-17"}


def test_sums_are_summarized_apart(report: BacktestReport) -> None:
    found = summarize(report, months=3)
    assert {one.cells for one in found} == {(report.months == 3).sum()}


def test_groups_are_named_by_what_they_hold() -> None:
    assert [horizon_group(ahead) for ahead in (1, 3, 4, 12, 13, 36)] == [
        "1-3",
        "1-3",
        "4-6",
        "7-12",
        "13-24",
        "25-36",
    ]
    assert [era(Month.parse(month)) for month in ("2012-01", "2017-12", "2018-01", "2025-08")] == [
        "2012-17",
        "2012-17",
        "2018-22",
        "2023-",
    ]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"models": ["oracle"]}, "model is 'oracle', expected one of auto"),
        ({"horizon": 0}, "horizon is 0, expected 1 to 36 months"),
        ({"horizon": 37}, "horizon is 37"),
        ({"refit_every": 0}, "refit_every is 0, expected 1 or more"),
        ({"first_origin": "2010-01"}, "there is no origin from 2010-01 to 2003-06"),
        ({"first_origin": "soon"}, "'soon' is not a month"),
    ],
)
def test_what_cannot_be_run_is_named(
    series: Mapping[str, MonthlySeries], changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        run(series, **changed)


def test_no_series_is_an_error() -> None:
    with pytest.raises(ValueError, match="series is empty"):
        run({})
