"""The size of errors follows spells, and goes back to its usual level in the months ahead."""

import numpy as np

from forecasting.auto.constants import CONSTANTS
from forecasting.auto.volatility import ErrorScales, error_scales, volatility_ahead

WHOLE = CONSTANTS.volatility_excess


def errors() -> np.ndarray:
    """Two series of 160 months, the last ten months of the first three times as wild, (160, 2)."""
    wild = np.random.default_rng(5).normal(0, 0.1, (160, 2))
    wild[150:, 0] *= 3
    return wild


def test_before_anything_is_known_it_is_the_prior() -> None:
    none = error_scales(np.full((3, 1), np.nan))
    np.testing.assert_allclose(none.usual, np.log(0.1))
    np.testing.assert_allclose(none.excess, 0)


def test_the_usual_level_is_that_of_the_calm_years_and_the_excess_that_of_the_last_months() -> None:
    found = error_scales(errors())
    mean_absolute = 0.1 * np.sqrt(2 / np.pi)
    np.testing.assert_allclose(np.exp(found.usual[149]), mean_absolute, rtol=0.15)
    assert found.usual[159, 0] - found.usual[149, 0] < 0.15
    assert found.excess[159, 0] > 0.6
    assert abs(found.excess[159, 1]) < 0.4


def test_an_excess_fades_by_a_tenth_with_every_month_ahead() -> None:
    """The root mean square of months whose logarithms are two thirds, three fifths, ... of it."""
    own = ErrorScales(usual=np.log([[0.1]]), excess=np.array([[0.9]]))
    ahead = volatility_ahead(own, None, 3)[0, 0]
    months = 0.1 * np.exp(0.9 * WHOLE * np.array([1, 0.9, 0.81]))
    np.testing.assert_allclose(
        ahead, [np.sqrt(np.mean(months[:h] ** 2)) for h in (1, 2, 3)], rtol=1e-12
    )


def test_a_calm_series_grows_wilder_with_the_months_ahead_and_a_wild_one_calmer() -> None:
    own = ErrorScales(usual=np.log([[0.1, 0.1]]), excess=np.array([[-1.0, 1.0]]))
    calm, wild = volatility_ahead(own, None, 36)[0]
    assert (np.diff(calm) > 0).all()
    assert (np.diff(wild) < 0).all()
    assert calm[0] < 0.06 < calm[-1] < 0.1 < wild[-1] < wild[0]


def test_a_fifth_of_the_excess_is_that_of_all_series() -> None:
    own = error_scales(errors())
    shared = own.excess[:, 0]
    alone, pooled = (volatility_ahead(own, one, 1)[..., 0] for one in (None, shared))
    np.testing.assert_allclose(pooled[:, 0], alone[:, 0])
    np.testing.assert_allclose(
        np.log(pooled[-1, 1] / alone[-1, 1]), 0.2 * WHOLE * (shared[-1] - own.excess[-1, 1])
    )


def test_a_missing_month_changes_the_present_scale_not_at_all() -> None:
    gap = errors()
    gap[140] = np.nan
    found = error_scales(gap)
    present = found.usual + found.excess
    np.testing.assert_allclose(present[140], present[139], rtol=1e-12)
