"""The command line. It answers what the HTTP API answers, from the store directly."""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from typer.main import get_command

from app.commands import (
    backtests,
    doctor,
    evaluations,
    exports,
    figures,
    forecasts,
    keys,
    outlooks,
    releases,
    scenarios,
    series,
    serving,
    stores,
    update,
    watch,
)
from app.commands.console import report_errors
from app.commands.usage import PROGRAM, explain_usage_error

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Forecasts of monthly border apprehensions, from figures kept as they were published.",
    epilog="Exit codes: 0 done, 1 the store or the machine cannot do it now, 2 the request is "
    "not valid.",
)
for commands in (
    serving,
    figures,
    forecasts,
    outlooks,
    scenarios,
    evaluations,
    backtests,
    exports,
    update,
    watch,
    doctor,
):
    cli.add_typer(commands.cli)
cli.add_typer(series.cli, name="series")
cli.add_typer(releases.cli, name="releases")
cli.add_typer(keys.cli, name="keys")
cli.add_typer(stores.cli, name="db")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {version(PROGRAM)}")
        raise typer.Exit


@cli.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Options before any command."""


def run_command_line(typed: Sequence[str] | None = None) -> NoReturn:
    """Run what is typed after the name of the program; by default, what this process was given.

    Expected errors end in a sentence and an exit code.
    """
    typed = list(sys.argv[1:] if typed is None else typed)
    with report_errors():
        try:
            code = cli(typed, prog_name=PROGRAM, standalone_mode=False)
        except typer.TyperException as refusal:
            raise explain_usage_error(refusal, get_command(cli), typed) from refusal
        sys.exit(code)
