"""Measurement error of provisional and vague figures: its distribution, smoothing, propagation."""
