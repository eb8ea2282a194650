"""The constants of the method: one set, fixed, and coherent."""

from dataclasses import FrozenInstanceError, replace

import pytest

from forecasting.auto.constants import CONSTANTS
from forecasting.auto.shrinkage import REACHES


def test_nothing_can_change_them_while_a_forecast_is_made() -> None:
    with pytest.raises(FrozenInstanceError):
        CONSTANTS.reversion = 0.5  # type: ignore[misc]


def test_equal_constants_are_one_key_of_a_cache() -> None:
    same, other = replace(CONSTANTS), replace(CONSTANTS, reversion=0.5)
    assert {CONSTANTS: 1}[same] == 1
    assert other not in {CONSTANTS: 1}


def test_shares_and_probabilities_lie_between_zero_and_one() -> None:
    shares = (
        CONSTANTS.reversion,
        CONSTANTS.volatility_pool,
        CONSTANTS.volatility_excess,
        CONSTANTS.volatility_persistence,
        CONSTANTS.outlier_uncertainty,
        CONSTANTS.tail,
        *CONSTANTS.shrinkage_prior,
    )
    assert all(0 < share < 1 for share in shares)


def test_there_is_a_prior_share_of_the_last_value_for_each_reach() -> None:
    assert len(CONSTANTS.shrinkage_prior) == len(CONSTANTS.shrinkage_strength) == len(REACHES)


def test_the_usual_volatility_remembers_longer_than_that_of_now() -> None:
    assert CONSTANTS.volatility_half_life < CONSTANTS.usual_volatility_half_life


def test_filters_with_a_trend_are_twins_of_filters_without() -> None:
    assert set(CONSTANTS.trend_noise) <= set(range(len(CONSTANTS.noise)))
    assert set(CONSTANTS.trend_season) <= set(range(len(CONSTANTS.season)))
