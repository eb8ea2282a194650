"""The statistics: arrays and frozen dataclasses in, distributions out.

Importing this package loads numpy and nothing heavier; a model's libraries are loaded when it first fits.
"""

from forecasting.auto.learning import learn_pool
from forecasting.backtest import Vintage, backtest
from forecasting.batch import forecast_each, forecast_many
from forecasting.distribution import Forecast
from forecasting.forecaster import forecast
from forecasting.measurement import FigureError
from forecasting.models import MODELS
from forecasting.month import Month, months_between
from forecasting.pool import Pool
from forecasting.scenario import Effect, assume, with_effects
from forecasting.series import MonthlySeries

__all__ = [
    "MODELS",
    "Effect",
    "FigureError",
    "Forecast",
    "Month",
    "MonthlySeries",
    "Pool",
    "Vintage",
    "assume",
    "backtest",
    "forecast",
    "forecast_each",
    "forecast_many",
    "learn_pool",
    "months_between",
    "with_effects",
]
