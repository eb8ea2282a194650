"""Readers who cause computing do not slow those who do not; `benchmarks.overload` in short."""

import os
from pathlib import Path

import pytest

from benchmarks.overload import measure_charts, measure_past_days, serving

pytestmark = pytest.mark.xdist_group("service")

SECONDS = float(os.environ.get("TRIALS_OVERLOAD_SECONDS", "20"))
CLIENTS = 8
CHARTS = 300
MOST_RATIO = 2.0
MOST_SECONDS = 1.0


def test_cached_answers_stay_quick_beside_clients_who_ask_for_past_days(store: Path) -> None:
    with serving(store) as port:
        alone, beside, asked = measure_past_days(port, SECONDS, CLIENTS)
    assert set(beside.statuses) == {200}
    assert asked.statuses[200] > 0
    assert set(asked.statuses) <= {200, 429, 503}
    assert beside.quantile(0.99) <= MOST_RATIO * alone.quantile(0.99)


def test_dropped_charts_cost_the_next_visitor_less_than_a_second(store: Path) -> None:
    with serving(store) as port:
        for told, status, seconds in measure_charts(port, CHARTS):
            assert status == 200, told
            assert seconds < MOST_SECONDS, told
