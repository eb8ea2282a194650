"""No row of a hindcast knows what comes after it."""

import numpy as np
import pytest

from forecasting.auto.dependence import complete_windows, error_correlation
from forecasting.auto.hindcast import compute_hindcast
from forecasting.auto.partial_pooling import NoPooling, RecordingPooling
from forecasting.auto.spread import implied_covariance

PARTS = ("weights", "share", "scale", "points", "spread", "lower", "upper")


def walks(months: int = 120, series: int = 6) -> np.ndarray:
    return 6 + np.cumsum(np.random.default_rng(1).normal(0, 0.15, (months, series)), axis=0)


@pytest.mark.parametrize("pooling", [NoPooling, RecordingPooling])
def test_a_planted_future_changes_nothing_in_the_past(pooling: type) -> None:
    past = compute_hindcast(walks()[:80], 3, 12, pooling())
    planted = walks()
    planted[80:] += 9
    for logs in (walks(), planted):
        whole = compute_hindcast(logs, 3, 12, pooling())
        for part in PARTS:
            np.testing.assert_allclose(getattr(whole, part)[:80], getattr(past, part), atol=1e-11)


def test_a_shorter_horizon_is_the_beginning_of_a_longer_one() -> None:
    near, far = (compute_hindcast(walks(), 3, horizon, RecordingPooling()) for horizon in (6, 36))
    np.testing.assert_allclose(near.points, far.points[..., :6], atol=1e-12)
    np.testing.assert_allclose(near.spread, far.spread[..., :6], atol=1e-12)


def test_weights_sum_to_one_and_the_share_is_a_share() -> None:
    past = compute_hindcast(walks(), 3, 12, NoPooling())
    np.testing.assert_allclose(past.weights[1:].sum(axis=2), 1)
    assert ((past.share >= 0) & (past.share <= 1)).all()


def test_errors_are_about_as_large_as_the_spread_says() -> None:
    """Within a quarter, on 200 random walks, from the fourth year on: the prior is wider."""
    logs = walks(100, 200)
    past = compute_hindcast(logs, 0, 12, RecordingPooling())
    for h in (1, 6, 12):
        errors = np.abs(logs[36 + h :] - past.points[36:-h, :, h - 1])
        assert errors.mean() == pytest.approx(past.spread[36:-h, :, h - 1].mean(), rel=0.25)


def test_a_steady_trend_is_seen_and_a_random_walk_has_none() -> None:
    """Growth of three percent a month with as much noise, a year ahead."""
    noise = np.random.default_rng(3).normal(0, 0.03, (120, 1))
    for growth, least, most in ((0.03, 0.2, 0.4), (0.0, -0.1, 0.1)):
        logs = 6 + growth * np.arange(120)[:, np.newaxis] + noise
        ahead = compute_hindcast(logs, 3, 12, NoPooling()).points[-1, 0, 11]
        assert least < ahead - (6 + growth * 119) < most


def test_both_sides_are_as_wide_without_outliers() -> None:
    past = compute_hindcast(walks(), 3, 12, NoPooling())
    np.testing.assert_array_equal(past.lower, past.upper)
    np.testing.assert_allclose(past.lower, past.spread)


def test_dependence_lies_between_what_filters_imply_and_what_the_past_shows() -> None:
    logs = walks(200, 40)
    past = compute_hindcast(logs, 0, 12, RecordingPooling())
    windows = complete_windows(logs, past.points, past.spread, np.arange(200.0) // 12)
    implied = np.tensordot(past.weights[-1, 0], implied_covariance(12), 1)
    learned = error_correlation(implied, windows)
    np.testing.assert_allclose(np.diag(learned), 1)
    assert np.linalg.eigvalsh(learned).min() > 0
    assert 0.8 < learned[10, 11] < 1
    assert windows.windows.sum() == pytest.approx((200 - 12 - 11) / 12)
