"""Reconciling a hierarchy: what workers do, and what goes into the archive."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.forecasts.encoding import decode_paths_with_past, encode_marginals, encode_paths
from app.forecasts.specification import PoolKey, Specification
from app.reconciliation.hierarchies import Hierarchy
from forecasting import Forecast, Member, Month, MonthlySeries, Pool, forecast
from forecasting.reconcile import reconcile_rows


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
    """Forecast the residuals and reconcile; runs in a worker.

    The draws of past months with uncertain figures stay with the paths that they belong to.
    """
    specification, hierarchy = due.specification, due.hierarchy
    joint = {key: decode_paths_with_past(paths) for key, paths in stored.items()}
    members = {
        key: Member(due.histories[key], one.paths, due.uncertain[key]) for key, one in joint.items()
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
    for key, one in reconcile_rows(members, hierarchy.sums, specification.seed).items():
        past = joint.get(key)
        made = Forecast(
            members[key].history.end,
            one.paths,
            specification.model,
            past_months=past.past_months if past else (),
            past_paths=past.past_paths[one.rows] if past else one.paths[:, :0],
        )
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
