"""The bands of coverage, against what is known of them."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.bands import coverage_band, coverage_by_series


def cells(inside: np.ndarray, model: str = "auto", log_wis: float = 1.0) -> pd.DataFrame:
    """One series' cells from (origins, horizon) outcomes inside the 80 % interval."""
    origins, horizon = inside.shape
    return pd.DataFrame(
        {
            "model": model,
            "series": "one",
            "origin": np.repeat(
                [f"{2000 + n // 4}-{1 + n % 4 * 3:02}" for n in range(origins)], horizon
            ),
            "horizon": np.tile(np.arange(1, horizon + 1), origins),
            "c80": inside.ravel(),
            "log_wis": log_wis,
        }
    )


def test_the_band_of_independent_outcomes_is_that_of_the_binomial() -> None:
    """Normal approximation: .8 +- 2.326 sqrt(.8 * .2 / 400), from five sets of outcomes."""
    rng = np.random.default_rng(1)
    bands = [coverage_band(cells(rng.random((400, 1)) < 0.8), every=3, seed=0) for _ in range(5)]
    width = np.mean([upper - lower for lower, upper in bands])
    assert width == pytest.approx(2 * 2.326 * np.sqrt(0.8 * 0.2 / 400), rel=0.1)


def test_outcomes_that_stay_together_make_the_band_wider() -> None:
    """Runs of six origins whose twelve months are all inside or outside: 60 cases, not 4,320."""
    runs = np.random.default_rng(1).random(60) < 0.8
    together = cells(np.repeat(runs, 6)[:, None].repeat(12, axis=1))
    apart = cells(np.random.default_rng(1).random((360, 12)) < 0.8)
    widths = [
        upper - lower
        for lower, upper in (coverage_band(rows, every=3, seed=0) for rows in (together, apart))
    ]
    assert widths[0] > 5 * widths[1]


def test_origins_that_do_not_fill_two_blocks_give_no_band() -> None:
    """Eleven of every third month are less than three years.

    Eleven of every twelfth are five blocks.
    """
    rows = cells(np.arange(132).reshape(11, 12) % 5 > 0)
    assert np.isnan(coverage_band(rows, every=3, seed=0)).all()
    assert not np.isnan(coverage_band(rows, every=12, seed=0)).any()


def test_the_table_says_which_series_do_not_hold_their_80_percent() -> None:
    good, bad = (np.arange(240).reshape(60, 4) % 5 > missed for missed in (0, 2))
    rows = pd.concat(
        [
            cells(good),
            cells(bad).assign(series="other"),
            cells(good, "log-random-walk", 2.0),
            cells(bad, "log-random-walk", 0.5).assign(series="other"),
        ]
    )
    found = coverage_by_series(rows, "auto", "log-random-walk", every=3, seed=0)
    assert found["holds .80"].to_dict() == {"one": "yes", "other": "no"}
    assert found.logWIS.to_dict() == {"one": 0.5, "other": 2.0}
    assert found.c80.to_dict() == {"one": 0.8, "other": 0.4}
