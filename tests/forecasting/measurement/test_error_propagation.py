import numpy as np
import pytest

from forecasting import MeasurementNoise, MonthlySeries, forecast
from forecasting.arrays import Array
from forecasting.measurement.error_propagation import PropagatedPaths, propagate_errors
from forecasting.models.gaussian import GaussianFit, innovations_covariance

pytestmark = pytest.mark.slow

SMOOTHING = 0.6
DRAWS = 4000


def smoothed(smoothing: float = SMOOTHING, deviation: float = 0.1) -> GaussianFit:
    """Simple exponential smoothing: news of one month moves all later ones by `smoothing`."""
    weights = np.append(1.0, np.full(35, smoothing))
    return GaussianFit(np.full(36, 9.0), innovations_covariance(weights, deviation**2), {})


def propagated(
    deviations: Array, unknown: int = 0, horizon: int = 36, fit: GaussianFit | None = None
) -> PropagatedPaths:
    return propagate_errors(
        fit or smoothed(), deviations, unknown, horizon, np.random.default_rng(1)
    )


def in_month(back: int, size: float) -> Array:
    """Deviations of one month only, normal."""
    deviations = np.zeros((DRAWS, 12))
    deviations[:, -1 - back] = np.random.default_rng(2).normal(0, size, DRAWS)
    return deviations


def test_without_doubt_the_paths_are_those_of_the_fit() -> None:
    plain = smoothed().simulate(5, DRAWS, np.random.default_rng(1))
    answer = propagated(np.zeros((DRAWS, 12)), horizon=5)
    np.testing.assert_array_equal(answer.log_paths, plain)
    assert answer.share == 0.0


@pytest.mark.parametrize("back", [0, 1, 2])
def test_doubt_moves_the_next_month_as_the_model_would(back: int) -> None:
    """Exponential smoothing weights a figure of `back` months ago by a (1 - a)^back."""
    weight = SMOOTHING * (1 - SMOOTHING) ** back
    answer = propagated(in_month(back, 0.2))
    odds = answer.share / (1 - answer.share)
    assert 0.1 * odds**0.5 / 0.2 == pytest.approx(weight, abs=0.03)
    assert answer.log_paths[:, 0].std() == pytest.approx(np.hypot(weight * 0.2, 0.1), rel=0.03)


def test_doubt_of_the_level_stays_for_good() -> None:
    answer = propagated(in_month(0, 0.3), fit=smoothed(1.0, 0.02))
    for ahead in (0, 11, 23, 35):
        expected = np.hypot(0.3, 0.02 * np.sqrt(ahead + 1))
        assert answer.log_paths[:, ahead].std() == pytest.approx(expected, rel=0.1)


def test_an_unknown_month_is_drawn_and_left_out() -> None:
    """One month ahead of an unknown month is two months ahead of the last known one."""
    fit = smoothed(1.0)
    answer = propagated(np.zeros((DRAWS, 12)), unknown=1, horizon=12, fit=fit)
    plain = fit.simulate(13, DRAWS, np.random.default_rng(1))
    np.testing.assert_array_equal(answer.log_paths, plain[:, 1:])
    assert answer.share == pytest.approx(0.5, abs=0.03)


def test_unknown_months_do_not_shorten_the_longest_horizon() -> None:
    answer = propagated(np.zeros((DRAWS, 12)), unknown=2, horizon=36, fit=smoothed(1.0))
    assert answer.log_paths.shape == (DRAWS, 36)
    assert answer.log_paths[:, -1].std() == pytest.approx(0.1 * np.sqrt(38), rel=0.05)


def test_intervals_keep_their_coverage_when_the_last_figure_is_noisy() -> None:
    """A random walk whose last figure is off by as much as it moves in a month."""
    rng = np.random.default_rng(6)
    inside = {"carried": 0, "ignored": 0}
    for _ in range(250):
        true = 9 + np.cumsum(rng.normal(0, 0.1, 61))
        values = np.exp(true[:60])
        values[-1] *= np.exp(rng.normal(0, 0.14))
        for name, error in (("carried", MeasurementNoise(scale=0.1)), ("ignored", None)):
            series = MonthlySeries("2015-01", values, [*[None] * 59, error])
            made = forecast(series, horizon=1, model="log-random-walk", draws=400)
            lower, upper = made.interval(0.8)
            inside[name] += int(lower[0] <= np.exp(true[60]) <= upper[0])
    assert inside["carried"] / 250 == pytest.approx(0.8, abs=0.06)
    assert inside["ignored"] / 250 < 0.7


@pytest.mark.parametrize("draws", [1, 2, 5])
@pytest.mark.parametrize("last", [200.0, 2000.0])
def test_a_handful_of_paths_carries_doubt_too(draws: int, last: float) -> None:
    values = np.append(np.arange(100.0, 150.0), last)
    series = MonthlySeries(
        "2020-01", values, [*[None] * 50, MeasurementNoise(scale=0.1, outlier_probability=0.5)]
    )
    made = forecast(series, model="log-random-walk", draws=draws)
    assert made.paths.shape == (draws, 12)
    assert 0 <= made.provisional_share <= 1
