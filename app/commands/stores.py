"""Commands that look after the store: migrate, back up, restore."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.console import messages, open_store, output, require_migrated
from app.config import Settings
from app.storage.backup import backup, restore

cli = typer.Typer(no_args_is_help=True, help="Look after the store: migrate, back up, restore.")


@cli.command()
def upgrade() -> None:
    """Bring the store's tables to this version."""
    with open_store(Settings(), migrated=False) as database:
        database.upgrade()
        messages.print(f"The store is at revision {database.revision()}.")


@cli.command()
def downgrade(
    revision: Annotated[
        str, typer.Argument(help="Revision to go back to, or base for none at all.")
    ],
) -> None:
    """Take the store's tables back to an older revision. What only newer ones hold is lost: back up
    first."""
    with open_store(Settings(), migrated=False) as database:
        database.downgrade(revision)
        messages.print(f"The store is at revision {database.revision() or 'base'}.")


@cli.command()
def current() -> None:
    """Show the revision of the store's tables; fails where it is not this version's."""
    with open_store(Settings(), migrated=False) as database:
        output.print(database.revision() or "base")
        require_migrated(database)


@cli.command("backup")
def back_up(
    file: Annotated[Path, typer.Argument(help="File to write: a store by itself, of SQLite.")],
) -> None:
    """Copy the whole store to a file while the service goes on."""
    with open_store(Settings()) as database, messages.status("Copying"):
        rows = backup(database, file)
    messages.print(f"{rows:,} rows are in {file}.")


@cli.command("restore")
def restore_from(
    file: Annotated[Path, typer.Argument(help="File that `bordercast db backup` has written.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="In the place of what the store holds.")
    ] = False,
) -> None:
    """Bring a backup into the store while the service goes on."""
    with open_store(Settings(), migrated=False) as database, messages.status("Copying"):
        rows = restore(database, file, replace=replace)
    messages.print(f"{rows:,} rows are restored.")
