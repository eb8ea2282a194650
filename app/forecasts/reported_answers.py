"""The answer about a reported figure, for the HTTP interface and the page alike."""

from app.forecasts.reported_figure import add_reported_figure
from app.forecasts.reported_schemas import ReportedFigureAnswer, ReportedFigureQuery
from app.forecasts.scenarios import Assumptions, ScenarioService
from app.forecasts.service import ForecastService
from app.storage.database import Database

NOTHING_ASSUMED = Assumptions({}, ())


async def describe_reported_figure(
    query: ReportedFigureQuery,
    database: Database,
    forecasts: ForecastService,
    scenarios: ScenarioService,
) -> ReportedFigureAnswer:
    """Where a reported figure stands, and the forecast without and with it; nothing is stored.

    Both are forecasts of the series by itself: no other series has a figure of that month yet, with
    which the forecast could add up.

    Raises what `ForecastService.forecast` and `add_reported_figure` raise, and TooBusy.
    """
    issued = await forecasts.forecast(
        query.series, model=query.model, as_of=query.as_of, fresh=True, reconciled=False
    )
    changed = await database.read_in_thread(add_reported_figure, issued.inputs, query.figure)
    paths = await forecasts.paths(issued)
    made = await scenarios.compute(changed, NOTHING_ASSUMED, query.model)
    return ReportedFigureAnswer.of(issued, paths, query, made)
