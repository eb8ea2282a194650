"""An issued forecast: from the archive, or computed here and archived."""

from datetime import date

from app.clock import Clock
from app.forecasts import store
from app.forecasts.computation import compute
from app.forecasts.lookup import IssuedForecast, add_reconciled, look_up_forecast
from app.forecasts.pools import get_or_learn_pool
from app.forecasts.specification import Specification
from app.storage.database import Database


def issue_forecast(
    database: Database,
    clock: Clock,
    key: str,
    specification: Specification,
    *,
    as_of: date | None = None,
) -> IssuedForecast:
    """The forecast of one series, from the archive or computed in this process.

    That of today's figures adds up with those of its hierarchy if they have been reconciled. It is
    not archived if the store is read-only.

    Raises what `load_inputs` raises.
    """
    with database.reading() as session:
        found = look_up_forecast(session, key, specification, today=clock().date(), as_of=as_of)
        if found.archived is not None:
            issued = IssuedForecast(found.inputs, found.archived)
            return issued if as_of is not None else add_reconciled(session, issued)
    pool = get_or_learn_pool(database, clock, found.key.pool)
    computed = compute(found.inputs.series, specification, pool)
    if database.read_only:
        row = store.new_row(found.key, computed, issued_at=clock(), live=as_of is None)
        return IssuedForecast(found.inputs, row)
    with database.writing() as session:
        store.archive(session, found.key, computed, issued_at=clock(), live=as_of is None)
    with database.reading() as session:
        archived = store.find_forecast(session, found.key)
    assert archived is not None, "it has just been archived"
    return IssuedForecast(found.inputs, archived)
