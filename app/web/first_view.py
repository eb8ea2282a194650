"""The chart that a visitor sees first, drawn before he comes."""

from contextlib import suppress

from app.charts.gathering import forecast_order
from app.charts.orders import Picture
from app.charts.schemas import ForecastChartQuery
from app.charts.studio import Studio
from app.clock import Clock
from app.database import Database
from app.errors import Problem
from app.forecasts.issuing import issue
from app.forecasts.specification import Specification
from app.languages import DEFAULT
from app.web.query import PageQuery

WIDEST = 960  # pixels of the pictures in templates/parts.html


def prepare_first_view(
    database: Database, clock: Clock, charts: Studio, specification: Specification
) -> None:
    """Have it drawn as a picture and as what is made live, as the page asks for them. Does not wait."""
    page = PageQuery()
    query = ForecastChartQuery(
        series=page.series, years=page.years.years, scale=page.scale, width=WIDEST, lang=DEFAULT
    )
    with suppress(Problem):  # a store may lack this series or have too little of it; its page says so
        issued = issue(database, clock, query.series, specification)
        for form in (Picture.SVG, Picture.JSON):
            with database.reading() as session:
                order = forecast_order(session, clock().date(), query, form, issued)
            charts.prepare(order, form)
