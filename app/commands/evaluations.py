"""The command that shows how past forecasts did."""

from typing import Annotated

import typer

from app.commands.parts import AsCsv, AsJson
from app.config import Settings
from app.console import checked, opened_store, show
from app.evaluation import store
from app.evaluation.schemas import EvaluationAnswer, EvaluationQuery
from app.evaluation.scoring import Scorer
from app.evaluation.store import Wanted
from app.main import utc_now
from app.observations.reading import require_series
from forecasting import MODELS

cli = typer.Typer()


@cli.command()
def evaluate(
    series: Annotated[str | None, typer.Option(help="Only of this series, by key.")] = None,
    model: Annotated[str | None, typer.Option(help="One of " + ", ".join(MODELS) + ".")] = None,
    horizon: Annotated[str | None, typer.Option(help="Only so many months ahead.")] = None,
    start: Annotated[str | None, typer.Option(help="First month forecast, such as 2018-01.")] = None,
    end: Annotated[str | None, typer.Option(help="Last month forecast, such as 2025-08.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show how past forecasts did, next to the baseline."""
    query = checked(EvaluationQuery, series=series, model=model, horizon=horizon, start=start, end=end)
    with opened_store(Settings()) as database:
        Scorer(database, utc_now).catch_up()
        with database.reading() as session:
            series_id = None if query.series is None else require_series(session, query.series).id
            wanted = Wanted(series_id, query.model, query.horizon, query.start, query.end)
            document = EvaluationAnswer.of(store.totals(session, wanted), query.series)
    only = ("model", "by", "group", "cells", "relative_wis", "relative_log_wis", "mase")
    told = [f"{count:,} forecasts {vintage}." for vintage, count in document.vintages.items()]
    columns = (*only, "coverage_50", "coverage_80", "coverage_95", "bias")
    remarks = told or ["Nothing is scored yet."]
    show(document, as_json=as_json, as_csv=as_csv, only=columns, remarks=remarks)
