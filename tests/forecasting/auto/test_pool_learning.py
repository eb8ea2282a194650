"""A pool is learned from series of any length and order, and from nothing after its months."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from forecasting import Month, MonthlySeries
from forecasting.auto.constants import CONSTANTS
from forecasting.auto.pool_learning import learn_pool


def walks(months: int = 60, series: int = 6) -> dict[str, MonthlySeries]:
    logs = 7 + np.random.default_rng(7).normal(0, 0.2, (months, series)).cumsum(axis=0)
    counts = np.rint(np.exp(logs))
    return {f"sector.{at}": MonthlySeries("2015-04", counts[:, at]) for at in range(series)}


def test_fewer_series_than_the_smallest_pool_teach_nothing() -> None:
    assert learn_pool(walks(series=CONSTANTS.smallest_pool - 1)) is None
    assert learn_pool(walks(series=CONSTANTS.smallest_pool)) is not None


def test_a_series_with_two_figures_does_not_count() -> None:
    few = walks(series=CONSTANTS.smallest_pool - 1)
    assert learn_pool(few | {"new": MonthlySeries("2015-04", [5, 7])}) is None


def test_the_order_of_the_series_and_their_keys_change_nothing() -> None:
    series = walks()
    pool, turned = learn_pool(series), learn_pool(dict(reversed(series.items())))
    assert pool is not None
    assert turned is not None
    assert pool.version == turned.version


def test_the_pool_spans_the_months_of_all_its_series() -> None:
    series = walks()
    early = MonthlySeries("2014-01", [50, 60, 70])
    pool = learn_pool(series | {"early": early})
    assert pool is not None
    assert (pool.first, pool.last) == (Month.parse("2014-01"), Month.parse("2020-03"))


def test_rows_are_the_same_without_what_comes_after_them() -> None:
    series = walks()
    cut = {key: MonthlySeries("2015-04", one.values[:40]) for key, one in series.items()}
    whole, early = learn_pool(series), learn_pool(cut)
    assert whole is not None
    assert early is not None
    rows, same = (pool.rows(early.first, 40) for pool in (whole, early))
    assert same.evidence == pytest.approx(rows.evidence, abs=1e-5)
    assert same.ratio == pytest.approx(rows.ratio, abs=1e-5)
    assert same.excess_volatility == pytest.approx(rows.excess_volatility, abs=1e-5)


def test_a_pool_of_more_than_the_largest_is_that_of_a_sample() -> None:
    """The same for any order; three of six series are left out."""
    series, few = walks(), replace(CONSTANTS, smallest_pool=2, largest_pool=3)
    samples = {
        pool.version
        for kept in combinations(series.items(), 3)
        if (pool := learn_pool(dict(kept), few)) is not None
    }
    pool, turned = (learn_pool(given, few) for given in (series, dict(reversed(series.items()))))
    assert pool is not None
    assert turned is not None
    assert pool.version == turned.version
    assert pool.version in samples


def test_a_rounding_of_later_figures_changes_nothing_of_earlier_months() -> None:
    series = walks()
    rounded = {
        key: MonthlySeries("2015-04", np.append(one.values[:40], np.round(one.values[40:], -2)))
        for key, one in series.items()
    }
    exact, later = learn_pool(series), learn_pool(rounded)
    assert exact is not None
    assert later is not None
    np.testing.assert_array_equal(exact.evidence[:40], later.evidence[:40])
