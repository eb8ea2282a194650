"""The command that shows how past forecasts did."""

from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import open_store, print_answer, validate_query
from app.commands.shared import AsCsv, AsJson
from app.config import Settings
from app.evaluation import service
from app.evaluation.schemas import EvaluationQuery
from app.evaluation.scoring import Scorer
from forecasting import MODELS
from forecasting.backtest.summaries import Grouping

cli = typer.Typer()


@cli.command()
def evaluate(
    series: Annotated[str | None, typer.Option(help="Only of this series, by key.")] = None,
    model: Annotated[str | None, typer.Option(help="One of " + ", ".join(MODELS) + ".")] = None,
    horizon: Annotated[str | None, typer.Option(help="Only so many months ahead.")] = None,
    start: Annotated[
        str | None, typer.Option(help="First month forecast, such as 2018-01.")
    ] = None,
    end: Annotated[str | None, typer.Option(help="Last month forecast, such as 2025-08.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show how past forecasts did, each model's next to the baseline's."""
    query = validate_query(
        EvaluationQuery, series=series, model=model, horizon=horizon, start=start, end=end
    )
    with open_store(Settings()) as database:
        Scorer(database, utc_now).catch_up()
        with database.reading() as session:
            document = service.get_evaluation(session, query)
    remarks = [f"{count:,} forecasts {vintage}." for vintage, count in document.vintages.items()]
    if not remarks:
        remarks = ["Nothing is scored yet."]
    elif query.series is None and not as_json and not as_csv:
        document = document.model_copy(
            update={"scores": [score for score in document.scores if score.by != Grouping.SERIES]}
        )
        remarks.append("For one series: --series KEY; for all of them one by one: --json or --csv.")
    only = ("model", "by", "group", "cells", "relative_wis", "relative_log_wis", "mase")
    columns = (*only, "coverage_50", "coverage_80", "coverage_95", "bias")
    print_answer(document, as_json=as_json, as_csv=as_csv, only=columns, remarks=remarks)
