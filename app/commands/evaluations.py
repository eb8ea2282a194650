"""The command that shows how past forecasts did."""

from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import open_store, print_answer, validate_query
from app.commands.shared import AsCsv, AsJson
from app.config import Settings
from app.evaluation import service
from app.evaluation.schemas import EvaluationQuery, EvaluationsAnswer
from app.evaluation.scoring import Scorer
from forecasting import MODELS
from forecasting.backtest.summaries import Grouping

cli = typer.Typer()

_COLUMNS = (
    "model",
    "by",
    "group",
    "cells",
    "relative_wis",
    "relative_log_wis",
    "mase",
    "coverage_50",
    "coverage_80",
    "coverage_95",
    "bias",
)


@cli.command()
def evaluate(
    series: Annotated[
        str | None, typer.Option(help="Only this series, by key, or each that matches a pattern.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="One of " + ", ".join(MODELS) + ".")] = None,
    horizon: Annotated[
        str | None, typer.Option(help="Only forecasts this many months ahead.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="First forecast month, such as 2018-01.")
    ] = None,
    end: Annotated[str | None, typer.Option(help="Last forecast month, such as 2025-08.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the scores of past forecasts, with each model next to the baseline."""
    query = validate_query(
        EvaluationQuery,
        series=None if series is None else [series],
        model=model,
        horizon=horizon,
        start=start,
        end=end,
    )
    with open_store(Settings()) as database:
        Scorer(database, utc_now).catch_up()
        with database.reading() as session:
            document = service.summarize_scores(session, query, today=utc_now().date())
    columns: tuple[str, ...] = _COLUMNS
    remarks = []
    if isinstance(document, EvaluationsAnswer):
        columns = ("series", *columns)
    elif not document.vintages:
        remarks = ["No forecast has a score yet."]
    else:
        remarks = [f"{count:,} forecasts {kind}." for kind, count in document.vintages.items()]
        if query.series is None and not as_json and not as_csv:
            scores = [score for score in document.scores if score.by != Grouping.SERIES]
            document = document.model_copy(update={"scores": scores})
            remarks.append("Use --series KEY for one series, or --json or --csv for each of them.")
    print_answer(document, as_json=as_json, as_csv=as_csv, only=columns, remarks=remarks)
