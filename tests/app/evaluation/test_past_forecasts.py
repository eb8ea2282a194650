"""Which of a month's forecasts is shown beside the figure that came, and how that came."""

from datetime import UTC, date, datetime

import pytest

from app.evaluation.past_forecasts import (
    LeadTime,
    PastMonth,
    RangePosition,
    Scored,
    select_one_per_month,
)
from app.evaluation.store import Score
from forecasting import Month

JUNE = Month.of(2025, 6)


def scored(horizon: int, *, forecast: int | None = None) -> Scored:
    score = Score(
        series_id=1,
        model="auto",
        forecast_id=forecast,
        vintage="live" if forecast else "as known",
        origin=JUNE - horizon,
        horizon=horizon,
        target=JUNE,
        observed=100.0,
        wis=1.0,
        log_wis=0.1,
        crps=1.0,
        pit=0.5,
        scaled_error=None,
        baseline_wis=1.0,
        baseline_log_wis=0.1,
        baseline_crps=1.0,
        covered_50=True,
        covered_80=True,
        covered_95=True,
    )
    return score, datetime(2025, 6, 1, tzinfo=UTC) if forecast else None


@pytest.mark.parametrize(
    ("ahead", "horizon"), [("1-3", 2), ("4-6", 5), ("7-12", 8), ("13-24", 14), ("25-36", 35)]
)
def test_of_the_forecasts_made_so_long_before_the_newest_is_shown(ahead: str, horizon: int) -> None:
    hindcast = [scored(months) for months in (2, 5, 8, 11, 14, 17, 35, 36)]
    (shown,) = select_one_per_month(hindcast, LeadTime(ahead))
    assert shown[0].horizon == horizon


def test_a_live_forecast_is_shown_before_one_of_the_hindcast() -> None:
    newest_first = [scored(1), scored(2, forecast=8), scored(2, forecast=7), scored(3, forecast=6)]
    (shown,) = select_one_per_month(newest_first, LeadTime.NEAR)
    assert shown[0].forecast_id == 8


def test_where_there_is_no_forecast_made_so_long_before_none_is_shown() -> None:
    assert select_one_per_month([scored(1)], LeadTime.MIDDLE) == []


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (79, RangePosition.BELOW),
        (80, RangePosition.INSIDE),
        (120, RangePosition.INSIDE),
        (121, RangePosition.ABOVE),
    ],
)
def test_the_ends_belong_to_the_range(value: int, place: RangePosition) -> None:
    month = PastMonth(
        JUNE, JUNE - 1, date(2025, 6, 1), median=100, lower=80, upper=120, value=value
    )
    assert month.place is place
