import numpy as np
import pytest

from forecasting import MonthlySeries, forecast
from forecasting.models.gaussian import LEAST_DEVIATION
from forecasting.models.log_random_walk import monthly_deviation

NAN = float("nan")


def logs(values: list[float]) -> MonthlySeries:
    """A series whose log(1 + count) are the given values."""
    return MonthlySeries("2024-01", np.expm1(values))


def test_quantiles_are_those_of_the_formula() -> None:
    """exp(log(1 + last) + z sigma sqrt(h)) - 1, with sigma = 0.2 and the normal z = 1.959964."""
    quantiles = forecast(logs([8, 8.2, 8, 8.2]), horizon=4, model="log-random-walk").quantiles(
        [0.025, 0.5, 0.975]
    )
    reach = 1.959964 * 0.2 * np.sqrt([1, 2, 3, 4])
    expected = np.expm1(8.2 + np.outer(reach, [-1, 0, 1]))
    np.testing.assert_allclose(quantiles, expected, rtol=2e-3)


def test_a_change_over_a_gap_is_divided_by_its_length() -> None:
    """A change of 0.6 over four months has variance 0.36 / 4, as one of 0.3 over one month."""
    assert monthly_deviation(logs([5, NAN, NAN, NAN, 5.6])) == pytest.approx(0.3)
    assert monthly_deviation(logs([5, 5.3, NAN, NAN, NAN, 5.9])) == pytest.approx(0.3)


def test_a_series_that_never_moved_is_not_certain() -> None:
    assert monthly_deviation(logs([5, 5, 5])) == LEAST_DEVIATION == 0.01


def test_months_depend_on_each_other_as_in_a_random_walk() -> None:
    """Correlation of the months h < k of a random walk is sqrt(h / k)."""
    paths = np.log1p(forecast(logs([8, 8.2, 8, 8.2]), model="log-random-walk", draws=20000).paths)
    assert np.corrcoef(paths[:, 2], paths[:, 11])[0, 1] == pytest.approx(np.sqrt(3 / 12), abs=0.02)
