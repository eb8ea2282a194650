"""Computing a forecast: what workers do, and what goes into the archive."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from app.forecasts.encoding import encode_marginals, encode_paths
from app.forecasts.specification import Specification
from forecasting import FitWarning, Month, MonthlySeries, Pool, forecast


@dataclass(frozen=True, slots=True)
class Computed:
    """A forecast as it goes into the archive."""

    origin: Month
    quantiles: bytes
    paths: bytes
    parameters: Mapping[str, tuple[float, ...]]
    versions: Mapping[str, str]
    warnings: tuple[FitWarning, ...]
    provisional_share: float


def compute(
    series: MonthlySeries, specification: Specification, pool: Pool | None = None
) -> Computed:
    """Fit and forecast; runs in a worker."""
    made = forecast(
        series,
        specification.horizon,
        specification.model,
        specification.seed,
        draws=specification.draws,
        pool=pool,
    )
    libraries = {name: version(name) for name in ("bordercast", "numpy", "scipy", "statsmodels")}
    return Computed(
        origin=made.origin,
        quantiles=encode_marginals(made),
        paths=encode_paths(made),
        parameters=made.parameters,
        versions={"python": platform.python_version(), **libraries},
        warnings=made.warnings,
        provisional_share=made.provisional_share,
    )
