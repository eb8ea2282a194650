"""API keys: who may write, and who wrote."""
