"""What every model must do, whatever else it does well.

One is tested here by being named in MODELS.
"""

from functools import cache

import numpy as np
import pytest

from forecasting import MODELS, Forecast, MeasurementNoise, Month, MonthlySeries, forecast

pytestmark = pytest.mark.slow  # fits models, or starts processes

LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]
NAN = float("nan")


def walk(months: int, scale: float = 5000.0, seed: int = 1) -> np.ndarray:
    """Rounded counts of a log random walk with a season, (months,)."""
    level = np.cumsum(np.random.default_rng(seed).normal(0, 0.1, months))
    return np.round(scale * np.exp(level + 0.2 * np.sin(np.arange(months) * np.pi / 6)))


def with_gaps(values: np.ndarray) -> np.ndarray:
    """The same with single months, a run of six and a first and last month missing."""
    gone = values.copy()
    gone[[0, 7, 11, values.size - 4, values.size - 1]] = NAN
    gone[20:26] = NAN
    return gone


HISTORIES = {
    "3 months": [120, 80, 100],
    "3 of 5 months": [120, NAN, 80, NAN, 100],
    "12 months": walk(12),
    "30 months": walk(30),
    "36 months": walk(36),
    "150 months": walk(150),
    "gaps": with_gaps(walk(60)),
    "leading gap": np.concatenate([np.full(30, NAN), walk(40)]),
    "mostly missing": np.where(np.arange(120) % 9 == 0, walk(120), NAN),
    "all zero": np.zeros(48),
    "constant": np.full(48, 700.0),
    "zeros and small counts": np.random.default_rng(2).poisson(0.7, 80),
    "ends in zeros": np.concatenate([walk(60, scale=50), np.zeros(6)]),
    "ties": np.round(walk(60, scale=30), -1),
    "10-fold jumps": np.where(np.arange(72) % 24 < 12, 1.0, 10.0) * walk(72, scale=2000),
    "one 10-fold jump at the end": np.append(walk(60), 50000.0),
    "alternating zero and thousands": np.where(np.arange(50) % 2 == 0, 0.0, 5000.0),
    "strictly seasonal": np.tile(np.arange(100.0, 1300.0, 100.0), 6),
    "exponential growth": np.round(10 * 1.15 ** np.arange(60)),
    "small and fractional": walk(60, scale=50) / 50,
    "very large": walk(60, scale=1e9),
}


@cache
def forecast_of_walk(model: str) -> Forecast:
    """The forecast of five years, fitted once for all that compare with it."""
    return forecast(MonthlySeries("2005-03", walk(60)), model=model)


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("model", MODELS)
def test_forecast_is_finite_non_negative_nested_and_not_certain(model: str, history: str) -> None:
    series = MonthlySeries("2005-03", HISTORIES[history])
    made = forecast(series, horizon=36, model=model, draws=500)
    quantiles = made.quantiles(LEVELS)
    assert made.model == model
    assert made.paths.shape == (500, 36)
    assert made.periods[0] == series.end + 1
    assert np.isfinite(made.paths).all()
    assert (made.paths >= 0).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert (quantiles[:, -1] > quantiles[:, 0]).all()
    assert made.paths.max() <= 1000 * (np.nanmax(series.values) + 1)
    assert np.isfinite([value for values in made.parameters.values() for value in values]).all()


@pytest.mark.parametrize("model", MODELS)
def test_median_of_the_next_month_is_within_the_reach_of_history(model: str) -> None:
    """Each of these models must know where a series is that moves by a tenth a month."""
    series = MonthlySeries("2005-03", walk(120))
    median = forecast(series, horizon=1, model=model).median[0]
    assert series.values[-13:].min() / 1.5 < median < series.values[-13:].max() * 1.5


@pytest.mark.parametrize("model", MODELS)
def test_same_seed_same_bytes_and_another_seed_other_paths(model: str) -> None:
    series = MonthlySeries("2005-03", walk(60))
    first, again, other = (
        forecast_of_walk(model),
        *(forecast(series, model=model, seed=seed) for seed in (0, 8)),
    )
    assert first.paths.tobytes() == again.paths.tobytes() != other.paths.tobytes()
    assert first.parameters == again.parameters
    assert first.warnings == again.warnings


