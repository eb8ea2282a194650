"""Models by name: one module each, loaded when first asked for.

A model is a module with a function `fit` (see `forecasting.models.model.Model`) and, where fitting
is a search, a function `refilter` that holds what an earlier fit found (see `Refilterable`). To add
one, write the module, name it here, and run the conformance suite. Nothing heavier than numpy is
imported until a model is loaded.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import cast

from forecasting.models.blas import one_blas_thread
from forecasting.models.model import Model, PooledModel, WithPool
from forecasting.pool import Pool

BASELINE = "log-random-walk"

_MODULES: Mapping[str, str] = MappingProxyType(
    {
        "auto": "forecasting.models.auto",
        "log-random-walk": "forecasting.models.log_random_walk",
        "seasonal-naive": "forecasting.models.seasonal_naive",
        "structural": "forecasting.models.structural",
        "sarima": "forecasting.models.sarima",
        "ets": "forecasting.models.ets",
        "theta": "forecasting.models.theta",
        "combination": "forecasting.models.combination",
    }
)

MODELS: tuple[str, ...] = tuple(_MODULES)
"""The names of the models that `forecast` knows."""

POOLED = frozenset({"auto"})
"""Models that take something from other series: their `fit` accepts a pool."""


def require_known(name: str) -> None:
    """Raises ValueError listing the names there are, without loading any model."""
    if name not in _MODULES:
        raise ValueError(f"model is {name!r}, expected one of {', '.join(MODELS)}")


def load(name: str, pool: Pool | None = None) -> Model:
    """The model of this name, which fits every series with `pool` where it takes one.

    Raises ValueError listing the names there are.
    """
    require_known(name)
    with one_blas_thread():
        module = import_module(_MODULES[name])
    if name in POOLED:
        return WithPool(cast(PooledModel, module), pool)
    return cast(Model, module)
