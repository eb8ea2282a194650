"""What past months with uncertain figures truly were, drawn together with the paths."""

import numpy as np
import pytest

from forecasting import Forecast, MeasurementNoise, Month, MonthlySeries, forecast
from forecasting.arrays import Array
from forecasting.measurement.past_paths import sample_past

HISTORY = np.round(10_000 * np.exp(np.cumsum(np.random.default_rng(4).normal(0, 0.1, 60))))
VAGUE = MeasurementNoise(scale=0.05)
RUMOR = MeasurementNoise(below=0.004, above=0.004, outlier_probability=0.2)


def series_of(values: Array, errors: dict[int, MeasurementNoise]) -> MonthlySeries:
    """`errors` by how many months before the last."""
    measurement = [errors.get(len(values) - 1 - at) for at in range(len(values))]
    return MonthlySeries("2015-01", values, measurement)


def forecast_of(series: MonthlySeries) -> Forecast:
    return forecast(series, horizon=3, model="log-random-walk")


def test_exact_figures_have_no_paths() -> None:
    made = forecast_of(series_of(HISTORY, {}))
    assert made.past_months == ()
    assert made.past_paths.shape == (2000, 0)


def test_uncertain_figures_are_drawn_around_what_they_probably_were() -> None:
    made = forecast_of(series_of(HISTORY, {0: MeasurementNoise(scale=0.005), 3: VAGUE, 20: VAGUE}))
    assert [str(month) for month in made.past_months] == ["2019-09", "2019-12"]
    assert made.past_paths.mean(axis=0) == pytest.approx(HISTORY[[-4, -1]], rel=0.1)
    spreads = made.past_paths.std(axis=0) / HISTORY[[-4, -1]]
    assert spreads[0] > 5 * spreads[1] > 0


def test_a_path_goes_on_from_what_its_last_month_was() -> None:
    """In the random walk, a last month that was larger makes all months ahead larger."""
    made = forecast_of(series_of(HISTORY, {0: MeasurementNoise(scale=0.2)}))
    past, ahead = np.log(made.past_paths[:, 0]), np.log(made.paths[:, 0])
    assert np.cov(past, ahead)[0, 1] / past.var() == pytest.approx(1.0, abs=0.1)


def test_a_rejected_last_figure_is_as_good_as_none() -> None:
    """What its month was is what the model forecasts without it."""
    wild = forecast_of(series_of(np.append(HISTORY, 12 * HISTORY[-1]), {0: RUMOR}))
    without = forecast_of(series_of(HISTORY, {}))
    assert [str(month) for month in wild.past_months] == ["2020-01"]
    levels = [0.025, 0.5, 0.975]
    assert np.quantile(wild.past_paths[:, 0], levels) == pytest.approx(
        without.quantiles(levels)[0], rel=0.02
    )


def test_a_rejected_figure_among_others_is_drawn_from_its_neighbors() -> None:
    values = HISTORY.copy()
    values[-3] *= 12
    series = series_of(values, {2: RUMOR})
    for past in (forecast_of(series).past_paths, sample_past(series, series.start, 500, 0).paths):
        low, high = np.sort(HISTORY[[-4, -2]])
        assert 0.8 * low < np.median(past[:, 0]) < 1.2 * high
        assert past[:, 0].max() < values[-3] / 2
    assert sample_past(series, series.start, 500, 0).rejected == (Month.parse("2019-10"),)


def test_months_of_long_ago_can_be_drawn_too() -> None:
    series = series_of(HISTORY, {40: VAGUE, 50: VAGUE})
    past = sample_past(series, series.end - 45, 500, seed=1)
    assert past.months == (series.end - 40,)
    assert past.paths.std() > 0
    assert past.rejected == ()
    assert sample_past(series, series.end + 1, 500, seed=1).paths.shape == (500, 0)


def test_paths_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"past_paths has shape \(2, 1\), expected \(1, 1\)"):
        Forecast(
            Month.parse("2024-04"),
            np.ones((1, 1)),
            "by hand",
            past_months=(Month.parse("2024-03"),),
            past_paths=np.ones((2, 1)),
        )
