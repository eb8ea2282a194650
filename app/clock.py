"""What time it is: handed to whatever acts on it, so that any day can be lived through."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Tells the instant that it is, with its zone."""

CLOCK_TOLERANCE = timedelta(minutes=1)
"""How far the clocks of machines that share a store may differ."""


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)
