import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import MeasurementNoise, Month, MonthlySeries

NAN = float("nan")
counts = st.lists(st.one_of(st.just(NAN), st.floats(0, 1e9)), min_size=1, max_size=40).filter(
    lambda values: not np.isnan(values).all()
)


@given(counts)
def test_begins_and_ends_with_an_observed_month(values: list[float]) -> None:
    series = MonthlySeries("2020-01", values)
    assert series.is_observed[[0, -1]].all()
    assert series.observed_count == np.count_nonzero(~np.isnan(values))
    assert series.months == [series.start + step for step in range(len(series))]
    assert series.months[-1] == series.end


@given(counts)
def test_every_value_keeps_its_month(values: list[float]) -> None:
    series = MonthlySeries("2020-01", values)
    given_values = dict(
        zip((Month.parse("2020-01") + i for i in range(len(values))), values, strict=True)
    )
    for month, value in zip(series.months, series.values, strict=True):
        assert np.array_equal(value, given_values[month], equal_nan=True)


def test_missing_months_at_either_end_are_cut() -> None:
    errors = [MeasurementNoise(scale=scale) for scale in (9, 0.1, 0.2, 0.3, 9, 9)]
    series = MonthlySeries("2023-12", [NAN, 5, NAN, 7, NAN, NAN], measurement=errors)
    assert (series.start, series.end) == (Month.parse("2024-01"), Month.parse("2024-03"))
    np.testing.assert_array_equal(series.values, [5, NAN, 7])
    assert series.measurement == tuple(errors[1:4])


def test_start_is_a_month_or_its_text() -> None:
    assert MonthlySeries(Month.of(2024, 4), [1]).start == MonthlySeries("2024-04", [1]).start


def test_log_values_are_logs_of_one_more_than_the_count() -> None:
    np.testing.assert_allclose(MonthlySeries("2024-01", [0, np.expm1(1.0)]).log_values, [0, 1])


def test_values_cannot_be_changed_by_anyone() -> None:
    mine = np.array([1.0, 2.0])
    series = MonthlySeries("2024-01", mine)
    mine[0] = 99
    assert series.values[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 5


def test_survives_the_way_to_another_process() -> None:
    series = MonthlySeries(
        "2024-01", [1, NAN, 3], measurement=[None, None, MeasurementNoise(scale=0.1)]
    )
    again = pickle.loads(pickle.dumps(series))
    assert again.start == series.start
    np.testing.assert_array_equal(again.values, series.values)
    assert again.measurement == series.measurement


@pytest.mark.parametrize(
    ("measurement", "exact"),
    [
        (None, True),
        ([MeasurementNoise(), None], True),
        ([None, MeasurementNoise(scale=0.01)], False),
        ([MeasurementNoise(outlier_probability=0.1), None], False),
    ],
)
def test_is_exact_unless_a_figure_has_an_error(
    measurement: list[MeasurementNoise | None] | None, exact: bool
) -> None:
    assert MonthlySeries("2024-01", [1, 2], measurement).is_exact is exact


def test_an_error_of_a_missing_month_is_none() -> None:
    assert MonthlySeries("2024-01", [1, NAN, 2], [None, MeasurementNoise(scale=0.1), None]).is_exact


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2]], r"values has shape \(1, 2\), expected one dimension"),
        ([1, -2], r"values\[1\] is -2, expected counts of 0 or more"),
        ([1, float("inf")], r"values\[1\] is infinite"),
        ([NAN, NAN], "values has 2 months and none is observed"),
        ([], "values has 0 months and none is observed"),
    ],
)
def test_wrong_values_are_named(values: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MonthlySeries("2024-01", values)


@pytest.mark.parametrize(
    ("measurement", "message"),
    [
        ([None], "measurement has 1 months, expected one for each of 2 values"),
        ([0.1, None], r"measurement\[0\] is 0.1, expected a MeasurementNoise"),
    ],
)
def test_wrong_measurement_errors_are_named(measurement: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MonthlySeries("2024-01", [1, 2], measurement)
