"""Which hierarchies are to be reconciled."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np

from app.forecasts import store as forecasts
from app.forecasts.inputs import observed_count, to_series_with_noise
from app.forecasts.lookup import ForecastLookup, look_up_live_forecasts
from app.forecasts.specification import Specification
from app.observations.observation import Status
from app.observations.queries import get_history
from app.observations.store import all_series
from app.reconciliation import store
from app.reconciliation.computation import DueReconciliation
from app.reconciliation.hierarchies import Hierarchy, Place, find_hierarchies
from app.storage.database import Session
from forecasting import Month, MonthlySeries

MOST_SERIES = 200  # of a hierarchy: its paths are held in memory, some 4 MB a series
METHOD = 2  # raised when a change of the reconciliation makes archived ones out of date


def find_due(
    session: Session, specification: Specification, *, today: date
) -> list[DueReconciliation]:
    """The hierarchies to reconcile.

    One with a series whose forecast is missing waits for it; one of more than 200 series is left
    as it is.
    """
    found = {
        one.inputs.history.series.key: one
        for one in look_up_live_forecasts(session, specification, today=today)
    }
    rows = [series for series in all_series(session) if not series.covariate]
    places = [Place.of(series) for series in rows]
    closed = _closed_series(session, places, today=today)
    uncertain = {key: _uncertain_months(one) for key, one in found.items()}
    certain = {
        key: kept
        for key, one in found.items()
        if (kept := _without(one.inputs.series, uncertain[key])) is not None
    }
    due = []
    for hierarchy in find_hierarchies(places, certain, closed):
        members = {key: found[key] for key in hierarchy.members}
        ids = {key: one.archived.id for key, one in members.items() if one.archived is not None}
        version = _version(hierarchy, members, specification)
        if len(members) > MOST_SERIES or len(ids) < len(members):
            continue
        if store.is_current(session, version, ids.values()):
            continue
        pool = members[hierarchy.members[0]].inputs.pool
        due.append(
            DueReconciliation(
                version,
                hierarchy,
                specification,
                pool,
                histories={key: one.inputs.series for key, one in members.items()},
                uncertain={key: uncertain[key] for key in members},
                forecast_ids=ids,
            )
        )
    return due


def load_paths(session: Session, due: DueReconciliation) -> dict[str, bytes]:
    """The stored paths of the forecasts to reconcile, by key."""
    return {key: forecasts.paths(session, number) for key, number in due.forecast_ids.items()}


def _uncertain_months(found: ForecastLookup) -> tuple[Month, ...]:
    """Months whose figures were stated vaguely or unreliably."""
    return tuple(
        observation.period
        for observation in found.inputs.provisional
        if observation.vague or observation.status is Status.LOW_RELIABILITY
    )


def _without(series: MonthlySeries, months: Collection[Month]) -> MonthlySeries | None:
    """The series without some of its figures; None if no figure is left."""
    values = series.values.copy()
    for month in months:
        values[month - series.start] = np.nan
    return None if np.isnan(values).all() else MonthlySeries(series.start, values)


def _closed_series(
    session: Session, places: Sequence[Place], *, today: date
) -> dict[str, MonthlySeries]:
    found = {}
    for place in places:
        if place.closed:
            history = get_history(session, place.key, today=today)
            if observed_count(history):
                found[place.key] = to_series_with_noise(session, history)[0]
    return found


def _version(
    hierarchy: Hierarchy, members: Mapping[str, ForecastLookup], specification: Specification
) -> str:
    """Names what a reconciliation depends on."""
    digest = hashlib.sha256(f"{METHOD}|{specification}\n".encode())
    for key, one in members.items():
        digest.update(f"{key}|{one.inputs.data_version}\n".encode())
    for each in hierarchy.sums:
        digest.update(f"{each}\n".encode())
    for key, residual in hierarchy.residuals.items():
        digest.update(f"{key}|{residual.start}|".encode() + residual.values.tobytes())
    return digest.hexdigest()
