"""Commands on releases: list them, and retract one that was loaded by mistake."""

from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import messages, open_store, print_answer, validate_query
from app.commands.shared import AsCsv, AsJson
from app.config import Settings
from app.observations import store
from app.observations.release_schemas import (
    MOST_RELEASES,
    ReleaseEntry,
    ReleasesAnswer,
    ReleasesQuery,
)
from app.observations.retraction import retract

cli = typer.Typer(no_args_is_help=True, help="List and retract releases.")


@cli.command("list")
def list_releases(
    source: Annotated[str | None, typer.Option(help="Only releases from this source.")] = None,
    limit: Annotated[str, typer.Option(help=f"How many releases, 1 to {MOST_RELEASES}.")] = "20",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List releases, newest first."""
    query = validate_query(ReleasesQuery, source=source, limit=limit)
    with open_store(Settings()) as database, database.reading() as session:
        found = store.releases_page(session, None, limit=query.limit, source=query.source)
        document = ReleasesAnswer(
            releases=[ReleaseEntry.of(one) for one in found], next_cursor=None
        )
    only = ("id", "published_on", "source", "title", "recorded_by", "retracted")
    print_answer(document, as_json=as_json, as_csv=as_csv, only=only)


@cli.command("retract")
def retract_release(release: Annotated[int, typer.Argument(help="Number of the release.")]) -> None:
    """Remove a release from every history. The store keeps it and shows it as retracted."""
    with open_store(Settings()) as database, database.writing() as session:
        _, changes = retract(session, release, now=utc_now())
    due = f" Forecasts out of date: {', '.join(changes.due)}." if changes.due else ""
    messages.print(f"Release {release} is retracted.{due}")
