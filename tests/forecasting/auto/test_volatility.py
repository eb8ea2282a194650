"""The size of errors follows spells of all lengths, and is partly that of all series."""

import numpy as np

from forecasting.auto.exponential_smoothing import smoothed_scale
from forecasting.auto.volatility import error_scales, estimate_volatility


def errors() -> np.ndarray:
    """Two series of 160 months, the last ten months of the first three times as wild, (160, 2)."""
    wild = np.random.default_rng(5).normal(0, 0.1, (160, 2))
    wild[150:, 0] *= 3
    return wild


def test_it_is_the_geometric_mean_of_scales_from_three_months_to_ten_years() -> None:
    by_half_life = [smoothed_scale(errors(), half_life, 5.0) for half_life in (3, 6, 120)]
    np.testing.assert_allclose(
        estimate_volatility(error_scales(errors()), None), np.prod(by_half_life, axis=0) ** (1 / 3)
    )


def test_a_fifth_of_the_turmoil_is_that_of_all_series() -> None:
    """Who is as wild as all are keeps his scale.

    Who is calm among the wild is expected to be less so.
    """
    own = error_scales(errors())
    shared = own.excess_volatility[:, 0]
    alone, pooled = estimate_volatility(own, None), estimate_volatility(own, shared)
    np.testing.assert_allclose(pooled[:, 0], alone[:, 0])
    assert shared[-1] > own.excess_volatility[-1, 1]
    np.testing.assert_allclose(
        np.log(pooled[-1, 1] / alone[-1, 1]), 0.2 * (shared[-1] - own.excess_volatility[-1, 1])
    )


def test_a_calm_series_that_has_jumped_is_not_calm() -> None:
    """Errors of a thousandth, and one of 2: the clipped scales hardly see it."""
    jump = np.full((100, 1), 0.001)
    jump[90] = 2.0
    root_mean_square = smoothed_scale(jump, 24.0, np.inf)
    found = estimate_volatility(error_scales(jump), None)
    np.testing.assert_allclose(found[90:], 0.3 * root_mean_square[90:])
    assert found[95] > 0.08


def test_a_missing_month_changes_nothing() -> None:
    gap = errors()
    gap[140] = np.nan
    before, after = estimate_volatility(error_scales(gap), None)[139:141]
    np.testing.assert_array_equal(before, after)
