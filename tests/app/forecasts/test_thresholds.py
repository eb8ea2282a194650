"""Probabilities of exceeding a number, counted on paths by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.forecasts.thresholds import Side, Threshold, threshold_probabilities
from forecasting.distribution import SamplePaths

PATHS = np.array([[1, 5, 2], [4, 1, 1], [1, 1, 4], [1, 6, 9]])
MANY = arrays.arrays(
    np.int64, st.tuples(st.integers(1, 30), st.integers(1, 6)), elements=st.integers(0, 1000)
)


def test_each_month_and_any_time_up_to_it_are_counted_apart() -> None:
    found = threshold_probabilities(SamplePaths(PATHS), Threshold(3))
    assert found.in_month == pytest.approx([0.25, 0.5, 0.5])
    assert found.by_then == pytest.approx([0.25, 0.75, 0.8])  # 4 of 4 draws, and 4 / 5 at most


def test_a_count_equal_to_the_number_does_not_exceed_it() -> None:
    assert threshold_probabilities(SamplePaths(PATHS), Threshold(5)).in_month == pytest.approx(
        [1 / 5, 0.25, 0.25]
    )


@given(paths=MANY, above=st.integers(0, 1100))
def test_no_probability_is_beyond_what_the_draws_can_tell(paths: np.ndarray, above: int) -> None:
    found, draws = threshold_probabilities(SamplePaths(paths), Threshold(above)), paths.shape[0]
    for probabilities in (found.in_month, found.by_then):
        assert (probabilities >= 1 / (draws + 1)).all()
        assert (probabilities <= draws / (draws + 1)).all()


@given(paths=MANY, above=st.integers(0, 1100))
def test_any_time_is_never_less_likely_than_a_month_and_never_falls(
    paths: np.ndarray, above: int
) -> None:
    found = threshold_probabilities(SamplePaths(paths), Threshold(above))
    assert (found.by_then >= found.in_month).all()
    assert (np.diff(found.by_then) >= 0).all()


@given(paths=MANY, above=st.integers(0, 1000), more=st.integers(0, 100))
def test_a_higher_number_is_never_more_likely(paths: np.ndarray, above: int, more: int) -> None:
    assert (
        threshold_probabilities(SamplePaths(paths), Threshold(above + more)).by_then
        <= threshold_probabilities(SamplePaths(paths), Threshold(above)).by_then
    ).all()


def test_below_counts_the_other_side_without_the_number_itself() -> None:
    found = threshold_probabilities(SamplePaths(PATHS), Threshold(4, Side.BELOW))
    assert found.in_month == pytest.approx([0.75, 0.5, 0.5])
    assert found.by_then == pytest.approx([0.75, 0.8, 0.8])


def test_months_in_a_row_are_one_run_and_not_scattered_months() -> None:
    paths = np.array([[9, 1, 9, 9], [9, 9, 1, 1], [1, 9, 1, 9], [9, 9, 9, 1]])
    found = threshold_probabilities(SamplePaths(paths), Threshold(5, run=2))
    assert found.in_month == pytest.approx([0.75, 0.75, 0.5, 0.5])
    assert found.by_then == pytest.approx([1 / 5, 0.5, 0.5, 0.75])


@given(paths=MANY, number=st.integers(0, 1000), run=st.integers(1, 4))
def test_a_longer_run_is_never_more_likely(paths: np.ndarray, number: int, run: int) -> None:
    longer = threshold_probabilities(SamplePaths(paths), Threshold(number, run=run + 1))
    shorter = threshold_probabilities(SamplePaths(paths), Threshold(number, run=run))
    assert (longer.by_then <= shorter.by_then).all()
