"""The track record: backtests on the store's vintages, and the scores of past forecasts."""
