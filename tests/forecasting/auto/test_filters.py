"""The bank of filters against statsmodels, and what clipping and adapting are for."""

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

from forecasting.auto.constants import CONSTANTS
from forecasting.auto.filters import FilterKind, filter_kinds, run_filters

INF = float("inf")
LINEAR = replace(CONSTANTS, innovation_clip=INF, variance_half_life=INF, start_weight=INF)
"""The filters as textbooks have them: nothing is clipped, and the variance stays what it is at the
start."""

FIRST_MONTH = 9


def simulated(months: int = 150) -> np.ndarray:
    """Log counts with a level, a season and noise, some of them missing, (months, 1)."""
    rng = np.random.default_rng(3)
    season = 0.3 * np.sin(2 * np.pi * np.arange(months) / 12)
    logs = 8 + np.cumsum(rng.normal(0, 0.1, months)) + season + rng.normal(0, 0.1, months)
    logs[[5, 40, 41, 100]] = np.nan
    return logs[:, np.newaxis]


def by_statsmodels(logs: np.ndarray, kind: FilterKind) -> KalmanFilter:
    """The same model in statsmodels' form: level, long-run mean, trend, twelve effects."""
    start = LINEAR.start_variance
    sum_to_zero = np.eye(12) - 1 / 12
    model = KalmanFilter(k_endog=1, k_states=15)
    model.bind(logs)
    design = np.zeros((1, 15, len(logs)))
    design[0, :2] = 1
    design[0, 3 + (FIRST_MONTH + np.arange(len(logs))) % 12, np.arange(len(logs))] = 1
    noise, first = np.zeros((15, 15)), np.zeros((15, 15))
    noise[0, 0], noise[3:, 3:] = start, kind.drift**2 * sum_to_zero
    first[0, 0] = start if kind.trend else start / (1 - LINEAR.reversion**2)
    first[1, 1] = LINEAR.start_mean_variance
    first[2, 2] = kind.trend * LINEAR.trend_deviation**2
    first[3:, 3:] = kind.season**2 * sum_to_zero
    transition = np.diag([1.0 if kind.trend else LINEAR.reversion, *np.ones(14)])
    transition[0, 2] = kind.trend
    model["design"] = design
    model["transition"] = transition
    model["selection"], model["state_cov"] = np.eye(15), noise
    model["obs_cov"] = np.array([[kind.noise * start]])
    model.initialize_known(np.array([0, logs[0, 0], *np.zeros(13)]), first)
    return model.filter()


@pytest.mark.parametrize("nth", [1, 9, 17, 29, 30, 35, 38])
def test_without_clipping_a_filter_is_that_of_statsmodels(nth: int) -> None:
    logs, kind = simulated(), filter_kinds(LINEAR)[nth]
    bank, reference = run_filters(logs, FIRST_MONTH, LINEAR), by_statsmodels(logs, kind)
    ours = np.column_stack(
        [
            bank.level[:, 0, nth],
            bank.mean[:, 0, nth],
            bank.trend[:, 0, nth],
            bank.season[:, 0, nth],
        ]
    )
    np.testing.assert_allclose(ours, reference.filtered_state.T, atol=1e-6)
    expected = reference.forecasts_error[0]
    expected[0] = np.nan  # a first value is no surprise
    np.testing.assert_allclose(bank.innovations[:, 0, nth], expected, atol=1e-6)


def test_series_side_by_side_are_filtered_as_if_alone() -> None:
    """Also where one begins later than the other."""
    logs = np.column_stack([simulated()[:, 0], 2 * simulated()[::-1, 0]])
    logs[:30, 1] = np.nan
    together = run_filters(logs, FIRST_MONTH)
    for column in (0, 1):
        alone = run_filters(logs[:, [column]], FIRST_MONTH)
        np.testing.assert_allclose(together.level[:, [column]], alone.level, atol=1e-12)
        np.testing.assert_allclose(together.forecast(5)[:, [column]], alone.forecast(5), atol=1e-12)


def test_an_outlier_moves_the_level_little_and_a_jump_is_taken_over_in_its_second_month() -> None:
    """Ten times the level for a month, and from then on; every filter by itself."""
    usual = 5 + np.random.default_rng(0).normal(0, 0.05, (60, 1))
    outlier, jump = usual.copy(), usual.copy()
    outlier[50] += np.log(10)
    jump[50:] += np.log(10)
    after_outlier, after_jump = (
        run_filters(logs, 0).forecast(1)[51, 0] for logs in (outlier, jump)
    )
    assert (after_outlier - 5 < 0.5).all()
    np.testing.assert_allclose(after_jump, 5 + np.log(10), atol=0.3)


def test_after_a_jump_the_old_level_comes_back_as_fast() -> None:
    """Two months of ten times the level."""
    spike = 5 + np.random.default_rng(0).normal(0, 0.05, (60, 1))
    spike[50:52] += np.log(10)
    np.testing.assert_allclose(run_filters(spike, 0).forecast(1)[53, 0], 5, atol=0.3)


def test_only_filters_with_a_trend_follow_growth_and_their_forecasts_of_it_fade() -> None:
    """Three percent a month for eight years without noise, ten years ahead."""
    growing = 5 + 0.03 * np.arange(96.0)[:, np.newaxis]
    bank = run_filters(growing, 0)
    trending = np.array([kind.trend for kind in filter_kinds()])
    next_year = bank.forecast(12)[-1, 0] - growing[-1, 0]
    assert (next_year[trending] > 0.25).all()
    assert (next_year[~trending] < 0.12).all()
    grown = [bank.forecast(ahead)[-1, 0, trending] - growing[-1, 0] for ahead in (12, 60, 120)]
    assert (np.diff(grown, axis=0) > 0).all()
    assert (grown[2] < 0.03 * 60).all()


def test_the_combination_is_the_weighted_mean_of_the_filters() -> None:
    bank = run_filters(simulated(), FIRST_MONTH)
    weights = np.random.default_rng(2).dirichlet(np.ones(39), bank.level.shape[:2])
    combined = bank.combined(weights, 14)
    for ahead in (1, 14):
        np.testing.assert_allclose(
            combined[..., ahead - 1], (bank.forecast(ahead) * weights).sum(axis=2), atol=1e-10
        )
