"""The store: whether it can be used, is migrated and whole, and has what a service needs."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app.clock import CLOCK_TOLERANCE, Clock
from app.doctor.finding import Finding, fault, ok, warning
from app.errors import STORE_PROBLEMS, Problem, StoreFailed
from app.forecasts.missing_forecasts import find_missing
from app.forecasts.specification import Specification
from app.forecasts.store import newest_issue
from app.observations import store
from app.storage.database import Database, newest_revision
from app.storage.integrity import find_damage, read_clock

STORE, MIGRATIONS, INTEGRITY = "store", "migrations", "integrity"
FIGURES, FORECASTS, CLOCK = "figures", "forecasts", "clock"
_RESTORE = (
    "Stop the service, move the store away, and restore a backup: bordercast db restore FILE."
)


def check_store(database: Database) -> Finding:
    """Whether the store can be read and written."""
    name = database.url.render_as_string()  # without the password
    file = database.url.database or ""
    if database.url.get_backend_name() == "sqlite" and not Path(file).exists():
        return fault(STORE, f"There is no store at {name}.", "Run bordercast run, which makes one.")
    try:
        database.require_whole()
        database.revision()
        if database.read_only:
            return warning(
                STORE,
                f"{name} may be read but not written.",
                "bordercast serve serves it; to load or refresh, make it writable.",
            )
    except STORE_PROBLEMS as problem:
        reason = problem.reason if isinstance(problem, StoreFailed) else problem.detail
        return fault(
            STORE,
            f"{name} cannot be used: {reason.rstrip('.')}.",
            "Check BORDERCAST_DATABASE_URL, the database server, permissions, and the disk.",
        )
    return ok(STORE, f"{name} can be read and written.")


def check_migrations(database: Database) -> Finding:
    """Whether the tables are those of this version."""
    revision, needed = database.revision(), newest_revision()
    if revision == needed:
        return ok(MIGRATIONS, f"The tables are at revision {needed}.")
    return fault(
        MIGRATIONS,
        f"The tables are at revision {revision or 'base'}, and this version needs {needed}.",
        "Run bordercast db upgrade, or bordercast run, which does everything. If the store comes "
        "from a newer version, update Bordercast.",
    )


def check_integrity(database: Database) -> Finding:
    """Whether the database finds anything wrong with itself; reads all of a SQLite file."""
    try:
        with database.reading() as session:
            damage = find_damage(session)
    except Problem as problem:
        damage = [problem.detail]
    if not damage:
        return ok(INTEGRITY, "The database finds no damage.")
    return fault(INTEGRITY, f"The database reports damage: {'; '.join(damage)}.", _RESTORE)


def check_contents(database: Database, clock: Clock, *, seed: int) -> Iterator[Finding]:
    """Figures, forecasts that are due, and instants that are yet to come."""
    with database.reading() as session:
        now, its_clock = clock(), read_clock(session)
        recorded, issued = store.newest_recording(session), newest_issue(session)
        due = find_missing(session, Specification("auto", seed), today=now.date())
        series = store.count_series(session)
        is_empty = store.is_empty(session)
    if is_empty:
        yield fault(FIGURES, "The store has no figures.", "Run bordercast load, or bordercast run.")
    else:
        yield ok(FIGURES, f"The store has figures of {series:,} series.")
    if due:
        yield warning(
            FORECASTS,
            f"{len(due):,} forecasts are out of date or missing, such as that of {due[0].key}.",
            "A service with BORDERCAST_REFRESH=true computes them; if one has run for a while, its "
            "log says why it has not.",
        )
    else:
        yield ok(FORECASTS, "Every forecast is up to date.")
    yield _compare_clocks(now, its_clock, [recorded, issued])


def _compare_clocks(
    now: datetime, its_clock: datetime | None, stored: list[datetime | None]
) -> Finding:
    if its_clock is not None and abs(its_clock - now) > CLOCK_TOLERANCE:
        return fault(
            CLOCK,
            f"This machine says {now:%Y-%m-%d %H:%M:%S} UTC and the database server "
            f"{its_clock:%Y-%m-%d %H:%M:%S}.",
            "Set both clocks, such as with NTP: claims and days of publication depend on them.",
        )
    newest = max(filter(None, stored), default=None)
    if newest is not None and newest > now + CLOCK_TOLERANCE:
        return fault(
            CLOCK,
            f"The store has an entry of {newest:%Y-%m-%d %H:%M:%S} UTC, and it is "
            f"{now:%Y-%m-%d %H:%M:%S} here.",
            "Set this clock, such as with NTP. If it is right, the one of the machine that made "
            "the entry was wrong.",
        )
    return ok(CLOCK, f"It is {now:%Y-%m-%d %H:%M:%S} UTC, and nothing in the store is later.")
