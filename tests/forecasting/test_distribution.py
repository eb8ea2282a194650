import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from forecasting import Forecast, Month
from forecasting.arrays import Array
from forecasting.distribution import QuantileDistribution, SamplePaths

ORIGIN = Month.parse("2024-11")
paths = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 30), st.integers(1, 6)),
    elements=st.floats(0, 1e9),
)
levels = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=6).map(sorted)


@given(paths, levels)
def test_quantiles_are_nested_and_inside_the_paths(
    drawn: Array, probabilities: list[float]
) -> None:
    quantiles = Forecast(ORIGIN, drawn, "any").quantiles(probabilities)
    assert quantiles.shape == (drawn.shape[1], len(probabilities))
    assert (np.diff(quantiles, axis=1) >= -1e-6).all()
    assert (quantiles >= drawn.min(axis=0)[:, None] - 1e-6).all()
    assert (quantiles <= drawn.max(axis=0)[:, None] + 1e-6).all()


@given(paths, st.floats(0, 1e9))
def test_exceedance_at_least_once_is_at_least_that_of_each_month_and_at_most_their_sum(
    drawn: Array, threshold: float
) -> None:
    forecast = Forecast(ORIGIN, drawn, "any")
    by_month = forecast.exceedance(threshold)
    by_then = forecast.exceedance_by(threshold)
    assert (np.diff(by_then) >= 0).all()
    assert by_month.max() <= by_then[-1] <= by_month.sum() + 1e-12


@given(paths, st.floats(0.01, 0.99))
def test_an_interval_holds_the_median(drawn: Array, level: float) -> None:
    forecast = Forecast(ORIGIN, drawn, "any")
    lower, upper = forecast.interval(level)
    assert (lower <= forecast.median * (1 + 1e-12)).all()
    assert (forecast.median <= upper * (1 + 1e-12)).all()


def test_says_what_four_paths_say() -> None:
    forecast = Forecast(ORIGIN, np.array([[1, 40], [2, 10], [3, 20], [4, 30]]), "any")
    assert forecast.periods == (Month.parse("2024-12"), Month.parse("2025-01"))
    np.testing.assert_allclose(forecast.mean, [2.5, 25])
    np.testing.assert_allclose(forecast.median, [2.5, 25])
    np.testing.assert_allclose(forecast.quantiles([0.125, 0.875]), [[1, 4], [10, 40]])
    np.testing.assert_allclose(forecast.exceedance(3), [0.25, 1])
    np.testing.assert_allclose(forecast.exceedance_by(3), [0.25, 1])


def test_kept_quantiles_are_those_asked_for_and_others_are_refused() -> None:
    kept = QuantileDistribution(
        np.array([5.0]), np.array([0.1, 0.5, 0.9]), np.array([[1.0, 4.0, 9.0]])
    )
    np.testing.assert_array_equal(kept.median, [4])
    np.testing.assert_array_equal(kept.interval(0.8), [[1], [9]])
    np.testing.assert_array_equal(kept.quantiles([0.9, 0.1]), [[9, 1]])
    with pytest.raises(ValueError, match=r"level is 0.25, expected one of the 3 levels"):
        kept.interval(0.5)


def test_every_form_of_a_distribution_answers_in_the_same_units() -> None:
    drawn = np.arange(1.0, 101.0)[:, None]
    levels = np.array([0.1, 0.5, 0.9])
    samples = SamplePaths(drawn)
    kept = QuantileDistribution(samples.mean, levels, samples.quantiles(levels))
    for form in (Forecast(ORIGIN, drawn, "any"), samples, kept):
        np.testing.assert_allclose(form.mean, [50.5])
        np.testing.assert_allclose(form.median, [50.5])
        np.testing.assert_allclose(form.interval(0.8), [[10.5], [90.5]])


def test_exceedance_of_a_count_does_not_include_it() -> None:
    assert Forecast(ORIGIN, np.array([[5.0]]), "any").exceedance(5).tolist() == [0.0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.ones(3), r"paths has shape \(3,\), expected \(draws, horizon\)"),
        (np.ones((0, 3)), r"paths has shape \(0, 3\)"),
        (np.array([[1.0, -1.0]]), "negative or non-finite"),
        (np.array([[1.0, np.nan]]), "negative or non-finite"),
        (np.array([[np.inf]]), "negative or non-finite"),
    ],
)
def test_wrong_paths_are_named(wrong: Array, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Forecast(ORIGIN, wrong, "any")


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan")])
def test_a_level_is_a_probability(level: float) -> None:
    forecast = Forecast(ORIGIN, np.ones((2, 1)), "any")
    with pytest.raises(
        ValueError, match=f"level is {level:g}, expected a probability between 0 and 1"
    ):
        forecast.quantiles([level])
    with pytest.raises(ValueError, match=f"level is {level:g}"):
        forecast.interval(level)


def test_a_threshold_is_a_number() -> None:
    with pytest.raises(ValueError, match="threshold is NaN"):
        Forecast(ORIGIN, np.ones((2, 1)), "any").exceedance(float("nan"))


def test_paths_cannot_be_changed() -> None:
    forecast = Forecast(ORIGIN, np.ones((2, 1)), "any")
    with pytest.raises(ValueError, match="read-only"):
        forecast.paths[0, 0] = 2
