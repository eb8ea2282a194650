"""The command that writes the whole store into one file."""

from pathlib import Path
from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import messages, open_store, validate_query
from app.config import Settings
from app.export.archive import export_store
from app.export.formats import ExportFormat, require_parquet
from app.export.schemas import ExportQuery

cli = typer.Typer()


@cli.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Zip file to write.", dir_okay=False)],
    file_format: Annotated[
        str, typer.Option("--format", help="Format of the tables: csv or parquet.")
    ] = "csv",
) -> None:
    """Write figures, releases, forecasts, and scores into a zip file of tables.

    The tables have a data dictionary, datapackage.json.
    """
    query = validate_query(ExportQuery, format=file_format)
    if query.format is ExportFormat.PARQUET:
        require_parquet()
    if file.exists():
        raise FileExistsError(f"{file} exists. Choose another name, or remove it first")
    unfinished = file.with_name(f"{file.name}.part")
    with open_store(Settings()) as database, messages.status("Exporting"):
        try:
            with unfinished.open("wb") as target:
                for piece in export_store(database, query.format, created=utc_now()):
                    target.write(piece)
            unfinished.rename(file)
        finally:
            unfinished.unlink(missing_ok=True)
    messages.print(f"Wrote {file.stat().st_size:,} bytes to {file}.")
