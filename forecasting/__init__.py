"""The statistics: arrays and frozen dataclasses in, distributions out."""

from forecasting.month import Month, months_between

__all__ = ["Month", "months_between"]
