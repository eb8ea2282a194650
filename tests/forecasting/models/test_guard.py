"""The guard is tested on fits that no real model should make."""

import warnings
from typing import Any

import numpy as np
import pytest

from forecasting import MonthlySeries
from forecasting.arrays import Array
from forecasting.distribution import Parameters
from forecasting.fit_warnings import FitError, FitWarning
from forecasting.models.gaussian import GaussianFit
from forecasting.models.guard import CheckedFit, check_paths, fit_checked
from forecasting.models.model import Fitted

pytestmark = pytest.mark.slow  # fits models, or starts processes

SAID = FitWarning("library", {"text": "said by the model"})
SERIES = MonthlySeries("2020-01", np.expm1(8 + 0.2 * (np.arange(40) % 2)))


def paths(median: float, deviation: float) -> np.ndarray:
    """(200, 36) log paths around one level."""
    fit = GaussianFit(np.full(36, median), np.eye(36) * deviation**2, {})
    return fit.simulate(36, 200, np.random.default_rng(0))


def test_a_sober_forecast_passes() -> None:
    check_paths(paths(8.1, 0.3), SERIES)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (paths(8.1, 5), "interval is far wider"),
        (paths(20, 0.3), "median leaves the range"),
        (paths(3, 0.3), "median leaves the range"),
        (np.full((200, 36), np.nan), "forecast is not finite"),
        (np.full((200, 36), np.inf), "forecast is not finite"),
    ],
)
def test_an_absurd_forecast_is_refused(odd: Array, reason: str) -> None:
    with pytest.raises(FitError, match=reason):
        check_paths(odd, SERIES)


class Fake:
    """A model whose fit says and raises what it is told to."""

    def __init__(self, *, says: tuple[str, ...] = (), raises: Exception | None = None) -> None:
        self.says = says
        self.raises = raises

    def fit(self, series: MonthlySeries, start: Parameters | None, /) -> Fitted:
        for message in self.says:
            warnings.warn(message, RuntimeWarning, stacklevel=2)
        if self.raises is not None:
            raise self.raises
        return GaussianFit(np.full(36, 8.1), np.eye(36), {}, (SAID,))


def texts(checked: CheckedFit) -> list[str]:
    return [str(warning) for warning in checked.warnings]


class Held(Fake):
    """A model that forecasts whatever level it is told to hold."""

    def refilter(self, series: MonthlySeries, parameters: Parameters, /) -> Fitted:
        return GaussianFit(np.full(36, parameters["level"][0]), np.eye(36), parameters)


def test_parameters_are_held_unless_a_refit_is_asked_for_or_nothing_is_known() -> None:
    levels = [
        fit_checked(Held(), SERIES, start, refit=refit).fitted.parameters
        for start, refit in (({"level": (8.2,)}, False), ({"level": (8.2,)}, True), (None, False))
    ]
    assert levels == [{"level": (8.2,)}, {}, {}]


def test_a_model_whose_held_parameters_have_become_absurd_is_fitted() -> None:
    checked = fit_checked(Held(), SERIES, {"level": (20.0,)}, refit=False)
    assert checked.fitted.parameters == {}
    assert texts(checked) == ["said by the model"]


def test_warnings_of_a_fit_are_kept_once_short_and_never_shown(recwarn: Any) -> None:
    long = "Maximum likelihood did  not\nconverge. " + "See the manual. " * 40
    checked = fit_checked(Fake(says=(long, "overflow encountered in exp", long)), SERIES, None)
    assert texts(checked) == [
        "said by the model",
        "Maximum likelihood did not converge",
        "overflow encountered in exp",
    ]
    assert not recwarn.list


@pytest.mark.parametrize(
    "error",
    [np.linalg.LinAlgError("Singular matrix"), ValueError("bad"), FloatingPointError("underflow")],
)
def test_a_failed_fit_says_why(error: Any) -> None:
    with pytest.raises(FitError, match=rf"fit failed \({error}\)"):
        fit_checked(Fake(raises=error), SERIES, None)


def test_an_error_of_the_program_is_not_taken_for_a_failed_fit() -> None:
    with pytest.raises(AttributeError, match="no such thing"):
        fit_checked(Fake(raises=AttributeError("no such thing")), SERIES, None)


def test_a_forecast_that_is_certain_of_zero_is_refused() -> None:
    series = MonthlySeries("2020-01", [3, 0, 2, 1, 0, 0])
    with pytest.raises(FitError, match="forecast is certain of zero"):
        check_paths(paths(-1, 0.3), series)
