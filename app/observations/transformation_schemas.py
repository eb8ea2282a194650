"""Wire types of figures in other units or by longer periods."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from app.errors import BadParameter, Fault
from app.http.answers import Table
from app.http.parameters import MonthField
from app.observations.observation import Status
from app.observations.queries import History
from app.observations.transformations import Aggregate, Transformation, Units
from app.observations.transformed_history import Base, TransformedFigure


class TransformationParameters(BaseModel):
    """The parameters that ask for other units or longer periods."""

    model_config = ConfigDict(extra="forbid")

    units: Units | None = Field(
        None,
        description="Instead of counts: `change` from the period before, `change_year` from the "
        "same period a year before, either in `percent` (`percent_year`), or an `index`. Default: "
        "counts.",
        examples=["percent_year"],
    )
    aggregate: Aggregate | None = Field(
        None,
        description="Add up months to each `quarter` or `year` of the series' own year, such as "
        "the US fiscal year; only complete ones are shown. Default: months.",
        examples=["quarter"],
    )
    base: MonthField | None = Field(
        None,
        description="With `units=index`, a month of the period in which the index is 100. "
        "Default: the newest period with figures.",
        examples=["2019-10"],
    )

    @property
    def transformation(self) -> Transformation | None:
        """What is wanted, None for monthly counts. Raises BadParameter for a base of no index."""
        if self.base is not None and self.units is not Units.INDEX:
            raise BadParameter(Fault("base", str(self.base), "no value without units=index"))
        if self.units is None and self.aggregate is None:
            return None
        return Transformation(self.units, self.aggregate, self.base)


class PeriodEntry(BaseModel):
    """A month, or a quarter or year of a series."""

    period: str = Field(
        description="The month (`2024-04`), quarter (`2024-Q3`), or year (`2024`) of the series' "
        "own year, which is named by its last month.",
        examples=["2024-Q3"],
    )
    start: MonthField = Field(description="First month of the period.", examples=["2024-04"])
    end: MonthField = Field(description="Last month of the period.", examples=["2024-06"])


class TransformedEntry(PeriodEntry):
    """The value of one period."""

    value: int | float | None = Field(
        description="The value, in the answer's unit; null if a figure that it needs is missing, "
        "or if a percentage would be of 0.",
        examples=[-12.5],
    )
    status: Status = Field(
        description="The least reliable SDMX observation status of the period's months.",
        examples=["A"],
    )
    published_on: date | None = Field(
        description="When the newest figure of the period was published.", examples=["2024-10-22"]
    )

    @classmethod
    def of(cls, figure: TransformedFigure) -> Self:
        return cls(
            period=str(figure.period),
            start=figure.period.start,
            end=figure.period.end,
            value=figure.value,
            status=figure.status,
            published_on=figure.published_on,
        )


class TransformedHistoryAnswer(BaseModel):
    """The figures of a series in other units or by longer periods, oldest first."""

    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    unit: str = Field(description="What the values are in.", examples=["percent change"])
    units: Units | None = Field(description="As in the request.", examples=["percent"])
    aggregate: Aggregate | None = Field(description="As in the request.", examples=["quarter"])
    as_of: date = Field(
        description="The figures known at the end of this day.", examples=["2024-05-16"]
    )
    observations: list[TransformedEntry] = Field(description="One entry per period, oldest first.")
    warnings: list[str] = Field(
        description="Warnings to read before use, such as the age of the figures.", examples=[[]]
    )

    @classmethod
    def of(
        cls,
        history: History,
        wanted: Transformation,
        figures: list[TransformedFigure],
        base: Base | None,
    ) -> Self:
        return cls(
            series=history.series.key,
            unit=wanted.describe_unit(history.series.unit, base.period if base else None),
            units=wanted.units,
            aggregate=wanted.aggregate,
            as_of=history.as_of,
            observations=[TransformedEntry.of(figure) for figure in figures],
            warnings=history.warnings,
        )

    def table(self) -> Table:
        """One row a period."""
        return list(TransformedEntry.model_fields), (
            list(entry.model_dump().values()) for entry in self.observations
        )
