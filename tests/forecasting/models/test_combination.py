from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from forecasting import MonthlySeries, forecast
from forecasting.arrays import Array
from forecasting.models.combination import MEMBERS, combine

members = st.tuples(st.integers(1, 4), st.integers(1, 40), st.integers(1, 5)).flatmap(
    lambda shape: arrays.arrays(np.float64, shape, elements=st.floats(-20, 20))
)


@given(members)
def test_quantiles_are_the_mean_of_the_members(drawn: Array) -> None:
    combined = combine(list(drawn))
    np.testing.assert_allclose(
        np.sort(combined, axis=0), np.sort(drawn, axis=1).mean(axis=0), atol=1e-12
    )


@given(arrays.arrays(np.float64, (30, 4), elements=st.floats(-20, 20), unique=True))
def test_alone_a_member_is_unchanged(drawn: Array) -> None:
    np.testing.assert_array_equal(combine([drawn]), drawn)


def test_dependence_is_that_of_the_members() -> None:
    """Two members of correlation 0.8 that disagree on the level give paths of correlation 0.8."""
    rng = np.random.default_rng(0)
    covariance = [[1.0, 0.8], [0.8, 1.0]]
    drawn = [rng.multivariate_normal([level, level], covariance, 5000) for level in (0.0, 9.0)]
    assert np.asarray(np.corrcoef(combine(drawn).T))[0, 1] == pytest.approx(0.8, abs=0.03)


def test_a_forecast_in_the_middle_of_its_members(seasonal: Callable[[int], MonthlySeries]) -> None:
    """On the log scale, as members are averaged; the bound of zero is far away."""
    levels = [0.1, 0.5, 0.9]
    each = [np.log1p(forecast(seasonal(90), model=member).quantiles(levels)) for member in MEMBERS]
    combined = np.log1p(forecast(seasonal(90), model="combination").quantiles(levels))
    np.testing.assert_allclose(combined, np.mean(each, axis=0), rtol=1e-4)


def test_parameters_and_warnings_name_their_member(
    seasonal: Callable[[int], MonthlySeries],
) -> None:
    made = forecast(seasonal(90), model="combination")
    assert {name.split(":")[0] for name in made.parameters} == set(MEMBERS)
    short = forecast(MonthlySeries("2024-01", [5, 9, 4, 8]), model="combination")
    assert "theta left out: needs 10 observed months, got 4" in map(str, short.warnings)
    assert {name.split(":")[0] for name in short.parameters} == {"log-random-walk"}
