from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from forecasting import (
    Effect,
    Forecast,
    MeasurementNoise,
    Month,
    MonthlySeries,
    apply_effects,
    assume_counts,
    forecast,
)

JUNE = Month.parse("2024-06")
SERIES = MonthlySeries("2024-01", [10, 20, 30, 40], [None, None, None, MeasurementNoise(scale=0.1)])


def test_assumed_months_follow_the_figures_and_those_between_are_missing() -> None:
    assumed = assume_counts(SERIES, {JUNE: 60})
    assert assumed.end == JUNE
    np.testing.assert_array_equal(assumed.values, [10, 20, 30, 40, np.nan, 60])


def test_assumed_months_are_exact_and_the_doubt_of_figures_stays() -> None:
    assumed = assume_counts(SERIES, {JUNE: 60})
    assert assumed.measurement == (None, None, None, MeasurementNoise(scale=0.1), None, None)


def test_nothing_assumed_changes_nothing() -> None:
    assert assume_counts(SERIES, {}) is SERIES


def test_a_forecast_starts_from_what_is_assumed(seasonal: Callable[[int], MonthlySeries]) -> None:
    series = seasonal(60)
    high = forecast(assume_counts(series, {series.end + 1: 50_000}), 3, "log-random-walk")
    assert high.periods[0] == series.end + 2
    assert high.median[0] == pytest.approx(50_000, rel=0.01)


def made(paths: list[list[int]] | NDArray[np.int64]) -> Forecast:
    return Forecast(Month.parse("2024-04"), np.asarray(paths, dtype=float), "log-random-walk")


def test_an_effect_multiplies_every_path_from_its_month_on() -> None:
    changed = apply_effects(made([[10, 20, 30], [1, 2, 3]]), [Effect(JUNE, 2.0)])
    np.testing.assert_allclose(changed.paths, [[10, 40, 60], [1, 4, 6]])


def test_effects_add_up_as_factors() -> None:
    effects = [Effect(JUNE, 2.0), Effect(JUNE + 1, 0.5)]
    np.testing.assert_allclose(apply_effects(made([[10, 10, 10]]), effects).paths, [[10, 20, 10]])


def test_an_uncertain_effect_lies_within_its_bounds_in_eight_of_ten_paths() -> None:
    """Log-normal: a tenth of the factors below 2 / 1.5 and a tenth above 2 * 1.5."""
    changed = apply_effects(made(np.full((2000, 3), 1000)), [Effect(JUNE, 2.0, 1.5)])
    np.testing.assert_allclose(
        changed.quantiles([0.1, 0.5, 0.9])[1], [1333.3, 2000, 3000], rtol=0.002
    )
    np.testing.assert_array_equal(changed.paths[:, 0], 1000)


def test_an_uncertain_effect_is_the_same_in_all_months_of_a_path() -> None:
    changed = apply_effects(made(np.full((50, 3), 1000)), [Effect(JUNE, 2.0, 1.5)])
    np.testing.assert_array_equal(changed.paths[:, 1], changed.paths[:, 2])
    assert np.unique(changed.paths[:, 1]).size == 50


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, same, other = (
        apply_effects(made(np.full((50, 3), 1000)), [Effect(JUNE, 2.0, 1.5)], seed)
        for seed in (1, 1, 2)
    )
    assert one.paths.tobytes() == same.paths.tobytes() != other.paths.tobytes()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: assume_counts(SERIES, {SERIES.end: 5}),
            "2024-04 is assumed, expected a month after 2024-04",
        ),
        (
            lambda: assume_counts(SERIES, {JUNE: -1}),
            "2024-06 is assumed to be -1, expected a count of 0 or more",
        ),
        (lambda: assume_counts(SERIES, {JUNE: np.inf}), "2024-06 is assumed to be inf"),
        (lambda: Effect(JUNE, 0), "factor is 0, expected a number above 0"),
        (lambda: Effect(JUNE, 2, 0.5), "uncertainty is 0.5, expected a factor of 1 or more"),
    ],
)
def test_what_cannot_be_assumed_is_named(call: Callable[..., Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
