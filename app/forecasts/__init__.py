"""Issuing, archiving and serving forecasts."""
