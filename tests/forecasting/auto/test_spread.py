"""How errors grow with the horizon: as the filters imply, corrected by what past errors were."""

import numpy as np
import pytest

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS
from forecasting.auto.filters import filter_kinds
from forecasting.auto.spread import (
    ScaledAbsoluteErrors,
    implied_covariance,
    implied_growth,
    pooled_log_error_ratio,
    scale_absolute_errors,
    series_log_error_ratio,
)

HORIZON = 12
SEASONS = len(CONSTANTS.season)


def past(ratio: float, months: int = 600, series: int = 3) -> ScaledAbsoluteErrors:
    """Errors that were always `ratio` times the expected ones."""
    shape = (months, series, HORIZON)
    return ScaledAbsoluteErrors(np.full(shape, ratio), np.ones(shape))


def growth_of(filter_: int) -> Array:
    """(horizon,) growth of the errors of one filter alone."""
    weights = np.zeros((1, 1, len(filter_kinds())))
    weights[..., filter_] = 1
    return np.asarray(implied_growth(weights, HORIZON)[0, 0])


def test_implied_covariances_are_covariances_with_a_first_variance_of_one() -> None:
    covariances = implied_covariance(HORIZON)
    np.testing.assert_allclose(covariances[:, 0, 0], 1)
    np.testing.assert_allclose(covariances, covariances.transpose(0, 2, 1))
    assert np.linalg.eigvalsh(covariances).min() > 0


def test_a_filter_without_noise_has_the_errors_of_an_autoregression() -> None:
    """Var(h) = 1 + r^2 + ... + r^(2 (h - 1)) with the reversion r."""
    variances = np.cumsum(CONSTANTS.reversion ** (2 * np.arange(HORIZON)))
    np.testing.assert_allclose(growth_of(0) ** 2, variances, rtol=1e-6)


def test_errors_of_noisy_filters_grow_less() -> None:
    last = [growth_of(noise * SEASONS)[-1] for noise in range(len(CONSTANTS.noise))]
    assert last == sorted(last, reverse=True)
    assert last[-1] < 2


def test_errors_are_counted_in_the_month_that_realizes_them() -> None:
    logs = np.ones((CONSTANTS.warm_up + 3, 1))
    points = np.zeros((*logs.shape, 2))
    found = scale_absolute_errors(logs, points, np.full(points.shape, 0.5))
    first = CONSTANTS.warm_up  # one month after the first row that is warm
    assert not found.count[:first].any()
    np.testing.assert_array_equal(found.count[first:, 0, 0], 1)
    np.testing.assert_array_equal(found.count[first:, 0, 1], [0, 1, 1])
    np.testing.assert_array_equal(found.size[first:, 0, 0], 2)


def test_an_outlier_counts_as_the_bound() -> None:
    logs = np.ones((CONSTANTS.warm_up + 3, 1))
    logs[-1] = 1e6
    points = np.zeros((*logs.shape, 1))
    found = scale_absolute_errors(logs, points, np.ones(points.shape))
    assert found.size.max() == CONSTANTS.clip


def test_without_errors_no_ratio_differs_from_what_is_expected() -> None:
    none = ScaledAbsoluteErrors(np.zeros((5, 2, HORIZON)), np.zeros((5, 2, HORIZON)))
    np.testing.assert_array_equal(pooled_log_error_ratio(none), 0)
    np.testing.assert_array_equal(series_log_error_ratio(none, None), 0)


def test_a_ratio_goes_toward_the_past_one_and_less_at_long_horizons() -> None:
    ratio = pooled_log_error_ratio(past(1.5))[-1]
    assert (ratio > 0).all()
    assert (ratio < np.log(1.5)).all()
    assert (np.diff(ratio) < 0).all()


def test_a_series_with_the_ratio_of_all_keeps_it() -> None:
    shared = np.full((600, HORIZON), np.log(1.5))
    np.testing.assert_allclose(series_log_error_ratio(past(1.5), shared)[-1], np.log(1.5))


def test_a_series_lies_between_all_and_its_own_past() -> None:
    shared = np.zeros((600, HORIZON))
    ratio = series_log_error_ratio(past(0.5), shared)[-1, 0]
    assert (ratio < 0).all()
    assert (ratio > np.log(0.5)).all()
    assert ratio[0] == pytest.approx(np.log(0.5) * 0.68, abs=0.03)  # 86 months against 40
