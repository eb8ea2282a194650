"""Looking up the forecast that is asked for: its pool, its inputs, its key, and the archived one.

A forecast that is found, or was computed and archived then, is an issued one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.errors import TooShortHistory
from app.forecasts import store
from app.forecasts.inputs import ForecastInputs, load_inputs
from app.forecasts.pools import PoolKeyResolver, pool_key_for_series
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.forecasts.tables import ForecastRow
from app.observations.store import all_series
from app.reconciliation.store import ReconciledForecast, newest_reconciled, reconciled_paths
from app.storage.database import Session


@dataclass(frozen=True, slots=True)
class ForecastLookup:
    """What a forecast is made from and called by; `archived` is None if it was never made."""

    inputs: ForecastInputs
    key: ForecastKey
    archived: ForecastRow | None


@dataclass(frozen=True, slots=True)
class IssuedForecast:
    """A forecast with the inputs that it was made from, and as it adds up with those of its
    hierarchy, if it has been reconciled."""

    inputs: ForecastInputs
    archived: ForecastRow
    reconciled: ReconciledForecast | None = None

    @property
    def stale(self) -> bool:
        """Whether the figures are newer than the forecast, whose successor is being computed."""
        superseded = self.reconciled is not None and self.reconciled.superseded
        return superseded or self.archived.data_version != self.inputs.data_version

    @property
    def data_version(self) -> str:
        """The figures that it depends on: those of the whole hierarchy if it is reconciled."""
        return (self.reconciled or self.archived).data_version

    @property
    def quantiles(self) -> bytes:
        """Its quantiles and means, as they are encoded."""
        return (self.reconciled or self.archived).quantiles

    @property
    def issued_at(self) -> datetime:
        return (self.reconciled or self.archived).issued_at

    @property
    def modified(self) -> datetime:
        """When it was issued, or when its figures last changed, if that is later.

        A retraction can bring an older forecast back.
        """
        return max(filter(None, (self.issued_at, self.inputs.history.modified)))


def look_up_inputs(
    session: Session, series_key: str, model: str, *, today: date, as_of: date | None = None
) -> ForecastInputs:
    """What a model's forecast as of a day (default: today) is made from.

    Raises what `load_inputs` raises.
    """
    pool = pool_key_for_series(session, model, series_key, today=today, as_of=as_of)
    return load_inputs(session, series_key, today=today, as_of=as_of, pool=pool)


def look_up_forecast(
    session: Session,
    series_key: str,
    specification: Specification,
    *,
    today: date,
    as_of: date | None = None,
) -> ForecastLookup:
    """The forecast of a series as of a day (default: today). Raises what `load_inputs` raises."""
    model = specification.model
    inputs = look_up_inputs(session, series_key, model, today=today, as_of=as_of)
    return _look_up(session, inputs, specification)


def look_up_live_forecasts(
    session: Session, specification: Specification, *, today: date
) -> Iterator[ForecastLookup]:
    """The forecast of today's figures of every series that can be forecast.

    Those are the series that have not ended, are no covariates, and have enough figures.
    """
    pools = PoolKeyResolver(session, specification.model, today=today)
    for series in all_series(session):
        if series.ended or series.covariate:
            continue
        pool = pools.key_for(series)
        try:
            inputs = load_inputs(session, series.key, today=today, pool=pool)
        except TooShortHistory:
            continue
        yield _look_up(session, inputs, specification)


def add_reconciled(session: Session, issued: IssuedForecast) -> IssuedForecast:
    """The forecast of today's figures as it adds up with those of its hierarchy.

    It stays as it is if it belongs to none, or while its hierarchy has not been reconciled.
    """
    if issued.archived.id is None:  # it is not in the archive
        return issued
    return replace(issued, reconciled=newest_reconciled(session, issued.archived.id))


def load_paths(session: Session, issued: IssuedForecast) -> bytes:
    """The stored paths of an issued forecast."""
    if (made := issued.reconciled) is None:
        return store.paths_of(session, issued.archived)
    return reconciled_paths(session, made.reconciliation_id, made.key)


def _look_up(
    session: Session, inputs: ForecastInputs, specification: Specification
) -> ForecastLookup:
    series = inputs.history.series
    key = ForecastKey(series.id, inputs.data_version, specification, inputs.pool)
    return ForecastLookup(inputs, key, store.find_forecast(session, key))
