"""Which months an answer shows, and which of them are over."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadParameter
from app.forecasts.span import ForecastSpan, Start, When, choose_span, classify_month
from forecasting import Month

ORIGIN = Month.parse("2026-08")
TODAY = date(2026, 11, 25)


def test_from_the_origin_the_month_after_it_comes_first() -> None:
    span = choose_span(ORIGIN, 3, Start.ORIGIN, TODAY)
    assert [str(month) for month in span.months] == ["2026-09", "2026-10", "2026-11"]
    assert span.columns == slice(0, 3)


def test_from_today_the_current_month_comes_first() -> None:
    span = choose_span(ORIGIN, 3, Start.TODAY, TODAY)
    assert [str(month) for month in span.months] == ["2026-11", "2026-12", "2027-01"]
    assert span.columns == slice(2, 5)
    assert span.warnings == []


def test_a_figure_for_the_current_month_is_followed_by_the_next_one() -> None:
    assert choose_span(Month.parse("2026-11"), 1, Start.TODAY, TODAY).months == [
        Month.parse("2026-12")
    ]


def test_months_beyond_the_longest_forecast_are_left_out_and_that_is_said() -> None:
    span = choose_span(ORIGIN, 36, Start.TODAY, TODAY)
    assert span.months[-1] == ORIGIN + 36
    assert span.warnings == [
        "Forecasts end 36 months after the newest figure, in 2029-08, so 2 months are left out."
    ]


def test_figures_too_old_to_reach_today_are_refused() -> None:
    with pytest.raises(BadParameter, match="2020-01 and forecasts reach 36 months ahead"):
        choose_span(Month.parse("2020-01"), 12, Start.TODAY, TODAY)


def test_months_are_over_under_way_or_to_come() -> None:
    assert [
        classify_month(Month.parse(month), TODAY) for month in ("2026-10", "2026-11", "2026-12")
    ] == [When.PAST_UNPUBLISHED, When.CURRENT, When.FUTURE]


@given(behind=st.integers(0, 36), horizon=st.integers(1, 36))
def test_a_span_never_leaves_what_is_forecast(behind: int, horizon: int) -> None:
    span = choose_span(Month.containing(TODAY) - behind, horizon, Start.TODAY, TODAY)
    assert 1 <= span.first <= span.last <= 36
    assert span == ForecastSpan(span.origin, span.first, span.last, horizon - len(span.months))
