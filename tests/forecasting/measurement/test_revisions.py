import numpy as np
import pytest
from scipy import stats

from forecasting.measurement.revisions import (
    PRIOR_SCALE,
    RevisionDistribution,
    learn_revisions,
    learn_revisions_by_age,
)

POOL = RevisionDistribution(0.002, 0.01)


def test_without_a_past_the_prior_or_the_pool_stands() -> None:
    assert learn_revisions([]) == RevisionDistribution(0.0, PRIOR_SCALE)
    learned = learn_revisions([np.nan], POOL)
    assert (learned.location, learned.scale) == pytest.approx((POOL.location, POOL.scale))


def test_a_long_past_speaks_for_itself() -> None:
    """Against maximum likelihood by scipy."""
    changes = stats.t(4, loc=0.003, scale=0.02).rvs(2000, random_state=3)
    _, location, scale = stats.t.fit(changes, fix_df=4)
    learned = learn_revisions(changes)
    assert learned.location == pytest.approx(location, abs=0.0002)
    assert learned.scale == pytest.approx(scale, rel=0.01)


def test_few_revisions_are_shrunk_to_the_pool() -> None:
    wide = learn_revisions(np.array([-0.05, 0.04, 0.05]), POOL).scale
    assert POOL.scale < wide < 0.03
    assert learn_revisions(np.zeros(3), POOL).scale < POOL.scale


def test_one_restatement_of_8_percent_leaves_the_scale_in_the_order_of_the_rest() -> None:
    changes = stats.t(4, scale=0.002).rvs(40, random_state=5)
    usual = learn_revisions(changes)
    restated = learn_revisions(np.append(changes, 0.08))
    assert restated.scale < 1.15 * usual.scale
    assert abs(restated.location) < abs(usual.location) + 0.0005


def test_each_age_has_an_error_of_its_own() -> None:
    ages = np.repeat([1, 2, 7], 200)
    changes = np.random.default_rng(2).normal(0, np.repeat([0.02, 0.006, 0.0005], 200))
    first, second, last = learn_revisions_by_age(ages, changes, edges=(2, 3))
    assert first.scale > 2 * second.scale > 4 * last.scale


@pytest.mark.parametrize(
    ("ages", "pool", "message"),
    [
        ([1], None, r"ages has shape \(1,\), changes \(2,\), expected the same"),
        ([1, 2], [POOL], "pool has 1 errors, expected one for each of 2 ages"),
    ],
)
def test_what_does_not_fit_is_named(
    ages: list[int], pool: list[RevisionDistribution] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        learn_revisions_by_age(ages, [0.1, 0.2], edges=(2,), pool=pool)
