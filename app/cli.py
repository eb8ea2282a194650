"""The command line. What can be asked over HTTP can be asked here, of the store directly."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.backup import backup, restore
from app.config import Settings
from app.console import checked, messages, one_sentence_errors, opened_store, output, require_migrated, show
from app.database import Database
from app.forecasts.computing import compute_all, missing
from app.forecasts.issuing import issue
from app.forecasts.schemas import DEFAULT_LEVELS, ForecastAnswer, ForecastQuery
from app.forecasts.specification import Specification
from app.forecasts.workers import Workers
from app.main import utc_now
from app.observations import bundle, reading, store
from app.observations.bundle import Bundle
from app.observations.schemas import HistoryAnswer, HistoryQuery, SeriesAnswer, SeriesEntry, SeriesQuery
from app.serving import bound_address, serve
from forecasting import MODELS

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Forecasts of monthly border apprehensions, from figures remembered as they were published.",
    epilog="Exit codes: 0 done, 1 the store or the machine cannot do it now, 2 it was not asked right.",
)
db = typer.Typer(no_args_is_help=True, help="Look after the store: migrate, back up, restore.")
cli.add_typer(db, name="db")

Host = Annotated[str, typer.Option(help="Address to serve on; 0.0.0.0 for every network of this machine.")]
Port = Annotated[int, typer.Option(help="Port to serve on.", min=0, max=65535)]
Key = Annotated[str, typer.Argument(help="Key of the series, such as usbp.southwest.")]
AsOf = Annotated[str | None, typer.Option(help="As known at the end of this day, such as 2024-05-16.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the JSON that the HTTP interface gives.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


@cli.command()
def run(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Migrate, load the bundled record if the store is empty, compute what is missing, and serve."""
    settings = Settings()
    with bound_address(host, port) as address:
        with opened_store(settings, migrated=False) as database:
            database.upgrade()
            _load_bundled(database, only_if_empty=True)
            _compute_missing(database, settings)
        messages.print(
            f"Serving on http://{host}:{address.getsockname()[1]} (how to use it: /docs). Ctrl-C stops."
        )
        serve(settings, address)


@cli.command("serve")
def serve_only(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve a store that is migrated and loaded already."""
    settings = Settings()
    with bound_address(host, port) as address:
        with opened_store(settings):
            pass
        serve(settings, address)


@cli.command()
def load() -> None:
    """Load the bundled record; what the store has already stays as it is."""
    with opened_store(Settings()) as database:
        _load_bundled(database, only_if_empty=False)


@cli.command()
def series(as_of: AsOf = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List the series that there are."""
    query = checked(SeriesQuery, as_of=as_of)
    with opened_store(Settings()) as database, database.reading() as session:
        found = store.summaries(session, as_of=query.as_of)
        document = SeriesAnswer(series=[SeriesEntry.of(summary) for summary in found])
    only = ("key", "title", "first_period", "last_period", "last_status", "first_full_release")
    show(document, as_json=as_json, as_csv=as_csv, only=only)


@cli.command()
def history(
    key: Key,
    start: Annotated[str | None, typer.Option(help="First month, such as 2023-10.")] = None,
    end: Annotated[str | None, typer.Option(help="Last month, such as 2024-04.")] = None,
    as_of: AsOf = None,
    first_release: Annotated[bool, typer.Option(help="Each month's figure as first published.")] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the figures of a series."""
    query = checked(HistoryQuery, series=key, start=start, end=end, as_of=as_of, first_release=first_release)
    with opened_store(Settings()) as database, database.reading() as session:
        found = reading.history(
            session,
            query.series,
            today=utc_now().date(),
            as_of=query.as_of,
            start=query.start,
            end=query.end,
            first_release=query.first_release,
        )
        document = HistoryAnswer.of(found)
    title = f"{key}, {document.unit} a month as known on {document.as_of}"
    show(document, as_json=as_json, as_csv=as_csv, title=title, remarks=document.warnings)


@cli.command()
def forecast(
    key: Key,
    horizon: Annotated[str, typer.Option(help="Months ahead, 1 to 36.")] = "12",
    level: Annotated[list[str] | None, typer.Option(help="Interval in percent; repeat for several.")] = None,
    as_of: AsOf = None,
    model: Annotated[str, typer.Option(help="One of " + ", ".join(MODELS) + ".")] = "auto",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Forecast the coming months of a series."""
    query = checked(
        ForecastQuery, series=key, horizon=horizon, level=level or DEFAULT_LEVELS, as_of=as_of, model=model
    )
    settings = Settings()
    with opened_store(settings) as database, messages.status("Computing"):
        issued = issue(database, utc_now, key, Specification(query.model, settings.seed), as_of=query.as_of)
    document = ForecastAnswer.of(issued, query)
    title = f"{key}, {document.unit} a month, from figures through {document.origin}"
    show(document, as_json=as_json, as_csv=as_csv, title=title, remarks=document.warnings)


@db.command()
def upgrade() -> None:
    """Bring the store's tables to this version."""
    with opened_store(Settings(), migrated=False) as database:
        database.upgrade()
        messages.print(f"The store is at revision {database.revision()}.")


@db.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Revision to go back to, or base for none at all.")],
) -> None:
    """Take the store's tables back to an older revision. What only newer ones hold is lost: back up first."""
    with opened_store(Settings(), migrated=False) as database:
        database.downgrade(revision)
        messages.print(f"The store is at revision {database.revision() or 'base'}.")


@db.command()
def current() -> None:
    """Show the revision of the store's tables; fails where it is not this version's."""
    with opened_store(Settings(), migrated=False) as database:
        output.print(database.revision() or "base")
        require_migrated(database)


@db.command("backup")
def back_up(
    file: Annotated[Path, typer.Argument(help="File to write: a store by itself, of SQLite.")],
) -> None:
    """Copy the whole store to a file while the service goes on."""
    with opened_store(Settings()) as database, messages.status("Copying"):
        rows = backup(database, file)
    messages.print(f"{rows:,} rows are in {file}.")


@db.command("restore")
def restore_from(
    file: Annotated[Path, typer.Argument(help="File that `bordercast db backup` has written.")],
    replace: Annotated[bool, typer.Option("--replace", help="In the place of what the store holds.")] = False,
) -> None:
    """Bring a backup into the store while the service goes on."""
    with opened_store(Settings(), migrated=False) as database, messages.status("Copying"):
        rows = restore(database, file, replace=replace)
    messages.print(f"{rows:,} rows are restored.")


def run_command_line() -> None:
    """Entry point: what can be expected to go wrong ends in a sentence and an exit code."""
    with one_sentence_errors():
        cli()


def _load_bundled(database: Database, *, only_if_empty: bool) -> None:
    with database.writing() as session:
        if only_if_empty and not store.is_empty(session):
            return
        recorded = bundle.load(session, Bundle(), recorded_at=utc_now())
    new = [release for release in recorded if not release.known_before]
    figures = sum(release.received for release in new)
    messages.print(
        f"Loaded {figures:,} figures of {len(new)} releases; {len(recorded) - len(new)} were here."
    )


def _compute_missing(database: Database, settings: Settings) -> None:
    todo = missing(database, Specification("auto", settings.seed), today=utc_now().date())
    if not todo:
        return
    bar = Progress(
        TextColumn("Forecasting"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[key]}"),
        console=messages,
    )
    workers = Workers(settings.workers)
    try:
        with bar:
            task = bar.add_task("", total=len(todo), key="")
            for key in compute_all(database, workers, todo, utc_now):
                bar.update(task, advance=1, key=key)
    finally:
        workers.close()
