"""When the next figure is expected, from how long after a month's end figures came so far."""

from datetime import date

import pytest

from app.sources.rhythm import Delays, Expected, delays, expect_next
from forecasting import Month


def published(*releases: tuple[str, str]) -> list[tuple[date, Month]]:
    return [(date.fromisoformat(day), Month.parse(period)) for day, period in releases]


def test_delays_are_counted_from_the_end_of_the_month() -> None:
    past = delays(
        published(("2026-07-17", "2026-06"), ("2026-08-14", "2026-07"), ("2026-09-16", "2026-08"))
    )
    assert past == Delays(median=16, shortest=14, longest=17, releases=3)


def test_a_release_without_a_newer_month_says_nothing_of_the_rhythm() -> None:
    past = delays(
        published(
            ("2026-06-15", "2026-05"),
            ("2026-07-15", "2026-06"),
            ("2026-07-30", "2026-06"),
            ("2026-07-31", "2026-02"),
            ("2026-08-14", "2026-07"),
        )
    )
    assert past == Delays(median=15, shortest=14, longest=15, releases=3)


@pytest.mark.parametrize("late", ["2027-09-01", "2026-08-01"])
def test_what_came_for_another_reason_than_a_rhythm_is_left_out(late: str) -> None:
    """A year later, or before the month was over."""
    rhythm = published(("2026-06-15", "2026-05"), ("2026-07-15", "2026-06"), (late, "2026-08"))
    assert delays(rhythm) is None


def test_few_releases_are_no_rhythm() -> None:
    assert delays(published(("2026-06-15", "2026-05"), ("2026-07-15", "2026-06"))) is None
    assert delays([]) is None


def test_only_the_last_two_years_count() -> None:
    old = [(date(2020 + year, month, 28), Month.of(2020 + year, month) + -1)
           for year in range(4) for month in range(1, 13)]  # fmt: skip
    past = delays([*old, (date(2024, 1, 10), Month.of(2023, 12))])
    assert past == Delays(median=28, shortest=10, longest=28, releases=24)


def test_the_next_month_is_expected_after_the_median_delay() -> None:
    expected = expect_next(Month.of(2026, 8), Delays(16, 14, 32, 24))
    assert expected == Expected(
        Month.of(2026, 9), date(2026, 10, 16), date(2026, 10, 14), date(2026, 11, 1)
    )
