"""The effect of an event, from made-up series with a known one."""

import numpy as np
import pytest

from forecasting import EstimatedEffect, Month, MonthlySeries, estimate_effect

EVENT = Month.parse("2023-01")


def interrupted(
    factor: float, *, seed: int, phase_in: int = 1, drift: float = 0.02
) -> MonthlySeries:
    """Ten years of a wandering level, a season, and noise, multiplied from an event on."""
    rng = np.random.default_rng(seed)
    months = np.arange(126)
    logs = 9 + np.cumsum(rng.normal(0, drift, 126)) + 0.2 * np.sin(2 * np.pi * months / 12)
    logs += rng.normal(0, 0.02, 126)
    logs += np.log(factor) * np.clip((months - 120 + 1) / phase_in, 0, 1)
    return MonthlySeries(EVENT - 120, np.round(np.exp(logs)))


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_a_known_effect_is_within_the_interval(factor: float) -> None:
    found = estimate_effect(interrupted(factor, seed=1), EVENT)
    lower, upper = found.interval(0.95)
    assert lower < factor < upper
    assert found.factor == pytest.approx(factor, rel=0.15)


def test_a_ramp_is_found_as_a_ramp() -> None:
    series = interrupted(4.0, seed=2, phase_in=4)
    longer = MonthlySeries(series.start, np.concatenate([series.values, [series.values[-1]] * 4]))
    assert estimate_effect(longer, EVENT, 4).factor == pytest.approx(4.0, rel=0.2)


@pytest.mark.trial
def test_intervals_hold_the_effect_as_often_as_they_say() -> None:
    held = 0
    for seed in range(100):
        lower, upper = estimate_effect(interrupted(1.5, seed=seed, drift=0.05), EVENT).interval(0.8)
        held += lower < 1.5 < upper
    assert 70 <= held <= 95


def test_placebo_dates_come_before_the_event_and_are_not_those_of_others() -> None:
    other = EVENT - 20
    found = estimate_effect(interrupted(2.0, seed=3), EVENT, but_not=[other])
    periods = [one.period for one in found.placebos]
    assert 20 < len(periods) <= 48
    assert other not in periods
    assert max(periods) <= EVENT - 6
    assert found.placebo_share == 0.0


def test_an_effect_can_be_assumed_at_another_month() -> None:
    found = EstimatedEffect(EVENT, 3, np.log(2), 0.1, 1.0, EVENT - 60, EVENT + 8, ())
    effect = found.at(Month.parse("2026-10"))
    assert effect.factor == pytest.approx(2.0)
    assert effect.phase_in == 3
    assert effect.uncertainty == pytest.approx(np.exp(0.12816), rel=1e-4)
    assert found.placebo_share is None


@pytest.mark.parametrize(("months", "phase_in"), [(-110, 0), (4, 0), (0, 6)])
def test_too_few_figures_are_an_error_that_counts_them(months: int, phase_in: int) -> None:
    with pytest.raises(ValueError, match="are observed, expected at least 24 and 3"):
        estimate_effect(interrupted(1.0, seed=0), EVENT + months, phase_in)
