"""When a publisher's figures are final, and whose border a key belongs to."""

from datetime import date

import pytest

from app.observations.current import EXACT_PRECEDENCE
from app.observations.observation import Status, last_month_of_year, official_status
from app.observations.publishers import (
    BORDERS,
    OFFICIAL_SOURCES,
    PUBLISHERS,
    border_of_key,
    rounding_unit_of,
)
from forecasting import Month


@pytest.mark.parametrize(
    ("source", "period", "last_provisional"),
    [
        ("cbp", "2025-09", "2025-09-30"),
        ("cbp", "2024-10", "2025-09-30"),
        ("ohss", "2024-11", "2025-09-30"),
        ("home-office", "2025-01", "2025-12-31"),
        ("home-office", "2025-12", "2025-12-31"),
        ("segob", "2024-12", "2024-12-31"),
        ("snm", "2025-04", "2025-12-31"),
        ("frontex", "2024-05", "2025-05-31"),
        ("frontex", "2024-12", "2025-12-31"),
    ],
)
def test_figures_are_final_from_the_day_after(
    source: str, period: str, last_provisional: str
) -> None:
    month, day = Month.parse(period), date.fromisoformat(last_provisional)
    assert official_status(month, day, source=source) is Status.PROVISIONAL
    next_day = date.fromordinal(day.toordinal() + 1)
    assert official_status(month, next_day, source=source) is Status.NORMAL


@pytest.mark.parametrize(
    ("period", "year_start", "year"),
    [
        ("2025-09", 10, 2025),
        ("2025-10", 10, 2026),
        ("2025-12", 1, 2025),
        ("2026-06", 7, 2026),
        ("2026-07", 7, 2027),
    ],
)
def test_a_year_is_named_by_its_last_month(period: str, year_start: int, year: int) -> None:
    month = Month.parse(period)
    assert month.reporting_year(year_start) == year
    last = last_month_of_year(year, year_start)
    assert last - 11 <= month <= last
    assert (last + 1).month == year_start


@pytest.mark.parametrize(
    ("key", "border"),
    [
        ("usbp.southwest.tucson", "us"),
        ("frontex.western-balkan", "eu"),
        ("uk.small-boats", "uk"),
        ("mexico.irregular-events", "mexico"),
        ("panama.darien-transits", "panama"),
        ("usbpx.east", "other"),
    ],
)
def test_a_key_belongs_to_the_border_of_its_first_word(key: str, border: str) -> None:
    assert border_of_key(key) == border


def test_every_publisher_is_official_has_a_border_and_a_place_in_the_index() -> None:
    assert set(OFFICIAL_SOURCES) == {"cbp", "ohss", "frontex", "home-office", "segob", "snm"}
    assert EXACT_PRECEDENCE.keys() == set(OFFICIAL_SOURCES)
    assert len(set(EXACT_PRECEDENCE.values())) == len(EXACT_PRECEDENCE)
    for publisher in PUBLISHERS.values():
        assert publisher.year_start == BORDERS[publisher.border].year_start
        assert publisher.url.startswith("https://")
        assert publisher.license


def test_only_ohss_rounds() -> None:
    assert {source: rounding_unit_of(source) for source in (*OFFICIAL_SOURCES, "press")} == {
        "cbp": 1,
        "ohss": 10,
        "frontex": 1,
        "home-office": 1,
        "segob": 1,
        "snm": 1,
        "press": 1,
    }
