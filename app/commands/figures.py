"""Commands on figures: their history, and loading more."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from app.clock import utc_now
from app.commands.console import messages, open_store, print_answer, validate_query
from app.commands.shared import (
    AggregateOption,
    AsCsv,
    AsJson,
    AsOf,
    BaseOption,
    Key,
    UnitsOption,
    load_bundled,
    load_hindcast_scores,
)
from app.commands.usage import UsageError
from app.config import Settings
from app.http.parameters import DayField
from app.observations.history_answers import HistoriesAnswer, find_histories
from app.observations.ingest import ingest_file
from app.observations.loading import BadFigures
from app.observations.loading_schemas import LoadAnswer
from app.observations.schemas import HistoryQuery

LOADED_BY = "command line"

cli = typer.Typer()


class FileQuery(BaseModel):
    """What a file does not state itself."""

    source: str
    published_on: DayField


@cli.command()
def history(
    key: Key,
    start: Annotated[str | None, typer.Option(help="First month, such as 2023-10.")] = None,
    end: Annotated[str | None, typer.Option(help="Last month, such as 2024-04.")] = None,
    as_of: AsOf = None,
    first_release: Annotated[
        bool, typer.Option(help="Show each month's figure as first published.")
    ] = False,
    units: UnitsOption = None,
    aggregate: AggregateOption = None,
    base: BaseOption = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the figures of a series, or of several that match a pattern such as usbp.southwest.*."""
    query = validate_query(
        HistoryQuery,
        series=[key],
        start=start,
        end=end,
        as_of=as_of,
        first_release=first_release,
        units=units,
        aggregate=aggregate,
        base=base,
    )
    with open_store(Settings()) as database, database.reading() as session:
        document = find_histories(session, query, today=utc_now().date()).document
    title = key
    if not isinstance(document, HistoriesAnswer):
        title = f"{key}, {document.unit} per {aggregate or 'month'}, as known on {document.as_of}"
    print_answer(document, as_json=as_json, as_csv=as_csv, title=title, remarks=document.warnings)


@cli.command()
def load(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Tidy CSV, CBP's CSV export, or the workbook of OHSS, Frontex, or the Home "
            "Office. Default: the bundled record.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Publisher, such as cbp, frontex, or press.")
    ] = None,
    published_on: Annotated[
        str | None, typer.Option(help="Publication date, such as 2025-09-19.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the publication.")] = None,
    url: Annotated[str | None, typer.Option(help="Web address of the publication.")] = None,
    create: Annotated[
        bool, typer.Option("--create", help="Create series that the store does not have.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Load a file of figures as one release, or the bundled record: everything or nothing."""
    with open_store(Settings()) as database:
        if file is None:
            load_bundled(database, only_if_new=False)
            load_hindcast_scores(database)
            return
        if source is None or published_on is None:
            raise UsageError(
                "A file does not state its publisher and its date. Add --source and "
                "--published-on, such as --source press --published-on 2025-10-07."
            )
        query = validate_query(FileQuery, source=source, published_on=published_on)
        with file.open("rb") as content, messages.status("Loading"):
            try:
                report = ingest_file(
                    database,
                    content,
                    source=query.source,
                    published_on=query.published_on,
                    title=title,
                    url=url,
                    create=create,
                    now=utc_now(),
                    by=LOADED_BY,
                )
            except BadFigures as refusal:
                for fault in refusal.faults:
                    messages.print(str(fault))
                raise
    answer = LoadAnswer.of(report)
    print_answer(
        answer, as_json=as_json, as_csv=False, title="Revised figures", remarks=_told(answer)
    )


def _told(answer: LoadAnswer) -> list[str]:
    """What a load did, in sentences."""
    told = [
        f"Release {answer.release}: {answer.received:,} "
        f"{'figure' if answer.received == 1 else 'figures'}, {answer.recorded:,} new or "
        f"changed, {answer.unchanged:,} unchanged."
    ]
    if answer.created:
        told.append(f"New series: {', '.join(answer.created)}.")
    if answer.left_out:
        told.append(
            f"{len(answer.left_out)} series in the file are unknown and were left out. Use "
            "--create to create them."
        )
    if answer.due:
        told.append(f"Forecasts out of date: {', '.join(answer.due)}.")
    return told
