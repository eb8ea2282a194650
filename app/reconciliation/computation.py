"""Reconciling a hierarchy: what workers do, and what goes into the archive."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.forecasts.encoding import decode_paths, encode_marginals, encode_paths
from app.forecasts.specification import PoolKey, Specification
from app.reconciliation.hierarchies import Hierarchy
from forecasting import Forecast, Member, Month, MonthlySeries, Pool, forecast, reconcile


@dataclass(frozen=True, slots=True)
class DueReconciliation:
    """A hierarchy all of whose series have a forecast of today's figures, not yet reconciled.

    version: names all that the reconciliation depends on
    uncertain: months with vague figures, by key
    """

    version: str
    hierarchy: Hierarchy
    specification: Specification
    pool: PoolKey | None
    histories: Mapping[str, MonthlySeries]
    uncertain: Mapping[str, tuple[Month, ...]]
    forecast_ids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NewReconciled:
    """A reconciled forecast as it goes into the archive; `forecast_id` is None for a residual."""

    key: str
    forecast_id: int | None
    origin: Month
    quantiles: bytes
    paths: bytes


def compute_reconciliation(
    due: DueReconciliation, stored: Mapping[str, bytes], pool: Pool | None
) -> list[NewReconciled]:
    """Forecast the residuals and reconcile; runs in a worker."""
    specification, hierarchy = due.specification, due.hierarchy
    members = {
        key: Member(due.histories[key], decode_paths(paths), due.uncertain[key])
        for key, paths in stored.items()
    }
    for key, residual in hierarchy.residuals.items():
        made = forecast(
            residual,
            specification.horizon,
            specification.model,
            specification.seed,
            draws=specification.draws,
            pool=pool,
        )
        members[key] = Member(residual, made.paths)
    rows = []
    for key, paths in reconcile(members, hierarchy.sums, specification.seed).items():
        made = Forecast(members[key].history.end, paths, specification.model)
        rows.append(
            NewReconciled(
                key=key,
                forecast_id=due.forecast_ids.get(key),
                origin=made.origin,
                quantiles=encode_marginals(made),
                paths=encode_paths(made),
            )
        )
    return rows
