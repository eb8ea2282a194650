"""Commands that migrate, back up, and restore the store."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.console import messages, open_store, output, require_migrated
from app.config import Settings
from app.serving import exit_on_sigterm
from app.storage.backup import backup, restore

cli = typer.Typer(no_args_is_help=True, help="Migrate, back up, and restore the store.")


@cli.command()
def upgrade() -> None:
    """Migrate the store's tables to this version."""
    with open_store(Settings(), migrated=False) as database:
        database.upgrade()
        messages.print(f"The store is at revision {database.revision()}.")


@cli.command()
def downgrade(
    revision: Annotated[
        str, typer.Argument(help="Revision to return to, or base to remove all tables.")
    ],
) -> None:
    """Return the store's tables to an older revision.

    Data that only newer tables hold is lost, so back up first.
    """
    with open_store(Settings(), migrated=False) as database:
        database.downgrade(revision)
        messages.print(f"The store is at revision {database.revision() or 'base'}.")


@cli.command()
def current() -> None:
    """Show the revision of the store's tables. Fails if this version needs another one."""
    with open_store(Settings(), migrated=False) as database:
        output.print(database.revision() or "base")
        require_migrated(database)


@cli.command("backup")
def back_up(
    file: Annotated[Path, typer.Argument(help="File to write. It is a complete SQLite store.")],
) -> None:
    """Copy the whole store to a file while the service keeps running."""
    with exit_on_sigterm(), open_store(Settings()) as database, messages.status("Copying"):
        rows = backup(database, file)
    messages.print(f"Wrote {rows:,} rows to {file}.")


@cli.command("restore")
def restore_from(
    file: Annotated[Path, typer.Argument(help="File that `bordercast db backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the store holds.")
    ] = False,
) -> None:
    """Restore a backup into the store while the service keeps running."""
    with (
        exit_on_sigterm(),
        open_store(Settings(), migrated=False) as database,
        messages.status("Copying"),
    ):
        restored = restore(database, file, replace=replace)
    messages.print(f"Restored {restored.rows:,} rows.")
    if not restored.verified:
        messages.print(
            f"{file} carries no checksum, because an older version wrote it or because it was "
            "opened as a store; it was checked for damage only.",
            style="yellow",
        )
