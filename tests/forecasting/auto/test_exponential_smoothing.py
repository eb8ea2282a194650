"""Discounted sums and scales, computed by hand."""

import numpy as np
import pytest

from forecasting.auto.constants import CONSTANTS
from forecasting.auto.exponential_smoothing import (
    discounted_sum,
    move_to_target_month,
    one_step_errors,
    smoothed_absolute,
    smoothed_scale,
    values_ahead,
)


def test_a_value_counts_half_after_a_half_life() -> None:
    impulse = np.array([[1.0], [0.0], [0.0], [0.0], [0.0]])
    np.testing.assert_allclose(discounted_sum(impulse, 2.0)[[0, 2, 4], 0], [1, 0.5, 0.25])


def test_values_ahead_are_the_next_months_and_missing_at_the_end() -> None:
    ahead = values_ahead(np.array([[1.0], [2.0], [3.0]]), 2)
    np.testing.assert_array_equal(ahead[:, 0], [[2, 3], [3, np.nan], [np.nan, np.nan]])


def test_what_is_known_of_a_forecast_moves_to_the_month_that_it_forecast() -> None:
    at_origin = np.arange(1.0, 9.0).reshape(4, 1, 2)
    np.testing.assert_array_equal(
        move_to_target_month(at_origin)[:, 0], [[0, 0], [1, 0], [3, 2], [5, 4]]
    )


def test_an_error_is_of_the_forecast_made_a_month_before() -> None:
    points = np.array([[[1.5]], [[2.5]], [[9.0]]])
    errors = one_step_errors(np.array([[1.0], [2.0], [3.0]]), points)
    np.testing.assert_array_equal(errors[:, 0], [np.nan, 0.5, 0.5])


def test_the_scale_of_constant_errors_is_their_size() -> None:
    scale = smoothed_scale(np.full((400, 1), -0.3), 12.0, 5.0)
    assert scale[-1, 0] == pytest.approx(0.3)


def test_the_first_error_counts_beside_the_start_value() -> None:
    """A mean of squares in which the start counts `start_scale_weight` times."""
    start, weight = CONSTANTS.start_scale, CONSTANTS.start_scale_weight
    scale = smoothed_scale(np.array([[0.3]]), 120.0, 5.0)
    assert scale[0, 0] ** 2 == pytest.approx((weight * start**2 + 0.3**2) / (weight + 1))


def test_an_outlier_counts_as_the_bound() -> None:
    calm = np.full((200, 2), 0.1)
    calm[100] = [0.3, 99.0]  # at the bound of three scales, and far beyond
    scale = smoothed_scale(calm, 12.0, 3.0)
    np.testing.assert_allclose(scale[100, 0], scale[100, 1], rtol=0.01)


def test_a_missing_error_changes_nothing() -> None:
    errors = np.array([[0.1], [np.nan], [0.2]])
    scale = smoothed_scale(errors, 6.0, 5.0)
    assert scale[1] == scale[0]
    np.testing.assert_allclose(scale[2], smoothed_scale(errors[[0, 2]], 6.0, 5.0)[1])


def test_no_row_knows_what_comes_after_it() -> None:
    errors = np.random.default_rng(2).normal(0, 0.1, (50, 3))
    planted = errors.copy()
    planted[30:] *= 50
    np.testing.assert_array_equal(
        smoothed_scale(errors, 6.0, 5.0)[:30], smoothed_scale(planted, 6.0, 5.0)[:30]
    )


def test_the_mean_of_constant_absolute_errors_is_their_size() -> None:
    mean = smoothed_absolute(np.full((200, 1), -0.3), 6.0, 5.0, 0.1)
    assert mean[-1, 0] == pytest.approx(0.3)


def test_a_first_absolute_error_counts_beside_the_start_and_at_most_as_the_bound() -> None:
    weight = CONSTANTS.start_scale_weight
    mean = smoothed_absolute(np.array([[0.3, 9.0]]), 120.0, 5.0, 0.1)
    np.testing.assert_allclose(mean[0], (weight * 0.1 + np.array([0.3, 0.5])) / (weight + 1))


def test_a_missing_absolute_error_changes_nothing() -> None:
    mean = smoothed_absolute(np.array([[0.1], [np.nan]]), 6.0, 5.0, 0.1)
    assert mean[1] == mean[0]
