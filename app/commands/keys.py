"""Commands on API keys: make, list, revoke."""

from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import messages, open_store, output, print_table
from app.config import Settings
from app.keys import store
from app.keys.issuing import SCOPES, WRITE, add_key, revoke_key

cli = typer.Typer(no_args_is_help=True, help="Manage API keys, which allow writes over HTTP.")
Name = Annotated[
    str,
    typer.Argument(help="Name of the key. Releases record the name of the key that loaded them."),
]


@cli.command("add")
def add(
    name: Name,
    scope: Annotated[
        list[str] | None, typer.Option(help=f"What the key allows: {', '.join(SCOPES)}.")
    ] = None,
) -> None:
    """Create a key and print it. It is shown only once."""
    with open_store(Settings()) as database, database.writing() as session:
        key = add_key(session, name, scope or [WRITE], now=utc_now())
    messages.print("Save this key now. Only its hash is stored, and it is not shown again.")
    output.print(key, highlight=False, soft_wrap=True)


@cli.command("list")
def list_keys() -> None:
    """List the names of the keys, but not the keys themselves."""
    with open_store(Settings()) as database, database.reading() as session:
        rows = [
            (
                key.name,
                " ".join(key.scopes),
                key.created_at.date(),
                key.revoked_at and key.revoked_at.date(),
            )
            for key in store.all_keys(session)
        ]
    print_table(("name", "scopes", "created", "revoked"), rows)


@cli.command("revoke")
def revoke(name: Name) -> None:
    """Revoke a key permanently."""
    with open_store(Settings()) as database, database.writing() as session:
        revoke_key(session, name, now=utc_now())
    messages.print(f"The key {name} is revoked.")
