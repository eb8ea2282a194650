"""The common move: what all series had goes on for half a year, what one had does not."""

import numpy as np

from forecasting.auto.common_shock import add_common_shock, common_shock, standardized_errors


def test_surprises_are_in_units_of_the_scale_that_was_known_before_and_bounded() -> None:
    errors = np.array([[np.nan, 0.1], [0.2, np.nan], [-9.0, 0.3]])
    scale = np.array([[0.1, 0.1], [0.5, 0.1], [4.0, 0.2]])
    np.testing.assert_allclose(
        standardized_errors(errors, scale), [[np.nan, 1.0], [2.0, np.nan], [-3.0, 3.0]]
    )


def test_twenty_series_tell_four_fifths_of_what_they_share_and_one_tells_a_sixth() -> None:
    old = np.ones((1, 20), dtype=bool)
    np.testing.assert_allclose(common_shock(np.full((1, 20), 1.5), old), [0.8 * 1.5])
    np.testing.assert_allclose(common_shock(np.array([[1.5, np.nan]]), old[:, :2]), [1.5 / 6])


def test_a_month_without_series_that_are_old_enough_has_no_common_surprise() -> None:
    own = np.array([[1.0, -2.0], [np.nan, np.nan]])
    old = np.array([[False, False], [True, True]])
    np.testing.assert_array_equal(common_shock(own, old), [0, 0])


def test_a_common_surprise_fades_within_six_months_and_counts_in_each_series_own_scale() -> None:
    moved = add_common_shock(np.zeros((1, 2, 12)), np.array([[0.1, 0.3]]), np.array([1.0]))
    np.testing.assert_allclose(moved[0, 0, :7], 0.01 * np.array([6, 5, 4, 3, 2, 1, 0]) / 6)
    np.testing.assert_allclose(moved[0, 1], 3 * moved[0, 0])
    assert not moved[..., 6:].any()
