"""Commands on forecasts."""

from functools import partial
from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.console import messages, open_store, print_answer, validate_query
from app.commands.shared import (
    AggregateOption,
    AsCsv,
    AsJson,
    AsOf,
    BaseOption,
    Key,
    Start,
    UnitsOption,
)
from app.config import Settings
from app.evaluation.track_record import get_track_record
from app.forecasts.encoding import decode_paths
from app.forecasts.forecast_answers import (
    AnyForecastAnswer,
    SeveralForecastsAnswer,
    describe_transformed,
)
from app.forecasts.issuing import issue_forecast
from app.forecasts.lookup import load_paths
from app.forecasts.schemas import DEFAULT_LEVELS, ForecastAnswer, ForecastQuery
from app.forecasts.specification import Specification
from app.forecasts.transformed_schemas import TransformedForecastAnswer
from app.observations.selection import asks_for_several, gather, select_series
from app.storage.database import Database
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
    units: UnitsOption = None,
    aggregate: AggregateOption = None,
    base: BaseOption = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Forecast the coming months of a series, or of several that match a pattern."""
    query = validate_query(
        ForecastQuery,
        series=[key],
        horizon=horizon,
        **{"from": start},
        level=level or DEFAULT_LEVELS,
        as_of=as_of,
        model=model,
        units=units,
        aggregate=aggregate,
        base=base,
    )
    settings = Settings()
    specification = Specification(query.model, settings.seed)
    with open_store(settings) as database, messages.status("Computing"):
        find = partial(_find_forecast, database, query, specification)
        if asks_for_several(query.series):
            with database.reading() as session:
                selection = select_series(session, query.series)
            several = SeveralForecastsAnswer.of(gather(selection, find))
            document: AnyForecastAnswer = several
            title = key
        else:
            document = only = find(key)
            title = f"{key}, {only.unit} per {aggregate or 'month'}, from figures through "
            title += str(only.origin)
    print_answer(document, as_json=as_json, as_csv=as_csv, title=title, remarks=document.warnings)


def _find_forecast(
    database: Database, query: ForecastQuery, specification: Specification, key: str
) -> ForecastAnswer | TransformedForecastAnswer:
    issued = issue_forecast(database, utc_now, key, specification, as_of=query.as_of)
    with database.reading() as session:
        if query.transformation is not None:
            paths = decode_paths(load_paths(session, issued))
            return describe_transformed(issued, query, paths)
        history, model = issued.inputs.history, issued.archived.model
        record = get_track_record(session, history.series.id, key, model, as_of=query.as_of)
    return ForecastAnswer.of(issued, query, record)
