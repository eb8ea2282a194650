"""The command that backtests models on the store's vintages."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.clock import utc_now
from app.commands.console import Failure, messages, open_store, print_answer, validate_query
from app.commands.shared import AsCsv, AsJson
from app.config import Settings
from app.evaluation import hindcast_file
from app.evaluation.backtest_schemas import BacktestAnswer
from app.evaluation.checkpoint import CheckpointFile
from app.evaluation.store_vintages import (
    StoreVintages,
    current_outcomes,
    forecastable_keys,
    superseded_values,
)
from app.execution.executors import open_executor
from app.forecasts.schemas import Horizon, ModelField
from app.http.parameters import MonthField
from app.storage.database import Database
from forecasting import MODELS, Month, backtest
from forecasting.backtest.report import BacktestReport

CHECKPOINT = Path("var/backtest.jsonl")

cli = typer.Typer()


class BacktestQuery(BaseModel):
    """What to backtest, under the rules of the HTTP API."""

    models: list[ModelField]
    horizon: Horizon
    first_origin: MonthField
    last_origin: MonthField | None = None


@cli.command("backtest")
def run_backtest(
    series: Annotated[
        list[str] | None, typer.Option(help="Key of a series. Repeat for several. Default: all.")
    ] = None,
    models: Annotated[
        list[str] | None, typer.Option(help="One of " + ", ".join(MODELS) + ". Repeat for several.")
    ] = None,
    horizon: Annotated[str, typer.Option(help="Months ahead, 1 to 36.")] = "12",
    first_origin: Annotated[str, typer.Option(help="First month to forecast from.")] = "2011-12",
    last_origin: Annotated[str | None, typer.Option(help="Last month to forecast from.")] = None,
    every: Annotated[int, typer.Option(help="Forecast only from every Nth month.", min=1)] = 1,
    refit_every: Annotated[
        int,
        typer.Option(
            help="Refit the models at every Nth origin. In between, continue from the last fit.",
            min=1,
        ),
    ] = 12,
    as_known: Annotated[
        bool,
        typer.Option(
            "--as-known/--as-today",
            help="Use figures as known at each origin, or as known today.",
        ),
    ] = True,
    checkpoint: Annotated[
        Path,
        typer.Option(help="File for finished results, so that an interrupted run can resume."),
    ] = CHECKPOINT,
    write_hindcast: Annotated[
        Path | None,
        typer.Option(help="Write the scores to a file in the format of the bundled hindcast."),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Score models on the past.

    Each forecast uses only what was known at the time. An interrupted run resumes where it stopped.
    """
    query = validate_query(
        BacktestQuery,
        models=models or ["auto"],
        horizon=horizon,
        first_origin=first_origin,
        last_origin=last_origin,
    )
    settings = Settings()
    with open_store(settings) as database:
        report = _report(
            database, settings, query, series or [], every, refit_every, as_known, checkpoint
        )
    if write_hindcast is not None:
        size = hindcast_file.write_hindcast(report, write_hindcast)
        messages.print(f"Wrote {len(report):,} scored counts to {write_hindcast} ({size:,} bytes).")
    report = report.select(~report.superseded)
    months = str(Month(int(report.origin.min()))), str(Month(int(report.origin.max())))
    document = BacktestAnswer.of(report, months)
    only = ("model", "by", "group", "cells", "relative_wis", "relative_log_wis", "mase")
    remarks = [
        f"{document.reconstructed:.0%} of the forecasts use reconstructed figures: the "
        "earliest published ones, as if each had been known on the 20th of the following "
        "month."
        if as_known
        else "All figures are as known today, cut off at each origin."
    ]
    columns = (*only, "coverage_50", "coverage_80", "coverage_95", "bias")
    print_answer(document, as_json=as_json, as_csv=as_csv, only=columns, remarks=remarks)


def _report(
    database: Database,
    settings: Settings,
    query: BacktestQuery,
    series: list[str],
    every: int,
    refit_every: int,
    as_known: bool,
    checkpoint: Path,
) -> BacktestReport:
    today = utc_now().date()
    keys = series or forecastable_keys(database)
    with messages.status("Reading figures"):
        known = current_outcomes(database, keys, today=today)
        if not known:
            raise Failure("The store has no figures to backtest on. Run bordercast load.")
        vintages = StoreVintages(database, list(known), today=today) if as_known else None
    with open_executor(settings, most=os.cpu_count()) as executor, _bar("Backtesting") as progress:
        return backtest(
            known,
            query.horizon,
            query.first_origin,
            refit_every,
            query.models,
            vintages,
            settings.seed,
            last_origin=query.last_origin,
            every=every,
            superseded=superseded_values(database, list(known), today=today),
            executor=executor,
            checkpoint=CheckpointFile(checkpoint),
            progress=progress,
        )


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("origins of all models"),
        TimeElapsedColumn(),
        console=messages,
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
