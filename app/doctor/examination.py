"""Looking at everything that a service needs, one after the other."""

from collections.abc import Iterator
from pathlib import Path

from app.clock import Clock
from app.config import Settings
from app.doctor.finding import Finding, Verdict
from app.doctor.machine_checks import check_charts, check_disks, check_workers
from app.doctor.source_checks import check_sources
from app.doctor.store_checks import (
    check_contents,
    check_integrity,
    check_migrations,
    check_store,
)
from app.sources.status import source_statuses
from app.storage.database import Database


def examine(settings: Settings, database: Database, clock: Clock) -> Iterator[Finding]:
    """What is found, as it is found; what needs a part that is at fault is left out."""
    file = database.url.database if database.url.get_backend_name() == "sqlite" else None
    state = check_store(database)
    yield state
    if state.verdict is not Verdict.FAULT:
        yield from _examine_contents(settings, database, clock)
    yield from check_disks(Path(file) if file else None)
    yield check_charts()
    yield from check_workers(settings)


def _examine_contents(settings: Settings, database: Database, clock: Clock) -> Iterator[Finding]:
    tables, whole = check_migrations(database), check_integrity(database)
    yield tables
    yield whole
    if Verdict.FAULT in (tables.verdict, whole.verdict):
        return
    yield from check_contents(database, clock, seed=settings.seed)
    with database.reading() as session:
        statuses = source_statuses(session)
    yield from check_sources(statuses, today=clock().date())
