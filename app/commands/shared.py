"""What several commands share: their options, and loading the bundled record."""

from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import messages
from app.evaluation import hindcast_file
from app.observations import bundled_record, store
from app.observations.bundled_record import BundledRecord
from app.storage.database import Database, Session

Key = Annotated[str, typer.Argument(help="Key of the series, such as usbp.southwest.")]
AsOf = Annotated[
    str | None, typer.Option(help="Use what was known at the end of this day, such as 2024-05-16.")
]
Start = Annotated[
    str,
    typer.Option(
        "--from",
        help="First month: origin (the month after the newest figure) or today (the current "
        "month).",
    ),
]
UnitsOption = Annotated[
    str | None,
    typer.Option(
        "--units", help="Instead of counts: change, change_year, percent, percent_year, or index."
    ),
]
AggregateOption = Annotated[
    str | None,
    typer.Option("--aggregate", help="Add up months to the series' own quarter or year."),
]
BaseOption = Annotated[
    str | None,
    typer.Option("--base", help="Month of the period in which an index is 100, such as 2019-10."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as in the HTTP API.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


def load_bundled(database: Database, *, only_if_new: bool) -> None:
    """Load the bundled record into the store and print what was new."""
    record = BundledRecord()
    if only_if_new:
        with database.reading() as session:
            if not _lacks_releases(session, record):
                return
    with database.writing() as session:
        recorded = bundled_record.load_bundled_record(session, record, recorded_at=utc_now())
    new = [release for release in recorded if not release.known_before]
    figures = sum(release.received for release in new)
    messages.print(
        f"Loaded {figures:,} figures from {len(new)} releases. The store already had "
        f"{len(recorded) - len(new)} releases."
    )


def _lacks_releases(session: Session, record: BundledRecord) -> bool:
    """Whether the store is empty, or has an older version of the bundled record.

    A store that holds only a publisher's own releases is left as it is.
    """
    if store.is_empty(session):
        return True
    bundled, known = record.release_names(), store.release_names(session)
    return not bundled.isdisjoint(known) and not bundled <= known


def load_hindcast_scores(database: Database) -> None:
    """Load the bundled hindcast scores into the store and print how many there are."""
    with database.reading() as session:
        if hindcast_file.is_hindcast_loaded(session):
            return
    with database.writing() as session:
        loaded = hindcast_file.load_hindcast_scores(session)
    if loaded:
        messages.print(f"Loaded {loaded:,} hindcast scores.")
