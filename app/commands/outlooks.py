"""Commands for planners: the chance of a number, the total of a year, and what changed."""

from datetime import date
from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import messages, open_store, print_answer, validate_query
from app.commands.shared import AsCsv, AsJson, AsOf, Key, Start
from app.config import Settings
from app.forecasts.change_schemas import ChangesAnswer, ChangesQuery
from app.forecasts.changes import find_change
from app.forecasts.encoding import decode_paths, decode_paths_with_past
from app.forecasts.fiscal_year_schemas import FiscalYearQuery
from app.forecasts.issuing import issue_forecast
from app.forecasts.lookup import IssuedForecast, load_paths
from app.forecasts.outlook_answers import (
    describe_counted_year,
    describe_forecast_year,
    describe_threshold,
)
from app.forecasts.outlook_schemas import ThresholdAnswer, ThresholdQuery
from app.forecasts.schemas import DEFAULT_LEVELS
from app.forecasts.specification import Specification
from app.observations import queries
from app.storage.database import Database
from forecasting import MODELS

cli = typer.Typer()

Model = Annotated[str, typer.Option(help="One of " + ", ".join(MODELS) + ".")]


@cli.command()
def threshold(
    key: Key,
    above: Annotated[str | None, typer.Option(help="Number to exceed in a month.")] = None,
    below: Annotated[str | None, typer.Option(help="Number to stay below in a month.")] = None,
    run: Annotated[str, typer.Option("--for", help="Number of months in a row.")] = "1",
    horizon: Annotated[str, typer.Option(help="Number of months to show, 1 to 36.")] = "12",
    start: Start = "origin",
    as_of: AsOf = None,
    model: Model = "auto",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the chance of more, or fewer, than a number, in each month and by then."""
    query = validate_query(
        ThresholdQuery,
        series=key,
        above=above,
        below=below,
        **{"for": run, "from": start},
        horizon=horizon,
        as_of=as_of,
        model=model,
    )
    side = query.threshold.side  # refused before anything is computed
    with open_store(Settings()) as database, messages.status("Computing"):
        issued, stored = _issue(database, key, query.model, query.as_of)
        with database.reading() as session:
            document = describe_threshold(session, issued, decode_paths(stored), query)
    title = f"{key}, chance of {side} {query.threshold.number:,} {document.unit} per month"
    print_answer(
        document,
        as_json=as_json,
        as_csv=as_csv,
        title=title,
        remarks=[_say_any_month(document), *document.warnings],
    )


@cli.command()
def total(
    key: Key,
    year: Annotated[
        str | None,
        typer.Option(help="The series' own year, named by its last month. Default: the next one."),
    ] = None,
    year_start: Annotated[
        str | None,
        typer.Option(help="Month in which the year begins, 1 to 12. Default: the series' own."),
    ] = None,
    level: Annotated[
        list[str] | None, typer.Option(help="Interval in percent. Repeat for several.")
    ] = None,
    as_of: AsOf = None,
    model: Model = "auto",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the total of a series' year: its figures so far and the forecast of the other months."""
    query = validate_query(
        FiscalYearQuery,
        series=key,
        year=year,
        year_start=year_start,
        level=level or DEFAULT_LEVELS,
        as_of=as_of,
        model=model,
    )
    settings = Settings()
    with open_store(settings) as database, messages.status("Computing"):
        with database.reading() as session:
            history = queries.get_history(session, key, today=utc_now().date(), as_of=query.as_of)
            document = describe_counted_year(session, history, query, seed=settings.seed)
        if document is None:
            issued, stored = _issue(database, key, query.model, query.as_of)
            document = describe_forecast_year(issued, decode_paths_with_past(stored), query)
    title = f"{key}, {document.unit} from {document.start} through {document.end}"
    print_answer(document, as_json=as_json, as_csv=as_csv, title=title, remarks=document.warnings)


@cli.command()
def changes(
    key: Key, model: Model = "auto", as_json: AsJson = False, as_csv: AsCsv = False
) -> None:
    """Show how the forecast moved since the one before, and which figures moved it."""
    query = validate_query(ChangesQuery, series=key, model=model)
    settings = Settings()
    with open_store(settings) as database, database.reading() as session:
        series = queries.require_series(session, key)
        change = find_change(session, series.id, Specification(query.model, settings.seed))
        document = ChangesAnswer.of(series, query.model, change, utc_now().date())
    title = f"{key}, {document.unit} per month in the last two forecasts"
    print_answer(
        document, as_json=as_json, as_csv=as_csv, title=title, remarks=_say_what_changed(document)
    )


def _issue(
    database: Database, key: str, model: str, as_of: date | None
) -> tuple[IssuedForecast, bytes]:
    """The forecast of a series, and its paths as stored."""
    specification = Specification(model, Settings().seed)
    issued = issue_forecast(database, utc_now, key, specification, as_of=as_of)
    with database.reading() as session:
        return issued, load_paths(session, issued)


def _say_any_month(document: ThresholdAnswer) -> str:
    run = document.months_in_a_row
    what = "At least once" if run == 1 else f"For {run} months in a row"
    return f"{what} in the months shown: {document.any_month:.0%}."


def _say_what_changed(document: ChangesAnswer) -> list[str]:
    if document.previous is None or document.latest is None:
        return ["There is no earlier forecast to compare with."]
    told = [
        f"Issued {document.previous.issued_at:%Y-%m-%d} and {document.latest.issued_at:%Y-%m-%d}."
    ]
    for figure in document.figures:
        before, after = (
            "none" if value is None else f"{value:,}" for value in (figure.before, figure.after)
        )
        told.append(f"{figure.period}, {figure.kind}: {before} before, {after} after.")
    if not document.figures:
        told.append("No figure of the series changed; figures of other series moved the forecast.")
    return told
