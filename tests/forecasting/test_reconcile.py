"""Reconciled forecasts: their paths add up, whatever was given."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import Member, Month, MonthlySeries, Sum, reconcile
from forecasting.arrays import Array
from forecasting.coupling import couple
from forecasting.reconcile import reconcile_rows

DRAWS, HORIZON = 40, 5
ORIGIN = Month.parse("2024-06")


def member(level: float, seed: int, *, months: int = 36, end: Month = ORIGIN) -> Member:
    """A made-up series about a level, and paths that start there."""
    rng = np.random.default_rng(seed)
    values = np.rint(level * np.exp(0.2 * rng.standard_normal(months)))
    steps = np.cumsum(0.3 * rng.standard_normal((DRAWS, HORIZON)), axis=1)
    return Member(MonthlySeries(end - (months - 1), values), level * np.exp(steps))


def with_figures(one: Member, figures: list[float]) -> Member:
    """The same with figures for the months after its origin, and the same paths after these."""
    values = np.append(one.history.values, figures)
    return Member(MonthlySeries(one.history.start, values), one.paths)


TREE = [
    Sum("all", "region", ("south", "north")),
    Sum("south", "sector", ("s1", "s2", "s3", "south.sector.other")),
    Sum("south", "family-status", ("adults", "families")),
]
LEVELS = {
    "all": 1000.0,
    "south": 800.0,
    "north": 150.0,
    "s1": 500.0,
    "s2": 90.0,
    "s3": 0.4,
    "south.sector.other": 30.0,
    "adults": 600.0,
    "families": 250.0,
}


def tree(seed: int = 0, **levels: float) -> dict[str, Member]:
    return {
        key: member(level, seed + at)
        for at, (key, level) in enumerate({**LEVELS, **levels}.items())
    }


def assert_counts_add_up(made: dict[str, Array], sums: list[Sum]) -> None:
    for key, paths in made.items():
        assert (paths >= 0).all(), key
        assert (paths == np.rint(paths)).all(), key
    for one in sums:
        parts = np.sum([made[part] for part in one.parts], axis=0)
        np.testing.assert_array_equal(made[one.total], parts, err_msg=str(one))


@settings(max_examples=30, deadline=None)
@given(
    levels=st.fixed_dictionaries(
        {key: st.floats(0, 3e6) | st.just(0.0) | st.floats(0, 3) for key in LEVELS}
    ),
    seed=st.integers(0, 2**31),
)
def test_every_path_adds_up_in_whole_counts_of_zero_or_more(
    levels: dict[str, float], seed: int
) -> None:
    assert_counts_add_up(reconcile(tree(seed, **levels), TREE, seed), TREE)


def test_the_whole_keeps_its_distribution_to_the_nearest_count() -> None:
    members = tree()
    made = reconcile(members, TREE)["all"]
    np.testing.assert_array_equal(
        np.sort(made, axis=0), np.sort(np.rint(members["all"].paths), axis=0)
    )


def test_the_counts_of_the_whole_are_in_the_order_of_the_sums_of_its_parts() -> None:
    members = {key: member(1e6, seed) for seed, key in enumerate(("a", "all", "b"))}
    coupled = couple(
        [one.history for one in members.values()], [one.paths for one in members.values()], seed=5
    )
    made = reconcile(
        {"all": members["all"], "b": members["b"], "a": members["a"]},
        [Sum("all", "half", ("a", "b"))],
        seed=5,
    )
    sums = coupled[0] + coupled[2]
    np.testing.assert_array_equal(made["all"].argsort(axis=0), sums.argsort(axis=0))


def test_each_path_says_which_row_of_the_given_paths_its_first_month_continues() -> None:
    members = tree()
    made = reconcile_rows(members, TREE)
    for key, one in made.items():
        assert sorted(one.rows) == list(range(DRAWS))
        given = members[key].paths[one.rows, 0]
        if key in {"south", "s1", "adults", "families"}:
            assert np.corrcoef(given, one.paths[:, 0])[0, 1] > 0.5, key
    np.testing.assert_array_equal(
        made["all"].paths[:, 0], np.rint(members["all"].paths[made["all"].rows, 0])
    )


def test_means_add_up() -> None:
    means = {key: paths.mean(axis=0) for key, paths in reconcile(tree(), TREE).items()}
    np.testing.assert_allclose(means["all"], means["south"] + means["north"])
    np.testing.assert_allclose(means["south"], means["adults"] + means["families"])


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(1, 20), seed=st.integers(0, 1000))
def test_a_larger_whole_has_no_smaller_parts(factor: float, seed: int) -> None:
    members = tree(seed)
    larger = members | {"all": Member(members["all"].history, factor * members["all"].paths)}
    before, after = reconcile(members, TREE), reconcile(larger, TREE)
    for key in LEVELS:
        assert (after[key].mean(axis=0) >= before[key].mean(axis=0) - 1).all(), key


def test_forecasts_that_add_up_already_are_only_reordered() -> None:
    part = member(100, 1)
    members = {"all": Member(part.history, 2 * np.rint(part.paths))}
    members |= dict.fromkeys(("a", "b"), Member(part.history, np.rint(part.paths)))
    made = reconcile(members, [Sum("all", "half", ("a", "b"))])
    for key, one in members.items():
        difference = np.sort(made[key], axis=0) - np.sort(one.paths, axis=0)
        assert np.abs(difference).max() <= 1


def test_the_same_arguments_give_the_same_paths_in_any_order_of_the_members() -> None:
    members = tree()
    once = reconcile(members, TREE, seed=3)
    again = reconcile(dict(reversed(members.items())), TREE, seed=3)
    assert all((once[key] == again[key]).all() for key in members)
    assert any((once[key] != reconcile(members, TREE, seed=4)[key]).any() for key in members)


def test_parts_of_a_known_whole_add_up_to_its_figures() -> None:
    members = tree()
    members["south"] = with_figures(members["south"], [777.0, 812.0])
    made = reconcile(members, TREE)
    for sums in TREE[1:]:
        parts = np.sum([made[part][:, :2] for part in sums.parts], axis=0)
        np.testing.assert_array_equal(parts, np.broadcast_to([777.0, 812.0], parts.shape))
    later = np.sum([made[part][:, 2:] for part in TREE[1].parts], axis=0)
    np.testing.assert_array_equal(later, made["south"][:, :3])
    assert (made["all"][:, :2] - made["north"][:, :2] == [777.0, 812.0]).all()


TRUTH = {"all": 1000, "south": 880, "north": 120, "adults": 600, "families": 280}
TRUTH |= {"s1": 700, "s2": 150, "s3": 0, "south.sector.other": 30}


@settings(max_examples=40, deadline=None)
@given(
    known=st.fixed_dictionaries({key: st.integers(0, 3) for key in TRUTH}),
    scale=st.floats(0.01, 100),
    seed=st.integers(0, 1000),
)
def test_forecasts_add_up_with_figures_whatever_is_known_and_for_how_long(
    known: dict[str, int], scale: float, seed: int
) -> None:
    members = {
        key: with_figures(member(scale * LEVELS[key], seed + at), [float(TRUTH[key])] * months)
        for at, (key, months) in enumerate(known.items())
    }
    made = reconcile(members, TREE, seed)
    whole = {
        key: np.hstack([np.full((DRAWS, known[key]), TRUTH[key]), made[key]])[:, :HORIZON]
        for key in TRUTH
    }
    assert_counts_add_up(whole, TREE)


def test_a_whole_is_the_sum_of_parts_that_are_all_known() -> None:
    members = tree()
    members["adults"] = with_figures(members["adults"], [600.0])
    members["families"] = with_figures(members["families"], [250.0])
    made = reconcile(members, TREE)
    assert (made["south"][:, 0] == 850).all()
    assert (np.sum([made[part][:, 0] for part in TREE[1].parts], axis=0) == 850).all()


def test_a_whole_is_never_below_a_part_that_is_known() -> None:
    members = tree()
    members["adults"] = with_figures(members["adults"], [5000.0])
    made = reconcile(members, TREE)
    assert (made["south"][:, 0] == 5000 + made["families"][:, 0]).all()
    assert (made["all"][:, 0] == made["south"][:, 0] + made["north"][:, 0]).all()


def test_figures_that_contradict_a_sum_leave_its_forecasts_as_they_are() -> None:
    members = tree()
    members["south"] = with_figures(members["south"], [100.0])
    members["adults"] = with_figures(members["adults"], [101.0])
    made = reconcile(members, TREE)
    expected = np.rint(members["families"].paths[:, 0])
    np.testing.assert_array_equal(np.sort(made["families"][:, 0]), np.sort(expected))
    assert (np.sum([made[part][:, 0] for part in TREE[1].parts], axis=0) == 100).all()


def test_a_month_without_figure_or_path_of_a_member_is_left_out() -> None:
    members = tree()
    members["north"] = member(150, 9, end=ORIGIN + 2)
    values = members["north"].history.values.copy()
    values[-1] = np.nan
    values[-2] = np.nan
    members["north"] = Member(
        MonthlySeries(members["north"].history.start, np.append(values, 150.0)),
        members["north"].paths,
    )
    made = reconcile(members, TREE)
    np.testing.assert_array_equal(
        np.sort(made["south"][:, 0]), np.sort(np.rint(members["south"].paths[:, 0]))
    )
    assert (made["all"][:, 2] == made["south"][:, 2] + 150).all()


def test_a_vague_figure_binds_nothing() -> None:
    members = tree()
    rumored = with_figures(members["south"], [1_290_000.0])
    members["south"] = Member(rumored.history, rumored.paths, uncertain={ORIGIN + 1})
    made = reconcile(members, TREE)
    assert made["adults"].max() < 10_000
    assert made["all"].max() < 10_000
    np.testing.assert_array_equal(
        made["south"][:, 0], made["adults"][:, 1] + made["families"][:, 1]
    )


OVERLAPPING = [
    Sum("both", "component", ("patrol", "ports", "both.component.other")),
    Sum("both", "region", ("south", "both.region.other")),
    Sum("patrol", "region", ("patrol.south", "patrol.north")),
    Sum("south", "family-status", ("south.adults", "south.families")),
    Sum("patrol.south", "family-status", ("patrol.adults", "patrol.families")),
    Sum("ports", "family-status", ("ports.adults", "ports.families")),
    Sum("south", "component", ("patrol.south", "ports"), overlapping=True),
    Sum("south.adults", "component", ("patrol.adults", "ports.adults"), overlapping=True),
    Sum("south.families", "component", ("patrol.families", "ports.families"), overlapping=True),
]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31), scale=st.floats(0, 1e5))
def test_a_series_can_be_a_part_of_two_wholes(seed: int, scale: float) -> None:
    keys = {key for one in OVERLAPPING for key in (one.total, *one.parts)}
    members = {key: member(scale / (1 + at), seed + at) for at, key in enumerate(sorted(keys))}
    assert_counts_add_up(reconcile(members, OVERLAPPING, seed), OVERLAPPING)


def test_coupling_keeps_the_counts_of_every_month_and_learns_who_moves_together() -> None:
    rng = np.random.default_rng(0)
    moves = np.cumsum(0.2 * rng.standard_normal((3, 120)), axis=1)
    logs = [moves[0], moves[0] + 0.05 * rng.standard_normal(120), moves[1]]
    histories = [MonthlySeries("2014-01", 1000 * np.exp(one)) for one in logs]
    paths = [1000 * np.exp(0.3 * rng.standard_normal((400, 2))) for _ in logs]
    coupled = couple(histories, paths, seed=0)
    for before, after in zip(paths, coupled, strict=True):
        np.testing.assert_array_equal(np.sort(before, axis=0), np.sort(after, axis=0))
    together, apart = (
        np.corrcoef(coupled[0][:, 0], coupled[other][:, 0])[0, 1] for other in (1, 2)
    )
    assert together > 0.9 > 0.7 > apart


@pytest.mark.parametrize(
    ("sums", "message"),
    [
        ([Sum("all", "region", ("south", "west"))], "all by region names west"),
        (
            [Sum("all", "region", ("south",)), Sum("north", "region", ("south",))],
            "south is in two sums, all by region and north by region",
        ),
        ([Sum("a", "x", ("b",)), Sum("b", "x", ("a",))], "part of itself"),
    ],
)
def test_sums_that_do_not_fit_are_refused(sums: list[Sum], message: str) -> None:
    members = {key: member(10, 0) for key in ("all", "south", "north", "a", "b")}
    with pytest.raises(ValueError, match=message):
        reconcile(members, sums)


def test_members_with_different_draws_or_impossible_paths_are_refused() -> None:
    one = member(10, 0)
    fewer = Member(one.history, one.paths[:-1])
    with pytest.raises(ValueError, match="b has 39 draws and a 40"):
        reconcile({"a": one, "b": fewer}, [])
    for paths in (np.array([[-1.0]]), np.array([[np.nan]]), np.zeros((0, 1))):
        with pytest.raises(ValueError, match="paths"):
            Member(one.history, paths)
    assert reconcile({}, []) == {}


def test_a_sum_needs_different_series() -> None:
    for total, parts in (("a", ()), ("a", ("b", "b")), ("a", ("a", "b"))):
        with pytest.raises(ValueError, match="expected one or more different series"):
            Sum(total, "sector", parts)


def test_members_with_different_origins_add_up_in_the_months_that_all_have() -> None:
    members = tree()
    members["adults"] = with_figures(members["adults"], [600.0, 610.0, 620.0])
    made = reconcile(members, TREE)
    both = made["south"][:, 3:] - made["families"][:, 3:]
    np.testing.assert_array_equal(both, made["adults"][:, :2])
    np.testing.assert_array_equal(
        made["south"][:, :3] - made["families"][:, :3], np.tile([600, 610, 620], (DRAWS, 1))
    )
