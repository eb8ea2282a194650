"""Wire types of the archive of forecasts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from app.forecasts.encoding import decode_marginals
from app.forecasts.schemas import ModelField
from app.forecasts.tables import ForecastRow
from app.http.answers import Format, ReadQuery, Table
from app.http.parameters import LARGEST_ID, MonthField, WholeNumber
from forecasting.scores import HUB_LEVELS
from forecasting.series import LONGEST_HORIZON

MOST_FORECASTS = 1000
_LEVELS = [round(float(level), 3) for level in HUB_LEVELS]


class ArchiveFormat(StrEnum):
    """The format of an answer from the archive."""

    JSON = "json"
    CSV = "csv"
    HUBVERSE = "hubverse"


class ArchivedForecastQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: ArchiveFormat | None = Field(
        None,
        description="`json` (default), `csv` (`Accept: text/csv` also selects CSV), or "
        "`hubverse`: a forecast hub's model-output table with quantiles and "
        "samples.",
    )
    horizon: Annotated[int, WholeNumber(1, LONGEST_HORIZON)] = Field(
        LONGEST_HORIZON,
        description="Number of months ahead in the `hubverse` format.",
        examples=[12],
    )
    past: bool = Field(
        False,
        description="In the `hubverse` format, add samples of the past months whose figures are "
        "not final or not exact, with horizons of 0 (the origin) and below. A year's total is the "
        "sum of the samples with one `output_type_id` and of the figures of the other months. "
        "All samples are then those of single series, which do not add up with each other.",
    )

    @property
    def read(self) -> ReadQuery:
        """The same as a read of any other kind, where the hub's table is not asked for."""
        return ReadQuery(format=None if self.format is None else Format(self.format.value))


class ArchiveListQuery(ArchivedForecastQuery):
    series: str | None = Field(
        None, description="Only this series, by key.", examples=["usbp.southwest"]
    )
    model: ModelField | None = Field(None, description="Only forecasts by this model.")
    origin: MonthField | None = Field(
        None,
        description="Only forecasts with this origin, the last month with a figure.",
        examples=["2025-08"],
    )
    limit: Annotated[int, WholeNumber(1, MOST_FORECASTS)] = Field(
        100,
        description="Largest number of forecasts in one answer. `hubverse` always has the "
        "whole file.",
    )
    cursor: Annotated[int, WholeNumber(1, LARGEST_ID)] | None = Field(
        None, description="The `next_cursor` of the previous answer."
    )


class ForecastEntry(BaseModel):
    """One archived forecast."""

    id: int = Field(description="Its number in this archive.", examples=[17])
    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    model: str = Field(description="The model.", examples=["auto"])
    origin: MonthField = Field(description="Last month with a figure.", examples=["2025-08"])
    issued_at: datetime = Field(description="When it was computed (UTC).")
    live: bool = Field(
        description="True if it was made from all figures known when it was issued; false if it "
        "was requested as of a past day.",
        examples=[True],
    )
    data_version: str = Field(
        description="Identifies the figures used. The same figures have the same identifier."
    )
    specification: str = Field(
        description="Everything else that determines the forecast.",
        examples=["auto method=1 horizon=36 draws=2000 seed=0"],
    )
    versions: dict[str, str] = Field(
        description="Versions of the software that computed it.",
        examples=[{"bordercast": "0.1.0", "numpy": "2.4.6"}],
    )
    warnings: list[str] = Field(description="Warnings from the fit.", examples=[[]])
    provisional_share: float = Field(
        description="Share of the first month's variance (log scale) that comes from "
        "measurement error of the figures used, 0 to 1.",
        examples=[0.04],
    )

    @classmethod
    def of(cls, row: ForecastRow, key: str) -> Self:
        return cls(**_entry(row, key))

    def row(self) -> list[Any]:
        """The fields in their order, as a table has them."""
        flat = {
            "issued_at": self.issued_at.isoformat(),
            "versions": " ".join(f"{name}={number}" for name, number in self.versions.items()),
            "warnings": "; ".join(self.warnings),
        }
        return list((self.model_dump() | flat).values())


class ForecastsAnswer(BaseModel):
    """Archived forecasts, newest first."""

    forecasts: list[ForecastEntry] = Field(description="One entry per forecast, newest first.")
    next_cursor: int | None = Field(description="`cursor` for the next answer; null at the end.")

    def table(self) -> Table:
        return list(ForecastEntry.model_fields), (entry.row() for entry in self.forecasts)


class QuantileMonth(BaseModel):
    """The distribution of one month's count, at the levels that forecast hubs use."""

    period: MonthField = Field(description="Calendar month.", examples=["2025-09"])
    mean: int = Field(description="Expected count, in encounters.", examples=[6300])
    quantiles: list[int] = Field(
        description="Quantiles at the probabilities in `levels`, in encounters.",
        examples=[[3100, 3500, 3900]],
    )


class ArchivedForecast(ForecastEntry):
    """An archived forecast in full."""

    levels: list[float] = Field(
        description="Probabilities of the quantiles: the 23 levels that forecast hubs use.",
        examples=[[0.01, 0.025, 0.05]],
    )
    months: list[QuantileMonth] = Field(
        description="One entry per month, starting with the month after the origin."
    )
    parameters: dict[str, list[float]] = Field(
        description="What the fit learned, by name.",
        examples=[{"log-random-walk:deviation": [0.18]}],
    )

    @classmethod
    def of(cls, row: ForecastRow, key: str) -> Self:
        marginals = decode_marginals(row.quantiles)
        quantiles = marginals.quantiles(HUB_LEVELS)
        months = [
            QuantileMonth(
                period=row.origin + step + 1,
                mean=int(marginals.mean[step]),
                quantiles=[int(value) for value in quantiles[step]],
            )
            for step in range(len(quantiles))
        ]
        return cls(**_entry(row, key), levels=_LEVELS, months=months, parameters=row.parameters)

    def table(self) -> Table:
        """One row a month, the quantiles as columns."""
        return ["period", "mean", *(f"q{level:g}" for level in self.levels)], (
            [month.period, month.mean, *month.quantiles] for month in self.months
        )


def _entry(row: ForecastRow, key: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "series": key,
        "model": row.model,
        "origin": row.origin,
        "issued_at": row.issued_at,
        "live": row.live,
        "data_version": row.data_version,
        "specification": row.specification,
        "versions": row.versions,
        "warnings": [str(warning) for warning in row.warnings],
        "provisional_share": round(row.provisional_share, 4),
    }
