"""A small hindcast: two series, two models, backtested on the bundled record."""

from datetime import date

import pytest

from app.database import Database
from app.evaluation.vintages import StoreVintages, outcomes
from forecasting import backtest
from forecasting.report import Report

KEYS = ["usbp.southwest", "usbp.southwest.tucson"]
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def report(loaded: Database) -> Report:
    return backtest(
        outcomes(loaded, KEYS, today=TODAY),
        horizon=6,
        first_origin="2020-12",
        last_origin="2022-12",
        every=2,
        models=["seasonal-naive"],
        vintages=StoreVintages(loaded, KEYS, today=TODAY),
        draws=400,
    )
