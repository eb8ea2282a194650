from typing import Any

import numpy as np
import pytest
from scipy import stats

from forecasting import MeasurementNoise, MonthlySeries
from forecasting.arrays import Array
from forecasting.measurement.noise import DEGREES_OF_FREEDOM
from forecasting.measurement.revisions import RevisionDistribution, learn_revisions
from forecasting.measurement.smoothing import (
    SmoothedSeries,
    correct_measurements,
    smooth_measurements,
)

LEVEL = 10_000.0
HISTORY = np.round(LEVEL * np.exp(np.cumsum(np.random.default_rng(4).normal(0, 0.1, 60))))


def smoothed(
    values: Array, errors: dict[int, MeasurementNoise], draws: int = 2000
) -> SmoothedSeries:
    """`errors` by how many months before the last."""
    measurement = [errors.get(len(values) - 1 - at) for at in range(len(values))]
    series = MonthlySeries("2015-01", values, measurement)
    return smooth_measurements(series, draws, np.random.default_rng(0))


def ends_in(*last: Any) -> Array:
    return np.append(HISTORY, last)


def monthly_change(values: Array) -> float:
    """The scale of monthly changes."""
    return learn_revisions(np.diff(np.log1p(values)), RevisionDistribution(0.0, 0.2), 2.0).scale


@pytest.mark.parametrize(
    "error",
    [MeasurementNoise(scale=0.08), MeasurementNoise(beyond=0.1), MeasurementNoise(scale=0.002)],
)
def test_the_last_month_is_the_one_that_bayes_gives(error: MeasurementNoise) -> None:
    """Against a fine grid: the change to it times how likely its figure is."""
    values = ends_in(HISTORY[-1] * 1.3)
    stated, before = np.log1p(values[-1]), np.log1p(values[-2])
    points = np.linspace(stated - 1.5, stated + 1.5, 200_001)
    likelihood = (
        stats.expon(scale=error.beyond).pdf(points - stated)
        if error.beyond
        else stats.t(DEGREES_OF_FREEDOM, scale=error.scale).pdf(points - stated)
    )
    density = (
        stats.t(DEGREES_OF_FREEDOM, scale=monthly_change(values)).pdf(points - before) * likelihood
    )
    expected = (points * density).sum() / density.sum()
    spread = np.sqrt((points**2 * density).sum() / density.sum() - expected**2)
    answer = smoothed(values, {0: error})
    assert np.log1p(answer.series.values[-1]) == pytest.approx(expected, abs=0.1 * spread)
    assert answer.deviations[:, -1].std() == pytest.approx(spread, rel=0.15)
    assert abs(answer.deviations[:, -1].mean()) < 0.02 * spread


def test_plausible_word_of_mouth_is_believed_and_a_wild_rumor_is_not() -> None:
    error = MeasurementNoise(below=0.004, above=0.004, outlier_probability=0.2)
    plausible = smoothed(ends_in(HISTORY[-1] * 0.94), {0: error})
    wild = smoothed(ends_in(HISTORY[-1] * 10), {0: error})
    assert plausible.outlier_probability[-1] < 0.06
    assert not plausible.is_outlier.any()
    assert plausible.series.values[-1] == pytest.approx(HISTORY[-1] * 0.94, rel=0.01)
    assert wild.outlier_probability[-1] > 0.98
    assert wild.is_outlier.tolist() == [False] * 60 + [True]
    np.testing.assert_array_equal(wild.series.values, HISTORY)
    assert not wild.deviations.any()


def test_probability_of_worthless_is_that_of_bayes() -> None:
    """Against a fine grid, for a figure that halves the level."""
    values = ends_in(HISTORY[-1] / 2)
    stated, before = np.log1p(values[-1]), np.log1p(values[-2])
    change = stats.t(DEGREES_OF_FREEDOM, scale=monthly_change(HISTORY))
    points = np.linspace(-0.3, 0.3, 20_001) + stated
    likelihood = stats.t(DEGREES_OF_FREEDOM, scale=0.02).pdf(points - stated)
    good = 0.7 * np.trapezoid(change.pdf(points - before) * likelihood, points)
    rumor = 0.3 * stats.cauchy().pdf(stated - before)
    answer = smoothed(values, {0: MeasurementNoise(scale=0.02, outlier_probability=0.3)})
    assert answer.outlier_probability[-1] == pytest.approx(rumor / (rumor + good), abs=0.03)


def test_later_figures_speak_for_a_jump() -> None:
    """A halving that the next, official figure confirms was no rumor."""
    error = MeasurementNoise(scale=0.005, outlier_probability=0.2)
    alone = smoothed(ends_in(HISTORY[-1] / 2), {0: error})
    confirmed = smoothed(ends_in(HISTORY[-1] / 2, HISTORY[-1] / 2), {1: error})
    refuted = smoothed(ends_in(HISTORY[-1] / 2, HISTORY[-1]), {1: error})
    assert confirmed.outlier_probability[-2] < 0.5 * alone.outlier_probability[-1]
    assert refuted.outlier_probability[-2] > 0.98
    assert np.isnan(refuted.series.values[-2])


def test_months_without_doubt_are_as_they_were() -> None:
    answer = smoothed(ends_in(9000, 9100), {2: MeasurementNoise(scale=0.02)})
    assert np.flatnonzero(answer.series.values != ends_in(9000, 9100)).tolist() == [59]
    assert np.flatnonzero(answer.deviations.any(axis=0)).tolist() == [9]


def test_errors_of_long_ago_are_let_be_unless_they_may_be_worthless() -> None:
    old = smoothed(HISTORY, {30: MeasurementNoise(scale=0.02)})
    np.testing.assert_array_equal(old.series.values, HISTORY)
    rumor = HISTORY.copy()
    rumor[29] *= 12
    answer = smoothed(rumor, {30: MeasurementNoise(outlier_probability=0.2)})
    assert np.flatnonzero(np.isnan(answer.series.values)).tolist() == [29]


def test_three_figures_are_kept_whatever_they_are() -> None:
    answer = smoothed(
        np.array([100.0, 9000.0, 3.0]),
        {back: MeasurementNoise(outlier_probability=1.0) for back in range(3)},
    )
    assert answer.series.observed_count == 3


def test_draws_of_neighboring_months_belong_together() -> None:
    """Two doubtful months in a row: what the one is says something of the other."""
    error = MeasurementNoise(scale=0.2)
    answer = smoothed(ends_in(HISTORY[-1], HISTORY[-1]), {0: error, 1: error})
    first, second = answer.deviations[:, -2:].T
    assert np.asarray(np.corrcoef(first, second))[0, 1] > 0.2


def test_corrections_know_nothing_of_later_figures() -> None:
    """A halving that later figures confirm is first taken for a rumor, and a small one believed."""
    error = MeasurementNoise(scale=0.005, outlier_probability=0.2)
    biased = MeasurementNoise(location=0.02, scale=0.01)
    values = ends_in(HISTORY[-1] * 0.95, HISTORY[-1] / 20, HISTORY[-1] / 20)
    errors = [*[None] * 58, biased, None, error, error, None]
    corrected = correct_measurements(MonthlySeries("2015-01", values, errors))
    assert corrected.values[58] == pytest.approx(values[58] * np.exp(0.02), rel=0.001)
    assert corrected.values[60] == pytest.approx(values[60])
    assert np.isnan(corrected.values[61])
    np.testing.assert_array_equal(corrected.values[[59, 62]], values[[59, 62]])
