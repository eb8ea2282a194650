import numpy as np
import pytest

from forecasting import MODELS, MonthlySeries, forecast

SERIES = MonthlySeries("2024-01", [100, 130, 90, 120])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"horizon": 0}, "horizon is 0, expected 1 to 36 months"),
        ({"horizon": 37}, "horizon is 37, expected 1 to 36 months"),
        ({"seed": -1}, "seed is -1, expected 0 or more"),
        ({"draws": 0}, "draws is 0, expected 1 or more"),
        ({"model": "prophet"}, f"model is 'prophet', expected one of {', '.join(MODELS)}"),
    ],
)
def test_wrong_arguments_are_named(
    arguments: dict[str, int] | dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        forecast(SERIES, **arguments)


def test_a_model_that_cannot_be_fitted_is_replaced_and_named() -> None:
    made = forecast(SERIES, model="theta")
    [warning] = made.warnings
    assert warning.code == "model_replaced"
    assert str(warning) == "theta: needs 10 observed months, got 4; log-random-walk used instead"
    np.testing.assert_allclose(
        made.quantiles([0.1, 0.9]), forecast(SERIES, model="log-random-walk").quantiles([0.1, 0.9])
    )


def test_counts_held_at_the_bound_are_said() -> None:
    wild = MonthlySeries("2024-01", [0, 90000, 0, 90000, 0, 90000])
    made = forecast(wild, horizon=36, model="log-random-walk")
    assert made.paths.max() == pytest.approx(1000 * 90001, rel=1e-6)
    assert "capped at 1000 times the largest observed" in str(made.warnings[0])


def test_paths_below_zero_on_the_log_scale_are_counts_of_zero() -> None:
    made = forecast(MonthlySeries("2024-01", [3, 0, 2, 0, 1, 0]), model="log-random-walk")
    assert (made.paths[:, 0] == 0).mean() == pytest.approx(0.5, abs=0.01)


def test_models_have_streams_of_their_own() -> None:
    made = {name: forecast(SERIES, model=name, seed=3).paths[:, 0].argsort() for name in MODELS}
    assert len({ranks.tobytes() for ranks in made.values()}) == len(MODELS)
