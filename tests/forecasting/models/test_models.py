"""Models against an independent calculation of the same thing."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents

from forecasting import MonthlySeries
from forecasting.fit_warnings import FitError
from forecasting.models import ets, sarima, seasonal_naive, structural, theta
from forecasting.models.state_space import forecast_moments

pytestmark = pytest.mark.slow  # fits models, or starts processes

NAN = float("nan")


def test_structural_forecast_is_statsmodels_own(seasonal: Callable[[int], MonthlySeries]) -> None:
    series = seasonal(150)
    model = UnobservedComponents(
        series.log_values,
        level="local level",
        freq_seasonal=[{"period": 12, "harmonics": 6}],
        stochastic_freq_seasonal=[True],
    )
    ours = structural.fit(series, None)
    theirs = model.smooth([ours.parameters[name][0] for name in model.param_names]).get_forecast(36)
    np.testing.assert_allclose(ours.mean, theirs.predicted_mean, rtol=1e-4)
    np.testing.assert_allclose(np.diag(ours.covariance), theirs.var_pred_mean, rtol=1e-3)


def test_sarima_forecast_is_statsmodels_own(seasonal: Callable[[int], MonthlySeries]) -> None:
    series = seasonal(80)
    model = SARIMAX(series.log_values, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))
    ours = sarima.fit(series, None)
    theirs = model.smooth([ours.parameters[name][0] for name in model.param_names]).get_forecast(36)
    np.testing.assert_allclose(ours.mean, theirs.predicted_mean, rtol=1e-3)
    np.testing.assert_allclose(np.diag(ours.covariance), theirs.var_pred_mean, rtol=1e-2)


def test_joint_moments_of_a_state_space_model_are_those_of_its_simulations(
    seasonal: Callable[[int], MonthlySeries],
) -> None:
    """The covariance between months, which no prediction of statsmodels gives."""
    model = UnobservedComponents(seasonal(80).log_values, level="local linear trend")
    results = model.smooth([0.01, 0.02, 0.001])
    _, covariance = forecast_moments(results, 6)
    drawn = results.simulate(6, anchor="end", repetitions=4000, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.cov(np.asarray(drawn).reshape(6, -1)), covariance, rtol=0.12)


@pytest.mark.parametrize("months", [30, 80])
def test_ets_variances_are_statsmodels_own(
    seasonal: Callable[[int], MonthlySeries], months: int
) -> None:
    series = seasonal(months)
    ours = ets.fit(series, None)
    names = set(ours.parameters)
    model = ETSModel(
        pd.Series(series.log_values),
        trend="add" if "smoothing_trend" in names else None,
        damped_trend="smoothing_trend" in names,
        seasonal="add" if "smoothing_seasonal" in names else None,
        seasonal_periods=12 if "smoothing_seasonal" in names else None,
    )
    theirs = model.smooth([ours.parameters[name][0] for name in model.param_names])
    prediction = theirs.get_prediction(start=months, end=months + 35)
    np.testing.assert_allclose(ours.mean, prediction.predicted_mean, atol=1e-8)
    relative = np.diag(ours.covariance) / prediction.forecast_variance
    np.testing.assert_allclose(relative, relative[0], rtol=1e-6)
    assert relative[0] == pytest.approx(months / (months - len(names)))


def test_theta_forecast_is_statsmodels_own(seasonal: Callable[[int], MonthlySeries]) -> None:
    series = seasonal(200)
    theirs = ThetaModel(series.log_values, period=12, method="additive").fit()
    np.testing.assert_allclose(theta.fit(series, None).mean, theirs.forecast(36), rtol=1e-3)


def test_theta_variance_without_a_season_is_that_of_an_arima() -> None:
    """Exponential smoothing with drift is ARIMA(0,1,1) with a constant, by maximum likelihood."""
    rng = np.random.default_rng(5)
    logs = 8 + np.cumsum(rng.normal(0, 0.1, 200)) + rng.normal(0, 0.1, 200)
    theirs = SARIMAX(logs, order=(0, 1, 1), trend="c").fit(disp=False)
    ours = theta.fit(MonthlySeries("2000-01", np.expm1(logs)), None)
    assert ours.covariance[0, 0] == pytest.approx(theirs.params[-1], rel=0.03)


def test_theta_widens_as_exponential_smoothing_does(
    seasonal: Callable[[int], MonthlySeries],
) -> None:
    ours = theta.fit(seasonal(200), None)
    growth = ours.parameters["smoothing"][0] ** 2 * ours.covariance[0, 0]
    np.testing.assert_allclose(np.diff(np.diag(ours.covariance)), growth)


@pytest.mark.parametrize("model", [structural, sarima, ets, theta])
@pytest.mark.parametrize("months", [30, 80])
def test_parameters_held_over_the_series_they_were_fitted_to_give_the_fit(
    seasonal: Callable[[int], MonthlySeries], model: ModuleType, months: int
) -> None:
    fitted = model.fit(seasonal(months), None)
    again = model.refilter(seasonal(months), fitted.parameters)
    np.testing.assert_allclose(again.mean, fitted.mean, rtol=1e-9)
    np.testing.assert_allclose(again.covariance, fitted.covariance, rtol=1e-7, atol=1e-12)
    assert again.parameters == pytest.approx(fitted.parameters, rel=1e-12)


@pytest.mark.parametrize("model", [structural, sarima, ets, theta])
def test_parameters_held_are_the_same_after_new_figures_have_moved_the_forecast(
    seasonal: Callable[[int], MonthlySeries], model: ModuleType
) -> None:
    """Seven months later, one of them missing: a search would have found others."""
    longer = seasonal(87)
    values = longer.values.copy()
    values[83] = NAN
    later = MonthlySeries(longer.start, values)
    fitted = model.fit(seasonal(80), None)
    held = model.refilter(later, fitted.parameters)
    assert held.parameters == pytest.approx(fitted.parameters, rel=1e-12)
    assert np.abs(held.mean[:29] - fitted.mean[7:]).max() > 0.01
    assert model.fit(later, None).parameters != pytest.approx(fitted.parameters, rel=1e-6)


@pytest.mark.parametrize("model", [structural, sarima, ets, theta])
def test_parameters_of_another_form_cannot_be_held(
    seasonal: Callable[[int], MonthlySeries], model: ModuleType
) -> None:
    with pytest.raises(FitError, match=r"parameters.* deviation"):
        model.refilter(seasonal(150), {"deviation": (0.1,)})


def test_seasonal_naive_repeats_the_last_year_and_widens_each_year(
    seasonal: Callable[[int], MonthlySeries],
) -> None:
    series = seasonal(60)
    made = seasonal_naive.fit(series, None)
    changes = series.log_values[12:] - series.log_values[:-12]
    correlation = made.parameters["correlation"][0]
    np.testing.assert_allclose(made.mean, np.tile(series.log_values[-12:], 3))
    variances = np.diag(made.covariance)
    np.testing.assert_allclose(variances[:12], np.mean(changes**2))
    np.testing.assert_allclose(variances[12:24], np.mean(changes**2) * (2 + 2 * correlation**12))


def test_seasonal_naive_looks_further_back_for_a_missing_month(
    seasonal: Callable[[int], MonthlySeries],
) -> None:
    series = seasonal(60)
    values = series.values.copy()
    values[49] = NAN
    made = seasonal_naive.fit(MonthlySeries(series.start, values), None)
    assert made.mean[1] == series.log_values[37]
    assert made.covariance[1, 1] > 1.9 * made.covariance[0, 0]


def test_seasonal_naive_needs_every_calendar_month() -> None:
    values = np.where(np.arange(60) % 12 == 3, NAN, 100.0 + np.arange(60))
    with pytest.raises(FitError, match="a calendar month has never been observed"):
        seasonal_naive.fit(MonthlySeries("2020-01", values), None)


@pytest.mark.parametrize("model", [structural, sarima, ets, theta])
def test_equal_values_have_no_variance_to_estimate(model: ModuleType) -> None:
    with pytest.raises(FitError, match="all observed values are equal"):
        model.fit(MonthlySeries("2020-01", [7.0] * 40), None)


@pytest.mark.parametrize("model", [structural, sarima])
def test_a_season_needs_three_years(
    seasonal: Callable[[int], MonthlySeries], model: ModuleType
) -> None:
    assert not any(
        "seasonal" in name or "S.L12" in name for name in model.fit(seasonal(35), None).parameters
    )
    assert any(
        "seasonal" in name or "S.L12" in name for name in model.fit(seasonal(36), None).parameters
    )
