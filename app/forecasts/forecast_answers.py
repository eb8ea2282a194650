"""The answer to a request for forecasts: of one series or several, as counts or transformed."""

from datetime import datetime
from typing import Any, Self

from numpy.typing import NDArray
from pydantic import BaseModel, Field

from app.forecasts.lookup import IssuedForecast
from app.forecasts.schemas import ForecastAnswer, ForecastQuery
from app.forecasts.span import choose_span
from app.forecasts.transformed_forecast import transform_forecast
from app.forecasts.transformed_schemas import TransformedForecastAnswer
from app.http.answers import Table
from app.http.joined_tables import join_tables
from app.observations.selection import Gathered, LeftOutSeries

OneForecastAnswer = ForecastAnswer | TransformedForecastAnswer


class SeveralForecastsAnswer(BaseModel):
    """The forecasts of several series."""

    forecasts: list[OneForecastAnswer] = Field(
        description="One entry per series, in the order of the request; those of a pattern by key."
    )
    left_out: list[LeftOutSeries] = Field(
        description="Series that match a pattern and cannot be forecast, such as those that have "
        "ended."
    )

    @classmethod
    def of(cls, gathered: Gathered[OneForecastAnswer]) -> Self:
        return cls(forecasts=gathered.found, left_out=gathered.left_out)

    @property
    def issued_at(self) -> datetime:
        """When the newest of them was computed."""
        return max(forecast.issued_at for forecast in self.forecasts)

    @property
    def warnings(self) -> list[str]:
        """Those of every series, each with its key."""
        told = [f"{one.series}: {warning}" for one in self.forecasts for warning in one.warnings]
        return [*told, *(one.reason for one in self.left_out)]

    def table(self) -> Table:
        return join_tables((one.series, one.table()) for one in self.forecasts)


AnyForecastAnswer = ForecastAnswer | TransformedForecastAnswer | SeveralForecastsAnswer


def describe_transformed(
    issued: IssuedForecast, query: ForecastQuery, paths: NDArray[Any]
) -> TransformedForecastAnswer:
    """The forecast in the units and periods of the request.

    paths: (draws, horizon) counts of the months after the origin. Raises what `choose_span` and
    `transform_forecast` raise.
    """
    wanted, history = query.transformation, issued.inputs.history
    assert wanted is not None, "the request wants other units or longer periods"
    span = choose_span(issued.archived.origin, query.horizon, query.start, history.as_of)
    found = transform_forecast(history, span, paths, wanted)
    return TransformedForecastAnswer.of(issued, span, found, wanted, query.level)
