"""An issued forecast: from the archive, or computed here and archived."""

from dataclasses import dataclass
from datetime import date

from app.clock import Clock
from app.database import Database
from app.evaluation.track_record import TrackRecord, track_record
from app.forecasts import store
from app.forecasts.inputs import Inputs, inputs
from app.forecasts.pooling import obtained, serving
from app.forecasts.specification import Specification
from app.forecasts.store import Identity
from app.forecasts.tables import ForecastRow
from app.forecasts.workers import compute


@dataclass(frozen=True, slots=True)
class Issued:
    """A forecast with the inputs that it was made from."""

    inputs: Inputs
    archived: ForecastRow

    @property
    def stale(self) -> bool:
        """Whether the figures are newer than the forecast, whose successor is being computed."""
        return self.archived.data_version != self.inputs.data_version


def issue(
    database: Database, clock: Clock, key: str, specification: Specification, *, as_of: date | None = None
) -> Issued:
    """The forecast of one series, from the archive or computed in this process.

    Raises what `inputs` raises.
    """
    with database.reading() as session:
        today = clock().date()
        pool = serving(session, specification.model, today=today, as_of=as_of)
        given = inputs(session, key, today=today, as_of=as_of, pool=pool)
        identity = Identity(given.history.series.id, given.data_version, specification, pool)
        archived = store.find(session, identity)
    if archived is None:
        computed = compute(given.series, specification, obtained(database, clock, pool))
        with database.writing() as session:
            store.archive(session, identity, computed, issued_at=clock(), live=as_of is None)
        with database.reading() as session:
            archived = store.find(session, identity)
    assert archived is not None
    return Issued(given, archived)


def recorded(database: Database, issued: Issued) -> TrackRecord | None:
    """How forecasts by the same model have done, as could be known on the day that the forecast is of."""
    history, model = issued.inputs.history, issued.archived.model
    with database.reading() as session:
        return track_record(session, history.series.id, history.series.key, model, as_of=history.as_of)
