"""Commands on forecasts."""

from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import messages, open_store, print_answer, validate_query
from app.commands.shared import AsCsv, AsJson, AsOf, Key, Start
from app.config import Settings
from app.evaluation.track_record import get_track_record
from app.forecasts.issuing import issue_forecast
from app.forecasts.schemas import DEFAULT_LEVELS, ForecastAnswer, ForecastQuery
from app.forecasts.specification import Specification
from forecasting import MODELS

cli = typer.Typer()


@cli.command()
def forecast(
    key: Key,
    horizon: Annotated[str, typer.Option(help="Number of months to show, 1 to 36.")] = "12",
    start: Start = "origin",
    level: Annotated[
        list[str] | None, typer.Option(help="Interval in percent. Repeat for several.")
    ] = None,
    as_of: AsOf = None,
    model: Annotated[str, typer.Option(help="One of " + ", ".join(MODELS) + ".")] = "auto",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Forecast the coming months of a series."""
    query = validate_query(
        ForecastQuery,
        series=key,
        horizon=horizon,
        **{"from": start},
        level=level or DEFAULT_LEVELS,
        as_of=as_of,
        model=model,
    )
    settings = Settings()
    with open_store(settings) as database, messages.status("Computing"):
        issued = issue_forecast(
            database, utc_now, key, Specification(query.model, settings.seed), as_of=query.as_of
        )
        with database.reading() as session:
            history, model = issued.inputs.history, issued.archived.model
            record = get_track_record(session, history.series.id, key, model, as_of=query.as_of)
    document = ForecastAnswer.of(issued, query, record)
    title = f"{key}, {document.unit} per month, from figures through {document.origin}"
    print_answer(document, as_json=as_json, as_csv=as_csv, title=title, remarks=document.warnings)
