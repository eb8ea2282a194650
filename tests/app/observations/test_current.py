"""Which figure is the current one for a month: the rule, case by case."""

from datetime import date
from itertools import permutations

import pytest

from app.observations.current import choose_current
from app.observations.observation import Observation, Qualifier, Status
from forecasting import Month

APRIL = Month.parse("2024-04")


def said(
    value: int | None,
    source: str,
    day: str,
    *,
    qualifier: str = "exact",
    rounding_unit: int = 1,
    release: int = 1,
) -> Observation:
    return Observation(
        APRIL,
        value,
        Status.PROVISIONAL,
        Qualifier(qualifier),
        rounding_unit,
        source,
        date.fromisoformat(day),
        release,
    )


def value_of(*figures: Observation) -> int | None:
    """The current value, which must not depend on the order in which the figures are read."""
    chosen = {choose_current(order) for order in permutations(figures)}
    assert len(chosen) == 1
    figure = chosen.pop()
    return figure.value if figure else None


def test_nothing_is_current_where_nothing_is_known() -> None:
    assert choose_current([]) is None


def test_an_official_figure_beats_a_newer_one_of_the_press() -> None:
    assert (
        value_of(
            said(128_884, "cbp", "2024-05-15"), said(130_000, "press", "2024-06-01", release=2)
        )
        == 128_884
    )


def test_an_official_figure_beats_the_press_on_the_same_day() -> None:
    assert (
        value_of(
            said(128_900, "press", "2024-05-15", release=2), said(128_884, "cbp", "2024-05-15")
        )
        == 128_884
    )


def test_within_a_source_the_newest_release_beats_the_older() -> None:
    assert (
        value_of(said(128_884, "cbp", "2024-05-15"), said(128_895, "cbp", "2024-06-20", release=2))
        == 128_895
    )


def test_a_release_that_is_loaded_late_does_not_become_the_newest() -> None:
    assert (
        value_of(
            said(128_895, "cbp", "2024-06-20", release=1),
            said(128_884, "cbp", "2024-05-15", release=2),
        )
        == 128_895
    )


def test_on_one_day_the_later_recorded_beats_the_earlier() -> None:
    assert (
        value_of(
            said(1_000, "cbp", "2024-05-15", release=7), said(1_001, "cbp", "2024-05-15", release=8)
        )
        == 1_001
    )


def test_on_one_day_exact_beats_vague_whatever_was_recorded_first() -> None:
    exact = said(128_884, "press", "2024-05-15", release=1)
    vague = said(140_000, "press", "2024-05-15", qualifier="about", rounding_unit=1_000, release=2)
    assert value_of(exact, vague) == 128_884


def test_the_newspaper_figure_of_may_2024_stands_until_the_release() -> None:
    """On 7 May 2024 a newspaper reported that about 129,000 were expected for April."""
    expected = said(129_000, "press", "2024-05-07", qualifier="about", rounding_unit=1_000)
    assert value_of(expected) == 129_000


def test_the_newspaper_figure_of_may_2024_gives_way_to_the_official_one() -> None:
    expected = said(129_000, "press", "2024-05-07", qualifier="about", rounding_unit=1_000)
    rounded = said(128_900, "press", "2024-05-15", qualifier="about", rounding_unit=100, release=2)
    official = said(128_895, "cbp", "2024-10-22", release=3)
    assert value_of(expected, rounded) == 128_900
    assert value_of(expected, rounded, official) == 128_895


def test_a_vague_figure_that_agrees_with_a_more_exact_one_replaces_nothing() -> None:
    exact = said(128_884, "press", "2024-05-15")
    vague = said(129_000, "press", "2024-06-01", qualifier="about", rounding_unit=1_000, release=2)
    assert value_of(exact, vague) == 128_884


def test_a_vague_figure_that_agrees_with_a_more_exact_vague_one_replaces_nothing() -> None:
    finer = said(128_900, "press", "2024-05-15", qualifier="about", rounding_unit=100)
    coarser = said(
        129_000, "press", "2024-06-01", qualifier="about", rounding_unit=1_000, release=2
    )
    assert value_of(finer, coarser) == 128_900


def test_a_vague_figure_that_contradicts_an_older_exact_one_replaces_it() -> None:
    exact = said(128_884, "press", "2024-05-15")
    vague = said(140_000, "press", "2024-06-01", qualifier="about", rounding_unit=1_000, release=2)
    assert value_of(exact, vague) == 140_000


@pytest.mark.parametrize(
    ("qualifier", "limit", "expected"),
    [
        ("more_than", 250_000, 251_487),
        ("more_than", 260_000, 260_000),
        ("less_than", 260_000, 251_487),
        ("less_than", 250_000, 250_000),
    ],
)
def test_a_limit_replaces_an_exact_figure_only_where_it_contradicts_it(
    qualifier: str, limit: int, expected: int
) -> None:
    exact = said(251_487, "press", "2024-05-15")
    vague = said(limit, "press", "2024-06-01", qualifier=qualifier, rounding_unit=1_000, release=2)
    assert value_of(exact, vague) == expected


def test_a_vague_official_figure_does_not_replace_an_exact_official_one_that_it_agrees_with() -> (
    None
):
    exact = said(128_884, "cbp", "2024-05-15")
    vague = said(129_000, "cbp", "2024-06-01", qualifier="about", rounding_unit=1_000, release=2)
    assert value_of(exact, vague) == 128_884


def test_a_rounded_figure_of_ohss_never_replaces_an_exact_one_of_cbp() -> None:
    assert (
        value_of(
            said(128_884, "cbp", "2024-05-15"),
            said(128_880, "ohss", "2025-02-28", rounding_unit=10, release=2),
        )
        == 128_884
    )


def test_a_rounded_figure_of_ohss_stands_where_cbp_published_none() -> None:
    assert (
        value_of(
            said(129_000, "press", "2024-05-07", qualifier="about", rounding_unit=1_000),
            said(128_880, "ohss", "2025-02-28", rounding_unit=10, release=2),
        )
        == 128_880
    )


def test_a_withdrawn_figure_is_known_to_be_missing() -> None:
    chosen = choose_current(
        [said(128_884, "cbp", "2024-05-15"), said(None, "cbp", "2024-06-20", release=2)]
    )
    assert chosen is not None
    assert chosen.value is None
    assert chosen.published_on == date(2024, 6, 20)


def test_where_one_source_withdrew_its_figure_that_of_another_stands() -> None:
    assert (
        value_of(
            said(128_884, "cbp", "2024-05-15"),
            said(None, "cbp", "2024-06-20", release=2),
            said(128_880, "ohss", "2025-02-28", rounding_unit=10, release=3),
        )
        == 128_880
    )


def test_a_figure_can_be_given_again_after_it_was_withdrawn() -> None:
    assert (
        value_of(
            said(128_884, "cbp", "2024-05-15", release=1),
            said(None, "cbp", "2024-06-20", release=2),
            said(128_895, "cbp", "2024-07-15", release=3),
        )
        == 128_895
    )
