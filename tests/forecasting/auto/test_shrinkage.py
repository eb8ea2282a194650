"""The share of the last value: learned from the past, between zero and one."""

import numpy as np
import pytest

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS
from forecasting.auto.exponential_smoothing import values_ahead
from forecasting.auto.shrinkage import (
    REACHES,
    last_value_weights,
    shrink_to_last_value,
    shrinkage_moments,
)

HORIZON = 12


def share_after(logs: Array, points: Array) -> Array:
    """(reaches,) share of the last value that a series alone has learned by its last month."""
    return np.asarray(last_value_weights(shrinkage_moments(logs, points))[-1, 0])


def noise(months: int = 200) -> Array:
    return np.random.default_rng(8).normal(0, 0.2, (months, 1))


def test_without_a_past_the_share_is_the_prior() -> None:
    share = last_value_weights(np.zeros((1, 1, len(REACHES), 2)))
    np.testing.assert_allclose(share[0, 0], CONSTANTS.shrinkage_prior)


def test_the_share_is_one_if_the_last_value_was_right_and_zero_if_the_forecast_was() -> None:
    """A walk is forecast by its past mean, and noise by its true mean."""
    walk = noise().cumsum(axis=0)
    mean = walk.cumsum(axis=0) / np.arange(1, len(walk) + 1)[:, None]
    behind = np.repeat(mean[..., None], HORIZON, axis=2)
    exact = np.zeros((*noise().shape, HORIZON))
    assert share_after(walk, behind)[0] > 0.8
    assert share_after(noise(), exact)[0] < 0.2


def test_a_share_lies_between_zero_and_one_whatever_the_moments_are() -> None:
    moments = np.array([[[[900.0, 1.0], [-900.0, 1.0]]]])
    np.testing.assert_array_equal(last_value_weights(moments)[0, 0], [1, 0])


def test_points_move_toward_the_last_value_by_the_share() -> None:
    logs, points = np.array([[2.0]]), np.full((1, 1, HORIZON), 1.0)
    moved = shrink_to_last_value(logs, points, np.array([[[0.5, 0.2]]]))[0, 0]
    assert moved[0] == pytest.approx(1.5)
    np.testing.assert_allclose(moved[3:], 1.2)
    assert (np.diff(moved[:4]) < 0).all()


def test_a_perfect_forecast_of_all_horizons_teaches_to_keep_nothing() -> None:
    logs = noise()
    points = np.nan_to_num(values_ahead(logs, HORIZON))
    assert (share_after(logs, points) < CONSTANTS.shrinkage_prior).all()


def test_no_row_knows_what_comes_after_it() -> None:
    logs, points = noise().cumsum(axis=0), np.zeros((200, 1, HORIZON))
    planted = logs.copy()
    planted[150:] += 9
    np.testing.assert_allclose(
        shrinkage_moments(planted, points)[:150], shrinkage_moments(logs, points)[:150]
    )
