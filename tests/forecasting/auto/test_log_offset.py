import numpy as np
import pytest

from forecasting.auto.log_offset import log_offset


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0, 0, 0], 1.0),
        ([3, 7, 12, 25], 1.0),
        ([0, 10, 0, 20, 10], 10 / np.sqrt(12)),
        ([1200, 300, 4500, np.nan, 800], 100 / np.sqrt(12)),
        ([10, 20, 30, 43], 1.0),
        ([1000, 2, 3], 1.0),
    ],
)
def test_the_offset_is_the_deviation_of_the_rounding_and_at_least_one(
    counts: list[float] | list[int], expected: float
) -> None:
    assert log_offset(np.array(counts, dtype=float)) == pytest.approx(expected)
