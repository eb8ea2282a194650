"""Warnings of fits are codes with values; their English is put together when it is read."""

import json

import pytest

from forecasting.fit_warnings import CODES, FitError, FitWarning

REPLACED = FitWarning(
    "model_replaced",
    {"model": "theta", "replacement": "log-random-walk"},
    FitError("too_few_months", needed=10, observed=4).warning,
)


def test_a_warning_explains_itself_by_its_reason() -> None:
    assert str(REPLACED) == "theta: needs 10 observed months, got 4; log-random-walk used instead"


def test_numbers_are_written_when_they_are_read() -> None:
    rejected = FitWarning("figure_rejected", {"month": "2024-04", "value": 1_290_000.0})
    assert str(rejected).startswith("the figure for 2024-04, 1,290,000, is of low reliability")
    held = FitWarning("held_at_bound", {"share": 0.0184, "times": 1000.0})
    assert str(held) == "1.8% of the sampled counts were capped at 1000 times the largest observed"


def test_a_warning_comes_back_from_json() -> None:
    assert FitWarning.from_json(json.loads(json.dumps(REPLACED.to_json()))) == REPLACED


def test_a_text_of_an_older_version_stays_readable() -> None:
    assert str(FitWarning.from_json("overflow encountered in exp")) == "overflow encountered in exp"


def test_an_error_of_a_fit_says_its_warning() -> None:
    with pytest.raises(FitError, match="all observed values are equal"):
        raise FitError("all_equal")


def test_an_unknown_code_has_no_text() -> None:
    assert "unheard_of" not in CODES
    with pytest.raises(KeyError):
        str(FitWarning("unheard_of"))
