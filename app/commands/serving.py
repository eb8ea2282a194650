"""Commands that serve: `run`, which does all that it takes, and `serve`."""

import time
from contextlib import closing
from ipaddress import ip_address
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.charts.renderer import ChartRenderer
from app.clock import utc_now
from app.commands.console import messages, open_store
from app.commands.shared import load_bundled, load_hindcast_scores
from app.config import Settings
from app.execution.executors import open_executor
from app.forecasts.missing_forecasts import compute_all, find_missing
from app.forecasts.specification import Specification
from app.keys import store as keys
from app.keys.issuing import WRITE, add_key
from app.reconciliation.reconciler import reconcile_due
from app.serving import bind_address, exit_on_sigterm, serve
from app.storage.database import Database
from app.web.prerender import warm_up_first_chart
from app.web.query import FIRST_SERIES

LOCAL_KEY = "local"
PREPARE_SECONDS = 20
"""With an installation from a warm cache of packages, a first start then serves within a minute."""

cli = typer.Typer()

Host = Annotated[
    str,
    typer.Option(help="Address to listen on. 0.0.0.0 listens on every network of this machine."),
]
Processes = Annotated[
    int,
    typer.Option(
        help="Number of processes that answer requests. One of them keeps forecasts current.", min=1
    ),
]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)]
Prepare = Annotated[
    int,
    typer.Option(
        help="Seconds after which to serve. The forecasts that are still missing then are computed "
        "in the background.",
        min=0,
    ),
]


@cli.command()
def run(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Processes = 1,
    prepare: Prepare = PREPARE_SECONDS,
) -> None:
    """Prepare the store and serve.

    It migrates the store, loads what the bundled record and hindcast have that the store lacks, as
    after an upgrade, and computes missing forecasts, that of the front page first.
    """
    deadline = time.monotonic() + prepare
    settings = Settings()
    with exit_on_sigterm(), bind_address(host, port) as address, ChartRenderer() as charts:
        charts.begin()
        with open_store(settings, migrated=False) as database:
            database.upgrade()
            load_bundled(database, only_if_new=True)
            load_hindcast_scores(database)
            if ip_address(address.getsockname()[0]).is_loopback:
                _make_local_key(database, host, address.getsockname()[1])
            _compute_missing(database, settings, deadline)
            warm_up_first_chart(database, utc_now, charts, Specification("auto", settings.seed))
        messages.print(
            f"Serving on http://{host}:{address.getsockname()[1]} (API documentation: "
            "/docs). Press Ctrl-C to stop."
        )
        serve(settings, address, charts, processes=processes)


@cli.command("serve")
def serve_only(host: Host = "127.0.0.1", port: Port = 8000, processes: Processes = 1) -> None:
    """Serve a store that is already migrated and loaded."""
    settings = Settings()
    with exit_on_sigterm(), bind_address(host, port) as address, ChartRenderer() as charts:
        charts.begin()
        with open_store(settings):
            pass
        serve(settings, address, charts, processes=processes)


def _make_local_key(database: Database, host: str, port: int) -> None:
    """Create a key for trying out writes and show it once.

    Only on a first start that nobody but this machine can reach, and only on a terminal: a log is
    read by others, and kept.
    """
    with database.reading() as session:
        if keys.all_keys(session):
            return
    if not messages.is_terminal:
        messages.print("To load figures over HTTP, create an API key: bordercast keys add NAME")
        return
    with database.writing() as session:
        key = add_key(session, LOCAL_KEY, [WRITE], now=utc_now())
    messages.print(
        "An API key for loading figures, shown only once (bordercast keys add creates "
        "others):\n  "
        f"curl -H 'Authorization: Bearer {key}' -H 'Content-Type: text/csv' --data-binary "
        "@figures.csv "
        f"'http://{host}:{port}/observations?source=press&published_on={utc_now().date()}'",
        markup=False,
    )


def _compute_missing(database: Database, settings: Settings, deadline: float) -> None:
    """Compute missing forecasts until the deadline, at least one of them; all of them if the
    service computes none itself. If all are there then, they are made to add up."""
    specification = Specification("auto", settings.seed)
    with database.reading() as session:
        todo = find_missing(session, specification, today=utc_now().date())
    if not todo:
        return
    todo.sort(key=lambda missing: missing.key != FIRST_SERIES)
    left = len(todo)
    bar = Progress(
        TextColumn("Forecasting"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[key]}"),
        console=messages,
    )
    with (
        open_executor(settings) as workers,
        closing(compute_all(database, workers, todo, utc_now)) as computed,
        bar,
    ):
        task = bar.add_task("", total=len(todo), key="")
        for key in computed:
            left -= 1
            bar.update(task, advance=1, key=key)
            if settings.refresh and time.monotonic() > deadline:
                break
        if not left:
            reconcile_due(database, workers, utc_now, specification)
    if left:
        messages.print(f"The other {left} forecasts are computed in the background.")
