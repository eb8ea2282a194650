"""A month far from what was expected: an outlier or a jump, and only the next one tells."""

import numpy as np

from forecasting import MonthlySeries, forecast
from forecasting.auto.innovation_outliers import outlier_excess


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