@pytest.mark.parametrize("months", [20, 90])
@pytest.mark.parametrize("model", MODELS)
def test_ten_times_the_counts_give_ten_times_the_quantiles(model: str, months: int) -> None:
    """Within 1 % if the quantiles are at least 100: log(1 + x) is no pure logarithm below."""
    counts = np.maximum(walk(months, scale=3000), 100)
    one = forecast(MonthlySeries("2005-03", counts), model=model).quantiles(LEVELS)
    ten = forecast(MonthlySeries("2005-03", 10 * counts), model=model).quantiles(LEVELS)
    assert (one[:3] >= 100).all()
    np.testing.assert_allclose(ten[one >= 100], 10 * one[one >= 100], rtol=0.01)


@pytest.mark.parametrize("model", MODELS)
def test_a_shorter_horizon_has_the_same_quantiles(model: str) -> None:
    near = forecast(MonthlySeries("2005-03", walk(60)), horizon=1, model=model)
    far = forecast_of_walk(model)
    np.testing.assert_allclose(near.quantiles(LEVELS), far.quantiles(LEVELS)[:1], rtol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_missing_months_after_the_last_observed_one_change_nothing(model: str) -> None:
    plain = forecast_of_walk(model)
    padded = forecast(MonthlySeries("2005-03", np.append(walk(60), [NAN, NAN])), model=model)
    assert padded.origin == plain.origin == Month.parse("2010-02")
    assert padded.paths.tobytes() == plain.paths.tobytes()


@pytest.mark.parametrize("model", MODELS)
def test_parameters_of_one_fit_start_the_next_and_change_little(model: str) -> None:
    series = MonthlySeries("2005-03", walk(90))
    cold = forecast(series, model=model)
    warm = forecast(series, model=model, start=cold.parameters)
    np.testing.assert_allclose(warm.quantiles(LEVELS), cold.quantiles(LEVELS), rtol=0.01)


@pytest.mark.parametrize("model", MODELS)
def test_parameters_held_over_the_same_figures_give_the_same_forecast(model: str) -> None:
    series = MonthlySeries("2005-03", with_gaps(walk(90)))
    fitted = forecast(series, model=model)
    held = forecast(series, model=model, start=fitted.parameters, refit=False)
    np.testing.assert_allclose(held.paths, fitted.paths, rtol=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_parameters_of_another_model_do_no_harm(model: str) -> None:
    series = MonthlySeries("2005-03", walk(60))
    for refit in (True, False):
        odd = forecast(series, model=model, start={"something": (1.0, 2.0)}, refit=refit)
        assert odd.paths.tobytes() == forecast_of_walk(model).paths.tobytes()


@pytest.mark.parametrize("model", MODELS)
def test_two_observed_months_are_too_few(model: str) -> None:
    with pytest.raises(ValueError, match="series has 2 observed months, expected at least 3"):
        forecast(MonthlySeries("2024-01", [5, NAN, 6]), model=model)


def with_errors(values: np.ndarray, **by_months_back: MeasurementNoise | None) -> MonthlySeries:
    """The series with errors of figures, `last` or `before_2` for two months before the last."""
    back = {
        0 if name == "last" else int(name.split("_")[1]): e for name, e in by_months_back.items()
    }
    return MonthlySeries(
        "2005-03", values, [back.get(len(values) - 1 - at) for at in range(len(values))]
    )


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("model", MODELS)
def test_forecast_of_doubtful_figures_is_finite_non_negative_and_nested(
    model: str, history: str
) -> None:
    """Every month doubtful, each kind of doubt in turn."""
    kinds = [
        MeasurementNoise(location=0.01, scale=0.05),
        MeasurementNoise.of_count(20, rounding=5),
        MeasurementNoise(below=0.01, above=0.01, beyond=0.02),
        MeasurementNoise(scale=0.01, outlier_probability=0.5),
        None,
    ]
    values = HISTORIES[history]
    series = MonthlySeries("2005-03", values, [kinds[at % len(kinds)] for at in range(len(values))])
    made = forecast(series, horizon=36, model=model, draws=500)
    assert made.origin == series.end
    assert made.paths.shape == (500, 36)
    assert np.isfinite(made.paths).all()
    assert (made.paths >= 0).all()
    assert (np.diff(made.quantiles(LEVELS), axis=1) >= 0).all()
    assert 0 <= made.provisional_share <= 1


@pytest.mark.parametrize("model", MODELS)
def test_errors_that_are_none_or_zero_change_not_a_byte(model: str) -> None:
    exact = forecast_of_walk(model)
    no_error = MeasurementNoise()
    made = forecast(
        with_errors(walk(60), last=no_error, before_2=None, before_3=no_error), model=model
    )
    assert made.paths.tobytes() == exact.paths.tobytes()
    assert made.provisional_share == exact.provisional_share == 0.0


@pytest.mark.parametrize("model", MODELS)
def test_the_same_doubt_gives_the_same_bytes(model: str) -> None:
    series = with_errors(
        walk(60),
        last=MeasurementNoise(scale=0.05, outlier_probability=0.2),
        before_1=MeasurementNoise(scale=0.01),
    )
    first, second = (forecast(series, model=model, seed=7) for _ in range(2))
    assert first.paths.tobytes() == second.paths.tobytes()
    assert first.provisional_share == second.provisional_share > 0


@pytest.mark.parametrize("model", MODELS)
def test_the_larger_the_error_the_wider_the_first_month_and_the_larger_its_share(
    model: str,
) -> None:
    widths, shares = [], []
    for scale in (0.0, 0.02, 0.1, 0.4):
        made = forecast(with_errors(walk(90), last=MeasurementNoise(scale=scale)), model=model)
        lower, upper = made.interval(0.8)
        widths.append(np.log(upper[0] / lower[0]))
        shares.append(made.provisional_share)
    assert (np.diff(widths) > 0).all()
    assert (np.diff(shares) > 0).all()


@pytest.mark.parametrize("months", [20, 90])
@pytest.mark.parametrize("model", MODELS)
def test_a_wild_rumor_counts_as_missing(model: str, months: int) -> None:
    """Ten times the level, of low reliability: each month's median moves by less than 3 %."""
    values = walk(months)
    rumor = np.append(values, 10 * values[-1])
    heard = forecast(
        with_errors(rumor, last=MeasurementNoise(scale=0.005, outlier_probability=0.2)), model=model
    )
    absent = forecast(MonthlySeries("2005-03", values), horizon=13, model=model)
    assert heard.origin == absent.origin + 1
    np.testing.assert_allclose(heard.median, absent.median[1:], rtol=0.03)
    assert "is treated as missing" in str(heard.warnings[0])


@pytest.mark.parametrize("model", MODELS)
def test_more_than_pushes_upwards_and_less_than_downwards(model: str) -> None:
    values = walk(90)
    sums = [
        forecast(
            with_errors(values, last=MeasurementNoise(beyond=beyond)), model=model
        ).median.sum()
        for beyond in (-0.2, 0.0, 0.2)
    ]
    assert sums[0] < sums[1] < sums[2]


@pytest.mark.parametrize("model", MODELS)
def test_ten_times_doubtful_counts_give_ten_times_the_quantiles(model: str) -> None:
    counts = np.maximum(walk(90, scale=3000), 100)
    error = MeasurementNoise(scale=0.05, above=0.02, outlier_probability=0.2)
    one, ten = (
        forecast(with_errors(values, last=error, before_2=error), model=model).quantiles(LEVELS)
        for values in (counts, 10 * counts)
    )
    np.testing.assert_allclose(ten, 10 * one, rtol=0.01)


@pytest.mark.parametrize("model", MODELS)
def test_a_shorter_horizon_has_the_same_quantiles_of_doubtful_figures(model: str) -> None:
    series = with_errors(walk(60), last=MeasurementNoise(scale=0.1, outlier_probability=0.2))
    near, far = (forecast(series, horizon=horizon, model=model) for horizon in (1, 36))
    np.testing.assert_allclose(near.quantiles(LEVELS), far.quantiles(LEVELS)[:1], rtol=0.01)
    assert near.provisional_share == pytest.approx(far.provisional_share, rel=0.1)
