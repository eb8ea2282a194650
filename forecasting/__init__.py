"""The statistics: arrays and frozen dataclasses in, distributions out.

Importing this package loads numpy and nothing heavier; a model's libraries are loaded when it first
fits.
"""

from forecasting.auto.pool_learning import learn_pool
from forecasting.backtest.rolling_origin import Vintage, backtest
from forecasting.batch import forecast_each, forecast_many
from forecasting.distribution import Forecast
from forecasting.fit_warnings import FitWarning
from forecasting.forecaster import forecast
from forecasting.hierarchy import Member, Sum, find_residual
from forecasting.interruption import EstimatedEffect, estimate_effect
from forecasting.measurement.noise import MeasurementNoise
from forecasting.models import MODELS
from forecasting.month import Month, months_between
from forecasting.pool import Pool
from forecasting.reconcile import reconcile
from forecasting.scenario import Effect, apply_effects, assume_counts
from forecasting.series import MonthlySeries

__all__ = [
    "MODELS",
    "Effect",
    "EstimatedEffect",
    "FitWarning",
    "Forecast",
    "MeasurementNoise",
    "Member",
    "Month",
    "MonthlySeries",
    "Pool",
    "Sum",
    "Vintage",
    "apply_effects",
    "assume_counts",
    "backtest",
    "estimate_effect",
    "find_residual",
    "forecast",
    "forecast_each",
    "forecast_many",
    "learn_pool",
    "months_between",
    "reconcile",
]
