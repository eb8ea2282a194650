"""What a series takes from others: nothing, the rows of a pool, or the means of a table."""

import numpy as np

from forecasting.arrays import Array
from forecasting.auto.partial_pooling import (
    LearnedPooling,
    NoPooling,
    PartialPooling,
    RecordingPooling,
)
from forecasting.auto.spread import ScaledAbsoluteErrors, pooled_log_error_ratio
from forecasting.pool import PoolRows

OBSERVED = np.array([[True, True], [True, False], [False, False]])
OWN = np.array([[1.0, 3.0], [1.0, 0.0], [0.0, 0.0]])


def past() -> ScaledAbsoluteErrors:
    return ScaledAbsoluteErrors(np.full((3, 2, 4), 1.5), np.ones((3, 2, 4)))


def filled(value: float, *shape: int) -> Array:
    return np.full(shape, value)


def test_alone_a_series_takes_nothing() -> None:
    alone: PartialPooling = NoPooling()
    taken = [
        alone.evidence(OWN[..., None], OBSERVED),
        alone.excess_volatility(OWN, OBSERVED),
        alone.ratio(past()),
    ]
    assert taken == [None] * 3


def test_from_a_pool_a_series_takes_the_rows_whatever_its_own_are() -> None:
    rows = PoolRows(filled(1, 3, 5), filled(4, 3), filled(5, 3, 4))
    pooling = LearnedPooling(rows)
    assert pooling.evidence(OWN[..., None], OBSERVED) is rows.evidence
    assert pooling.excess_volatility(OWN, OBSERVED) is rows.excess_volatility
    assert pooling.ratio(past()) is rows.ratio


def test_together_series_take_the_mean_of_those_that_have_a_figure() -> None:
    """With two, with one, and without any."""
    joint = RecordingPooling()
    np.testing.assert_allclose(joint.evidence(OWN[..., None], OBSERVED)[:, 0], [2, 1, 0])
    np.testing.assert_allclose(joint.excess_volatility(OWN, OBSERVED), [2, 1, 0])


def test_together_series_take_the_ratio_of_all() -> None:
    joint = RecordingPooling()
    np.testing.assert_array_equal(joint.ratio(past()), pooled_log_error_ratio(past()))


def test_what_a_table_gave_is_kept_as_the_rows_of_a_pool() -> None:
    joint = RecordingPooling()
    joint.evidence(OWN[..., None], OBSERVED)
    joint.excess_volatility(OWN, OBSERVED)
    joint.ratio(past())
    rows = PoolRows(**joint.kept)
    np.testing.assert_allclose(rows.evidence[:, 0], [2, 1, 0])
    assert rows.ratio.shape == (3, 4)
