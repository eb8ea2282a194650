"""What changed: releases, forecasts that moved, and surprises, as events."""
