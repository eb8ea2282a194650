"""Series that several test files forecast."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import settings

from forecasting import MonthlySeries

settings.register_profile("forecasting", max_examples=60, deadline=None)
settings.load_profile("forecasting")


@pytest.fixture(scope="session")
def seasonal() -> Callable[[int], MonthlySeries]:
    """n months around 5,000 with a season and a wandering level, the same for every call."""

    def make(months: int) -> MonthlySeries:
        level = np.cumsum(np.random.default_rng(20).normal(0, 0.08, months))
        season = 0.3 * np.sin(2 * np.pi * np.arange(months) / 12)
        return MonthlySeries("1999-10", np.round(5000 * np.exp(level + season)))

    return make
