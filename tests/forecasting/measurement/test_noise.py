import numpy as np
import pytest
from scipy import stats

from forecasting import MeasurementNoise
from forecasting.measurement.noise import DEGREES_OF_FREEDOM, t_log_density, t_quantiles


def test_t_is_that_of_scipy() -> None:
    levels = np.array([0.0005, 0.1, 0.5, 0.8, 0.9995])
    np.testing.assert_allclose(
        t_quantiles(levels), stats.t(DEGREES_OF_FREEDOM).ppf(levels), atol=1e-12
    )
    at = np.array([-3.0, 0.0, 0.2])
    np.testing.assert_allclose(
        t_log_density(at, 0.5), stats.t(DEGREES_OF_FREEDOM, scale=0.5).logpdf(at)
    )


@pytest.mark.parametrize(
    "error",
    [
        MeasurementNoise(location=0.002, scale=0.004),
        MeasurementNoise(below=0.01, above=0.02),
        MeasurementNoise(scale=0.003, below=0.004, above=0.004),
        MeasurementNoise(below=0.005, above=0.005, beyond=0.01),
        MeasurementNoise(scale=0.01, beyond=-0.02),
    ],
)
def test_nodes_are_the_sum_of_the_parts(error: MeasurementNoise) -> None:
    """Against draws of the parts: the mean, and the ends of the 80 % interval."""
    rng = np.random.default_rng(1)
    drawn = (
        error.location
        + error.scale * rng.standard_t(DEGREES_OF_FREEDOM, 200_000)
        + rng.uniform(-error.below, error.above, 200_000)
        + error.beyond * rng.exponential(1, 200_000)
    )
    points, weights = error.nodes
    assert weights.sum() == pytest.approx(1)
    assert (np.diff(points) >= 0).all()
    assert points @ weights == pytest.approx(drawn.mean(), abs=0.05 * drawn.std())
    ends = np.interp([0.1, 0.9], np.cumsum(weights) - weights / 2, points)
    np.testing.assert_allclose(ends, np.quantile(drawn, [0.1, 0.9]), atol=0.1 * drawn.std())


def test_counts_become_logs() -> None:
    error = MeasurementNoise.of_count(999, rounding=100, beyond=-50)
    assert error.below == pytest.approx(np.log(1000 / 900))
    assert error.above == pytest.approx(np.log(1100 / 1000))
    assert error.beyond == pytest.approx(-np.log(1000 / 950))


def test_no_count_is_below_zero() -> None:
    error = MeasurementNoise.of_count(3, rounding=5)
    assert error.below == pytest.approx(np.log(4))
    assert error.above == pytest.approx(np.log(9 / 4))


@pytest.mark.parametrize(
    "part", ["location", "scale", "below", "above", "beyond", "outlier_probability"]
)
def test_is_exact_without_any_part(part: str) -> None:
    assert MeasurementNoise().is_exact
    assert not MeasurementNoise(**{part: 0.1}).is_exact


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"scale": -0.1}, "scale is -0.1, expected 0 or more"),
        ({"above": float("nan")}, "above is nan, expected a finite number"),
        (
            {"outlier_probability": 1.5},
            "outlier_probability is 1.5, expected a probability of 0 to 1",
        ),
    ],
)
def test_wrong_parts_are_named(parts: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MeasurementNoise(**parts)
