from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from forecasting.arrays import Array
from forecasting.models.gaussian import gaussian_paths, innovations_covariance

factors = arrays.arrays(np.float64, (4, 4), elements=st.floats(-2, 2))


@given(factors)
def test_every_month_has_the_quantiles_of_its_gaussian(factor: Array) -> None:
    covariance = factor @ factor.T + 0.01 * np.eye(4)
    mean = np.arange(4.0)
    paths = gaussian_paths(mean, covariance, 400, np.random.default_rng(0))
    for month in range(4):
        exact = NormalDist(mean[month], np.sqrt(covariance[month, month]))
        drawn = np.quantile(paths[:, month], [0.1, 0.5, 0.975], method="hazen")
        np.testing.assert_allclose(drawn, [exact.inv_cdf(p) for p in (0.1, 0.5, 0.975)], atol=0.02)


def test_paths_have_the_correlation_that_is_asked_for() -> None:
    covariance = np.array([[1.0, 0.9, -0.3], [0.9, 2.0, 0.0], [-0.3, 0.0, 0.5]])
    paths = gaussian_paths(np.zeros(3), covariance, 20_000, np.random.default_rng(1))
    np.testing.assert_allclose(np.cov(paths.T), covariance, atol=0.04)


def test_no_month_is_certain() -> None:
    paths = gaussian_paths(np.zeros(3), np.zeros((3, 3)), 1000, np.random.default_rng(2))
    np.testing.assert_allclose(paths.std(axis=0), 0.01, rtol=0.01)


def test_what_is_no_covariance_is_refused() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        gaussian_paths(
            np.zeros(2), np.array([[1.0, 3.0], [3.0, 1.0]]), 10, np.random.default_rng(3)
        )


def test_covariance_of_a_random_walk_is_the_earlier_month() -> None:
    np.testing.assert_allclose(
        innovations_covariance(np.ones(3), 2.0), [[2, 2, 2], [2, 4, 4], [2, 4, 6]]
    )


def test_covariance_of_exponential_smoothing_is_that_of_the_book() -> None:
    """Hyndman et al. (2008), section 6.3: variance of simple exponential smoothing 1 + (h - 1)
    alpha^2."""
    covariance = innovations_covariance(np.array([1, 0.4, 0.4, 0.4]), 1.0)
    np.testing.assert_allclose(np.diag(covariance), 1 + np.arange(4) * 0.16)
    assert covariance[0, 1] == pytest.approx(0.4)
