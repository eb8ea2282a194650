"""A small hindcast: two series, two models, backtested on the bundled record."""

from datetime import date

import pytest

from app.evaluation.store_vintages import StoreVintages, current_outcomes
from app.storage.database import Database
from forecasting import backtest
from forecasting.backtest.report import BacktestReport

KEYS = ["usbp.southwest", "usbp.southwest.tucson"]
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def report(loaded: Database) -> BacktestReport:
    return backtest(
        current_outcomes(loaded, KEYS, today=TODAY),
        horizon=6,
        first_origin="2020-12",
        last_origin="2022-12",
        every=2,
        models=["seasonal-naive"],
        vintages=StoreVintages(loaded, KEYS, today=TODAY),
        draws=400,
    )
