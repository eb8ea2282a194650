"""The chart that a visitor sees first, drawn before anyone visits."""

from contextlib import suppress

from app.charts.chart_data import specify_forecast_chart
from app.charts.renderer import ChartRenderer
from app.charts.schemas import ForecastChartQuery
from app.charts.specifications import ChartFormat
from app.clock import Clock
from app.errors import Problem
from app.forecasts.issuing import issue_forecast
from app.forecasts.span import Start
from app.forecasts.specification import Specification
from app.languages import DEFAULT
from app.storage.database import Database
from app.web.query import PageQuery

WIDEST = 960  # pixels of the pictures in templates/parts.html


def warm_up_first_chart(
    database: Database, clock: Clock, charts: ChartRenderer, specification: Specification
) -> None:
    """Start drawing it as a picture and as an interactive chart, as the page requests them.

    Does not wait.
    """
    page = PageQuery()
    query = ForecastChartQuery.model_validate(
        {
            "series": page.series,
            "years": page.years.years,
            "scale": page.scale,
            "width": WIDEST,
            "lang": DEFAULT,
            "from": Start.TODAY,
        }
    )
    with suppress(
        Problem
    ):  # a store may lack this series or have too little of it; its page says so
        issued = issue_forecast(database, clock, query.series, specification)
        for form in (ChartFormat.SVG, ChartFormat.JSON):
            with database.reading() as session:
                chart = specify_forecast_chart(session, clock().date(), query, form, issued)
            charts.prefetch(chart, form)
