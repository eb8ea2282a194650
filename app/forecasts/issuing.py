"""An issued forecast: from the archive, or computed here and archived."""

from dataclasses import dataclass
from datetime import date

from app.clock import Clock
from app.evaluation.track_record import TrackRecord, get_track_record
from app.execution.processes import compute
from app.forecasts import store
from app.forecasts.inputs import ForecastInputs, load_inputs
from app.forecasts.pools import get_or_learn_pool, select_pool
from app.forecasts.specification import Specification
from app.forecasts.store import ForecastKey
from app.forecasts.tables import ForecastRow
from app.storage.database import Database


@dataclass(frozen=True, slots=True)
class IssuedForecast:
    """A forecast with the inputs that it was made from."""

    inputs: ForecastInputs
    archived: ForecastRow

    @property
    def stale(self) -> bool:
        """Whether the figures are newer than the forecast, whose successor is being computed."""
        return self.archived.data_version != self.inputs.data_version


def issue_forecast(
    database: Database,
    clock: Clock,
    key: str,
    specification: Specification,
    *,
    as_of: date | None = None,
) -> IssuedForecast:
    """The forecast of one series, from the archive or computed in this process.

    Raises what `load_inputs` raises.
    """
    with database.reading() as session:
        today = clock().date()
        pool = select_pool(session, specification.model, today=today, as_of=as_of)
        given = load_inputs(session, key, today=today, as_of=as_of, pool=pool)
        forecast_key = ForecastKey(given.history.series.id, given.data_version, specification, pool)
        archived = store.find_forecast(session, forecast_key)
    if archived is None:
        computed = compute(given.series, specification, get_or_learn_pool(database, clock, pool))
        with database.writing() as session:
            store.archive(session, forecast_key, computed, issued_at=clock(), live=as_of is None)
        with database.reading() as session:
            archived = store.find_forecast(session, forecast_key)
    assert archived is not None
    return IssuedForecast(given, archived)


def track_record_for(database: Database, issued: IssuedForecast) -> TrackRecord | None:
    """How forecasts by the same model have done, as could be known on the forecast's day."""
    history, model = issued.inputs.history, issued.archived.model
    with database.reading() as session:
        return get_track_record(
            session, history.series.id, history.series.key, model, as_of=history.as_of
        )
