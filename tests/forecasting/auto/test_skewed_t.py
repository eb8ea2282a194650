"""The shape of a month's distribution."""

import numpy as np
import pytest
from scipy import integrate, stats

from forecasting.auto.skewed_t import (
    degrees_of_freedom_by_horizon,
    evenly_spread_t_values,
    log_skew_by_horizon,
    standardized_last_value,
    unit_mean_absolute_t_quantiles,
)

LEVELS = np.array([0.0005, 0.025, 0.1, 0.5, 0.8, 0.99])


def test_quantiles_are_those_of_student_t_with_a_mean_absolute_value_of_one() -> None:
    degrees = degrees_of_freedom_by_horizon(24)
    for row, nu in zip(unit_mean_absolute_t_quantiles(LEVELS, 24), degrees, strict=True):
        size = 2 * integrate.quad(lambda x, nu=nu: x * stats.t.pdf(x, nu), 0, np.inf)[0]
        np.testing.assert_allclose(row, stats.t.ppf(LEVELS, nu) / size, rtol=1e-8, atol=1e-12)


def test_tails_are_fat_for_a_month_and_thinner_from_a_year_on() -> None:
    degrees = degrees_of_freedom_by_horizon(36)
    assert degrees[0] == pytest.approx(4)
    np.testing.assert_allclose(degrees[11:], 15)
    assert (np.diff(degrees[:12]) > 0).all()


def test_draws_have_the_scale_and_no_tail_beyond_the_last_one_in_two_thousand() -> None:
    draws = evenly_spread_t_values(10_000, 12)
    np.testing.assert_allclose(np.abs(draws).mean(axis=1), 1, rtol=0.01)
    np.testing.assert_allclose(
        draws[:, -1], unit_mean_absolute_t_quantiles(np.array([0.9995]), 12)[:, 0]
    )


def test_a_series_above_its_past_leans_down_and_fully_so_after_half_a_year() -> None:
    above = log_skew_by_horizon(standardized_last_value(np.array([5.0, 5.1, 4.9, 5.0, 7.0])), 12)
    assert (above > 0).all()
    assert above[0] == pytest.approx(above[5] / 6)
    np.testing.assert_array_equal(above[5:], above[5])


def test_a_series_below_its_past_is_not_skewed() -> None:
    below = standardized_last_value(np.array([5.0, 5.1, np.nan, 4.9, 3.0]))
    assert below < -1
    assert not log_skew_by_horizon(below, 12).any()
