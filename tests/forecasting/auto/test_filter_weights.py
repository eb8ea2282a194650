"""The filters with the smaller errors get the larger weights."""

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.constants import CONSTANTS
from forecasting.auto.filter_weights import filter_evidence, filter_weights
from forecasting.auto.filters import filter_kinds, run_filters

KINDS = filter_kinds()
SEASONS = sorted({(kind.season, kind.drift) for kind in KINDS})


def evidence(logs: Array) -> Array:
    return filter_evidence(logs, run_filters(logs, 0))


def weight_by_noise(logs: Array) -> Array:
    """(noises,) weight of the filters of each noise ratio in the last month, over all series."""
    weights = filter_weights(evidence(logs), None)[-1].mean(axis=0)
    noise = np.array([kind.noise for kind in KINDS])
    return np.array([weights[noise == one].sum() for one in CONSTANTS.noise])


def test_without_evidence_all_filters_count_alike() -> None:
    weights = filter_weights(np.zeros((2, 1, 4)), None)
    np.testing.assert_allclose(weights, 0.25)


def test_a_log_unit_of_evidence_is_a_factor_of_e() -> None:
    (weights,) = filter_weights(np.array([[[1.0, 0.0]]]), None)[0]
    np.testing.assert_allclose(weights[0] / weights[1], np.e)


def test_weights_sum_to_one_however_strong_the_evidence_is() -> None:
    weights = filter_weights(np.array([[[0.0, -5000.0, 900.0]]]), None)
    np.testing.assert_allclose(weights, [[[0, 0, 1]]], atol=1e-12)


def test_the_evidence_of_all_series_adds_to_that_of_each() -> None:
    own, shared = np.array([[[1.0, 0.0]]]), np.array([[-1.0, 0.0]])
    pooled = filter_weights(own, shared)
    np.testing.assert_allclose(
        pooled, filter_weights(own + CONSTANTS.weight_pool * shared[:, None], None)
    )


def test_noise_around_a_level_favors_filters_with_noise_and_a_walk_those_without() -> None:
    normal = np.random.default_rng(3).normal(0, 0.2, (120, 8))
    walk, noise = weight_by_noise(6 + normal.cumsum(axis=0)), weight_by_noise(6 + normal)
    assert walk[:2].sum() > 0.5
    assert noise[-2:].sum() > 0.5


def test_a_season_favors_filters_with_a_season() -> None:
    season = np.tile(np.linspace(-1, 1, 12), 10)[:, None]
    logs = 6 + season + np.random.default_rng(4).normal(0, 0.05, (120, 1))
    weights = filter_weights(evidence(logs), None)[-1, 0]
    seasonal = np.array([(kind.season, kind.drift) != SEASONS[0] for kind in KINDS])
    assert weights[seasonal].sum() > 0.9  # the others hardly have one


def test_growth_favors_filters_with_a_trend_and_before_it_is_seen_they_hardly_count() -> None:
    noise = np.random.default_rng(6).normal(0, 0.02, (120, 1))
    growing = 6 + 0.03 * np.arange(120)[:, None] + noise
    trending = np.array([kind.trend for kind in KINDS])
    weights = filter_weights(evidence(growing), None)[:, 0][:, trending].sum(axis=1)
    assert weights[1] < 0.001
    assert weights[-1] > 0.9


def test_no_row_knows_what_comes_after_it() -> None:
    logs = 6 + np.random.default_rng(5).normal(0, 0.2, (60, 2)).cumsum(axis=0)
    planted = logs.copy()
    planted[40:] += 5
    np.testing.assert_allclose(evidence(planted)[:40], evidence(logs)[:40])
