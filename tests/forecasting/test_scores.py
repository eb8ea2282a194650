from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from forecasting.arrays import Array
from forecasting.scores import (
    crps_from_samples,
    interval_coverage,
    mean_absolute_scaled_error,
    pinball_loss,
    weighted_interval_score,
)

LEVELS = [0.025, 0.25, 0.5, 0.75, 0.975]
finite = st.floats(-1e6, 1e6)
five = arrays.arrays(np.float64, 5, elements=finite).map(np.sort)
samples = arrays.arrays(np.float64, st.integers(2, 25), elements=finite)


@given(five, finite)
def test_wis_is_the_interval_scores_weighted_as_published(
    quantiles: Array, observed: float
) -> None:
    """Bracher et al. (2021), eq. 1 and 3: w_0 = 1/2, w_k = alpha_k / 2, over K + 1/2."""
    total = abs(observed - quantiles[2]) / 2
    for lower, upper, alpha in (
        (quantiles[0], quantiles[4], 0.05),
        (quantiles[1], quantiles[3], 0.5),
    ):
        below, above = max(lower - observed, 0), max(observed - upper, 0)
        total += alpha / 2 * ((upper - lower) + 2 / alpha * (below + above))
    assert weighted_interval_score(quantiles, LEVELS, observed) == pytest.approx(
        total / 2.5, abs=1e-6
    )


def test_wis_of_a_hand_case() -> None:
    """Median 10, 50 % interval 8 to 13, observed 15: (5/2 + (0.5/2) * (5 + (2/0.5) * 2)) / 1.5."""
    score = weighted_interval_score([8, 10, 13], [0.25, 0.5, 0.75], 15)
    assert score == pytest.approx((2.5 + 0.25 * (5 + 4 * 2)) / 1.5)


@given(five, finite)
def test_pinball_loss_is_that_of_scoringrules(quantiles: Array, observed: float) -> None:
    expected = [
        scoringrules.quantile_score(observed, q, tau)
        for q, tau in zip(quantiles, LEVELS, strict=True)
    ]
    np.testing.assert_allclose(pinball_loss(quantiles, LEVELS, observed), expected, atol=1e-6)


@given(samples, finite)
def test_crps_is_the_fair_one_of_scoringrules(drawn: Array, observed: float) -> None:
    expected = scoringrules.crps_ensemble(observed, drawn, estimator="fair")
    assert crps_from_samples(drawn, observed) == pytest.approx(expected, abs=1e-5)


def test_crps_of_many_normal_samples_is_the_closed_form() -> None:
    drawn = np.random.default_rng(0).normal(3, 2, 200_000)
    assert crps_from_samples(drawn, 4.5) == pytest.approx(
        scoringrules.crps_normal(4.5, 3, 2), rel=0.01
    )


def test_crps_does_not_reward_or_punish_few_samples() -> None:
    """The mean score of 3 samples is that of the distribution they are drawn from."""
    rng = np.random.default_rng(1)
    observed = rng.normal(size=100_000)
    scores = crps_from_samples(rng.normal(size=(3, 100_000)), observed)
    assert scores.mean() == pytest.approx(1 / np.sqrt(np.pi), rel=0.02)


def test_scores_of_many_cells_are_those_of_each() -> None:
    rng = np.random.default_rng(2)
    quantiles, drawn, observed = (
        np.sort(rng.normal(size=(4, 3, 5))),
        rng.normal(size=(9, 4, 3)),
        rng.normal(size=(4, 3)),
    )
    wis, crps = (
        weighted_interval_score(quantiles, LEVELS, observed),
        crps_from_samples(drawn, observed),
    )
    assert wis.shape == crps.shape == (4, 3)
    for cell in np.ndindex(4, 3):
        assert wis[cell] == pytest.approx(
            weighted_interval_score(quantiles[cell], LEVELS, observed[cell])
        )
        assert crps[cell] == pytest.approx(crps_from_samples(drawn[:, *cell], observed[cell]))


@given(five, finite, st.floats(0.1, 100))
def test_wis_is_in_the_units_of_the_figures(
    quantiles: Array, observed: float, factor: float
) -> None:
    one = weighted_interval_score(quantiles, LEVELS, observed)
    other = weighted_interval_score(quantiles * factor, LEVELS, observed * factor)
    assert other == pytest.approx(one * factor, rel=1e-6, abs=1e-4)


def test_coverage_counts_the_ends_as_inside() -> None:
    assert interval_coverage([1, 1, 1, 1], [3, 3, 3, 3], [1, 3, 3.1, 0.9]) == 0.5


def test_mase_is_one_for_the_error_that_history_made() -> None:
    history = np.arange(24.0)
    assert mean_absolute_scaled_error([36, 12], [24, 24], history) == 1.0
    assert mean_absolute_scaled_error([36, 12], [24, 24], history, period=1) == 12.0


def test_mase_skips_changes_that_a_missing_month_hides() -> None:
    history = [0, 10, float("nan"), 5, 7]
    assert mean_absolute_scaled_error([1], [0], history, period=1) == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pinball_loss([1, 2], [0.5], 1), r"quantiles has shape \(2,\), levels \(1,\)"),
        (lambda: pinball_loss([1], [1.0], 1), r"levels are \[1.0\], expected all between 0 and 1"),
        (lambda: pinball_loss([np.nan], [0.5], 1), "quantiles holds a value that is not finite"),
        (lambda: weighted_interval_score([2, 1], [0.1, 0.9], 1), "quantiles cross"),
        (lambda: weighted_interval_score([2, 1], [0.1], 1), r"quantiles has shape \(2,\)"),
        (lambda: crps_from_samples([1.0], 1), "samples has 1 draws, expected at least 2"),
        (lambda: crps_from_samples([[1.0], [2.0]], 1), r"samples has shape \(2, 1\)"),
        (
            lambda: crps_from_samples([1.0, 2.0], np.inf),
            "observed holds a value that is not finite",
        ),
        (lambda: interval_coverage([1], [1, 2], [1]), "lower has shape"),
        (lambda: interval_coverage([], [], []), "not empty"),
        (lambda: mean_absolute_scaled_error([1], [1, 2], [1, 2]), r"forecasts has shape \(1,\)"),
        (
            lambda: mean_absolute_scaled_error([1], [1], [5, 5, 5], 1),
            "no change over 1, so there is no scale",
        ),
        (
            lambda: mean_absolute_scaled_error([1], [1], [5, 6]),
            "history of 2 months has no change over 12",
        ),
        (
            lambda: mean_absolute_scaled_error([1], [1], [5, 6], 0),
            "period is 0, expected 1 or more",
        ),
    ],
)
def test_what_does_not_fit_is_named(call: Callable[..., Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
