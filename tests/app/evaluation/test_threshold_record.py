"""The record of statements about a number, recomputed one by one."""

from itertools import pairwise
from math import log1p
from statistics import NormalDist

import numpy as np
import pytest

from app.evaluation.store import Score
from app.evaluation.threshold_record import judge_statements, select_past_forecasts
from app.forecasts.thresholds import Side
from forecasting import Month

FIRST = Month.of(2015, 1)
COUNTS = [1000, 1300, 900, 1500, 1200, 800, 2000, 1900]


def score(place: int, horizon: int, *, median: float | None = 1000.0) -> Score:
    """A forecast made in month `place` of the next ones, of which only these numbers matter."""
    return Score(
        series_id=1,
        model="auto",
        forecast_id=None,
        vintage="as known",
        origin=FIRST + place,
        horizon=horizon,
        target=FIRST + place + horizon,
        observed=float(COUNTS[place + horizon]),
        wis=1.0,
        log_wis=1.0,
        crps=1.0,
        pit=0.5,
        scaled_error=None,
        baseline_wis=1.0,
        baseline_log_wis=1.0,
        baseline_crps=1.0,
        covered_50=True,
        covered_80=True,
        covered_95=True,
        median=median,
        lower_80=None if median is None else 0.5 * median,
        upper_80=None if median is None else 3 * median,
    )


def test_a_statement_is_about_as_many_times_the_newest_figure_of_its_time() -> None:
    past = select_past_forecasts([score(place, 1) for place in range(len(COUNTS) - 1)])
    # The first month has no forecast, so its figure is not among the scores.
    assert past.newest.tolist() == COUNTS[1:-1]
    said, happened = judge_statements(past, 1.2, Side.ABOVE)
    assert happened.tolist() == [after > 1.2 * before for before, after in pairwise(COUNTS[1:])]
    normal = NormalDist()
    for number, probability in zip([1.2 * one for one in COUNTS[1:-1]], said, strict=True):
        end = 500 if number < 1000 else 3000
        width = abs(log1p(end) - log1p(1000)) / normal.inv_cdf(0.9)
        assert probability == pytest.approx(1 - normal.cdf((log1p(number) - log1p(1000)) / width))


def test_at_the_ends_of_its_range_a_forecast_says_what_the_range_says() -> None:
    past = select_past_forecasts([score(0, 1), score(1, 1)])
    for number, beyond in ((500, 0.9), (1000, 0.5), (3000, 0.1)):
        said, _ = judge_statements(past, number / COUNTS[1], Side.ABOVE)
        assert said == pytest.approx([beyond])
        below, _ = judge_statements(past, number / COUNTS[1], Side.BELOW)
        assert below == pytest.approx([1 - beyond])


def test_forecasts_without_a_range_and_beyond_a_year_are_left_out() -> None:
    found = select_past_forecasts([score(0, 1), score(1, 1, median=None), score(1, 2)])
    assert found.observed.tolist() == [COUNTS[3]]
    far = score(1, 2)._replace(horizon=13)
    assert select_past_forecasts([score(0, 1), far]).count == 0
    assert np.isfinite(found.newest).all()
