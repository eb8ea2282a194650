"""Commands on series: list them, create one, describe it, and remove one created by mistake."""

from typing import Annotated, Any

import typer

from app.clock import utc_now
from app.commands.console import messages, open_store, print_answer, validate_query
from app.commands.figures import LOADED_BY
from app.commands.shared import AsCsv, AsJson, AsOf, Key
from app.commands.usage import UsageError
from app.config import Settings
from app.observations import store
from app.observations.schemas import SeriesAnswer, SeriesEntry, SeriesQuery
from app.series.management import create_series, describe_series
from app.series.removal import remove_series
from app.series.schemas import (
    OwnSeriesAnswer,
    RemovalAnswer,
    SeriesChanges,
    SeriesLogAnswer,
    SeriesLogEntry,
    SeriesRequest,
)
from app.series.store import log_entries

NONE = "none"  # takes a value away
Parent = Annotated[
    str | None, typer.Option(help="Key of the series that it is a part of, or none.")
]
Border = Annotated[str | None, typer.Option(help="Whose border it is about, such as us.")]
YearStart = Annotated[str | None, typer.Option(help="Month in which its years begin, 1 to 12.")]
OfficialSource = Annotated[
    str | None, typer.Option(help="The only source whose figures are official, or none.")
]
Note = Annotated[str | None, typer.Option(help="What to know about its figures, or none.")]

cli = typer.Typer(help="List, create, describe, and remove series.")


@cli.callback(invoke_without_command=True)
def series(
    context: typer.Context, as_of: AsOf = None, as_json: AsJson = False, as_csv: AsCsv = False
) -> None:
    """List the series, or create, describe, or remove one."""
    if context.invoked_subcommand is not None:
        return
    query = validate_query(SeriesQuery, as_of=as_of)
    with open_store(Settings()) as database, database.reading() as session:
        found = store.summaries(session, as_of=query.as_of)
        document = SeriesAnswer(series=[SeriesEntry.of(summary) for summary in found])
    only = ("key", "title", "first_period", "last_period", "last_status", "first_full_release")
    print_answer(document, as_json=as_json, as_csv=as_csv, only=only)


@cli.command("add")
def add_series(
    key: Key,
    title: Annotated[str, typer.Option(help="Name of the series.")],
    unit: Annotated[str, typer.Option(help="What is counted, per month.")] = "encounters",
    parent: Parent = None,
    border: Border = None,
    year_start: YearStart = None,
    official_source: OfficialSource = None,
    note: Note = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Create a series of your own; then load its figures."""
    asked = validate_query(
        SeriesRequest,
        key=key,
        title=title,
        unit=unit,
        parent=parent,
        border=border,
        year_start=year_start,
        official_source=official_source,
        note=note,
    )
    with open_store(Settings()) as database, database.writing() as session:
        document = OwnSeriesAnswer.of(
            create_series(session, asked.key, asked.description(), now=utc_now(), by=LOADED_BY)
        )
    print_answer(document, as_json=as_json, as_csv=as_csv)


@cli.command("describe")
def describe(
    key: Key,
    title: Annotated[str | None, typer.Option(help="Name of the series.")] = None,
    unit: Annotated[str | None, typer.Option(help="What is counted, per month.")] = None,
    parent: Parent = None,
    border: Border = None,
    year_start: YearStart = None,
    official_source: OfficialSource = None,
    note: Note = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Change what is said of a series; what is not named stays as it is."""
    given: dict[str, Any] = {
        "title": title,
        "unit": unit,
        "parent": parent,
        "border": border,
        "year_start": year_start,
        "official_source": official_source,
        "note": note,
    }
    named = {name: value for name, value in given.items() if value is not None}
    removable = ("parent", "border", "year_start", "official_source", "note")
    taken_away = {name for name in removable if named.get(name) == NONE}
    asked = validate_query(
        SeriesChanges, **{name: text for name, text in named.items() if name not in taken_away}
    )
    changes = asked.changes() | dict.fromkeys(taken_away)
    with open_store(Settings()) as database, database.writing() as session:
        document = OwnSeriesAnswer.of(
            describe_series(session, key, changes, now=utc_now(), by=LOADED_BY)
        )
    print_answer(document, as_json=as_json, as_csv=as_csv)


@cli.command("remove")
def remove(
    key: Key,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; this cannot be undone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a series for good that was created by mistake, with its figures and forecasts."""
    if not yes:
        raise UsageError(
            f"This removes {key} with its figures, forecasts, and scores, and cannot be undone. "
            "Add --yes to do it."
        )
    with open_store(Settings()) as database, database.writing() as session:
        removed = remove_series(session, key, now=utc_now(), by=LOADED_BY)
    if as_json:
        print_answer(RemovalAnswer.of(removed), as_json=True, as_csv=False)
        return
    messages.print(
        f"Removed {key}: {removed.figures:,} figures, {removed.forecasts:,} forecasts, "
        f"{removed.scores:,} scores."
    )


@cli.command("log")
def log(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Show which series were created, described, and removed, the last 1,000 times."""
    with open_store(Settings()) as database, database.reading() as session:
        entries = [SeriesLogEntry.of(row) for row in log_entries(session, limit=1000)]
    only = ("at", "by", "action", "key")
    print_answer(SeriesLogAnswer(entries=entries), as_json=as_json, as_csv=as_csv, only=only)
