"""The dependence between months: learned from complete windows, shrunk to what filters imply."""

import numpy as np
import pytest

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS
from forecasting.auto.dependence import Windows, complete_windows, error_correlation

HORIZON = 3


def windows_of(logs: Array) -> Windows:
    """Windows of forecasts of zero with a spread of one."""
    flat = (*logs.shape, HORIZON)
    return complete_windows(logs, np.zeros(flat), np.ones(flat), np.arange(float(len(logs))) // 12)


def test_without_windows_the_correlation_is_the_implied_one() -> None:
    implied = np.array([[1.0, 1.0], [1.0, 4.0]])
    none = Windows(np.zeros((1, 2, 2)), np.zeros(1))
    np.testing.assert_allclose(error_correlation(implied, none), [[1, 0.5], [0.5, 1]])


def test_as_many_windows_as_the_strength_of_the_prior_count_half() -> None:
    independent = np.eye(2)
    alike = Windows(np.ones((1, 2, 2)), np.array([CONSTANTS.dependence_strength]))
    np.testing.assert_allclose(error_correlation(independent, alike), [[1, 0.5], [0.5, 1]])


def test_products_sum_the_errors_of_the_months_ahead() -> None:
    """Every value is 2, every forecast 0: each of the windows adds 2 x 2 to each product."""
    months = CONSTANTS.warm_up + 12
    windows = windows_of(np.full((months, 1), 2.0))
    complete = months - HORIZON - (CONSTANTS.warm_up - 1)
    np.testing.assert_allclose(windows.products.sum(axis=0), 4.0 * complete)
    assert windows.windows.sum() == pytest.approx(complete / HORIZON)


def test_a_window_belongs_to_the_year_that_completes_it() -> None:
    """Warm from December of the first year on; its first window ends in March of the second."""
    windows = windows_of(np.ones((36, 1)))
    assert windows.windows[0] == 0
    assert windows.windows[1] == pytest.approx(10 / HORIZON)
    assert windows.windows[2] == pytest.approx(12 / HORIZON)


def test_several_series_in_a_month_are_one_independent_window() -> None:
    one, two = windows_of(np.ones((40, 1))), windows_of(np.ones((40, 2)))
    np.testing.assert_allclose(two.products, 2 * one.products)
    np.testing.assert_allclose(two.windows, one.windows)


def test_an_outlier_counts_as_the_bound() -> None:
    logs = np.ones((40, 1))
    logs[35] = 1000.0
    assert windows_of(logs).products.max() <= 40 * CONSTANTS.clip**2


def test_a_window_with_a_missing_month_does_not_count() -> None:
    logs = np.ones((40, 1))
    logs[35] = np.nan
    whole, gap = windows_of(np.ones((40, 1))), windows_of(logs)
    # the month itself misses as an outcome of three windows
    assert HORIZON * (whole.windows - gap.windows).sum() == pytest.approx(3)
