"""A month far from what was expected: an outlier or a jump, and only the next one tells."""

import numpy as np

from forecasting import MonthlySeries, forecast
from forecasting.arrays import Array
from forecasting.auto.innovation_outliers import outlier_excess, outlier_uncertainty


def steady(last: float, seed: int) -> MonthlySeries:
    """Ten years around 1,000, and one month more."""
    logs = np.log(1000) + np.random.default_rng(seed).normal(0, 0.1, 121)
    logs[-1] = np.log(last)
    return MonthlySeries("2010-01", np.exp(logs).round())


def test_only_the_first_month_beyond_five_scales_is_news() -> None:
    errors = np.random.default_rng(0).normal(0, 0.1, (60, 1))
    errors[40:43] = 2.0
    errors[50] = -2.0
    excess = outlier_excess(errors)[:, 0]
    assert np.flatnonzero(excess).tolist() == [40, 50]
    assert 1.3 < excess[40] < 1.6
    assert excess[50] < 0


def test_a_month_without_a_figure_is_no_news() -> None:
    errors = np.full((60, 1), 0.1)
    errors[30] = np.nan
    assert not outlier_excess(errors).any()


def test_after_an_outlier_the_old_level_is_inside_the_interval_for_the_whole_year() -> None:
    """Tenfold, in the last month, of twenty series."""
    for seed in range(20):
        lower, upper = forecast(steady(10_000, seed), 12).quantiles([0.1, 0.9]).T
        assert (lower < 1000).all()
        assert (upper > 1100).all()
        assert upper[0] < 10_000


def news(*, month: int = 10, size: float = 2.0, after: float = 0.0) -> tuple[Array, Array]:
    """Excess and errors, (20, 1), of a month that is far out, and the error of the month after."""
    excess, errors = np.zeros((20, 1)), np.zeros((20, 1))
    excess[month], errors[month], errors[month + 1] = size, size + 0.5, after
    return excess, errors


def test_an_outlier_widens_its_own_side_by_half_of_what_is_beyond() -> None:
    for size in (2.0, -2.0):
        added = outlier_uncertainty(*news(size=size))
        toward, away = (added.upper, added.lower) if size > 0 else (added.lower, added.upper)
        assert toward[10, 0] == 1
        assert not away[:11].any()
        assert added.larger[10, 0] == 1


def test_nothing_is_left_of_an_outlier_that_comes_back() -> None:
    added = outlier_uncertainty(*news(after=-2.4))
    assert not added.larger[11:].any()


def test_a_jump_is_uncertain_to_both_sides_by_a_fifth_less_each_month() -> None:
    added = outlier_uncertainty(*news(after=0.1))
    np.testing.assert_allclose(added.upper[10:14, 0], [1, 0.8, 0.64, 0.512])
    np.testing.assert_array_equal(added.lower[11:], added.upper[11:])


def test_a_month_of_zero_does_not_raise_the_upper_end() -> None:
    """Of twenty series around 100: at most by a quarter more than if the month had been usual."""
    for seed in range(20):
        counts = np.random.default_rng(seed).poisson(100, 96)
        usual, zero = (
            forecast(MonthlySeries("2010-01", [*counts, last]), 12).quantiles([0.9])[:, 0]
            for last in (100, 0)
        )
        assert (zero < 1.25 * usual).all()
