"""Wire types of the archive of forecasts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from app.forecasts.encoding import decode_marginals
from app.forecasts.schemas import ModelField
from app.forecasts.tables import ForecastRow
from app.http.answers import Format, ReadQuery, Table
from app.http.parameters import MonthField, WholeNumber
from forecasting.scores import HUB_LEVELS
from forecasting.series import LONGEST_HORIZON

MOST_FORECASTS = 1000
LARGEST_ID = 2**31 - 1
_LEVELS = [round(float(level), 3) for level in HUB_LEVELS]


class ArchiveFormat(StrEnum):
    """The form of an answer from the archive."""

    JSON = "json"
    CSV = "csv"
    HUBVERSE = "hubverse"


class ArchivedQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: ArchiveFormat | None = Field(
        None,
        description="`json` (default), `csv` (`Accept: text/csv` does the same), or `hubverse`: "
        "a forecast hub's model-output table with quantiles and samples.",
    )
    horizon: Annotated[int, WholeNumber(1, LONGEST_HORIZON)] = Field(
        LONGEST_HORIZON, description="How many months ahead `hubverse` goes.", examples=[12]
    )

    @property
    def read(self) -> ReadQuery:
        """The same as a read of any other kind, where the hub's table is not asked for."""
        return ReadQuery(format=None if self.format is None else Format(self.format.value))


class ArchiveQuery(ArchivedQuery):
    series: str | None = Field(
        None, description="Only of this series, by key.", examples=["usbp.southwest"]
    )
    model: ModelField | None = Field(None, description="Only by this model.")
    origin: MonthField | None = Field(
        None, description="Only those that start after this month.", examples=["2025-08"]
    )
    limit: Annotated[int, WholeNumber(1, MOST_FORECASTS)] = Field(
        100, description="Most forecasts in one answer; `hubverse` has all of its file."
    )
    cursor: Annotated[int, WholeNumber(1, LARGEST_ID)] | None = Field(
        None, description="Go on after an answer: its `next_cursor`."
    )


class ForecastEntry(BaseModel):
    """One archived forecast."""

    id: int = Field(description="Its number in this archive.", examples=[17])
    series: str = Field(description="Key of the series.", examples=["usbp.southwest"])
    model: str = Field(description="The model.", examples=["auto"])
    origin: MonthField = Field(description="Last month with a figure.", examples=["2025-08"])
    issued_at: datetime = Field(description="When it was computed (UTC).")
    live: bool = Field(
        description="True where it was made from all figures known when it was issued; false "
        "where it was asked for as of a past day.",
        examples=[True],
    )
    data_version: str = Field(
        description="Names the figures used; the same figures have the same name."
    )
    specification: str = Field(
        description="All that determines it besides the figures.",
        examples=["auto method=1 horizon=36 draws=2000 seed=0"],
    )
    versions: dict[str, str] = Field(
        description="Versions of what computed it.",
        examples=[{"bordercast": "0.1.0", "numpy": "2.4.6"}],
    )
    warnings: list[str] = Field(description="What the fit had to say.", examples=[[]])
    provisional_share: float = Field(
        description="Share of the first month's variance (log scale) "
        "that is due to measurement error of the figures used, 0 to 1.",
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

    forecasts: list[ForecastEntry] = Field(description="One entry a forecast, newest first.")
    next_cursor: int | None = Field(description="`cursor` of the next answer; null at the end.")

    def table(self) -> Table:
        return list(ForecastEntry.model_fields), (entry.row() for entry in self.forecasts)


class QuantileMonth(BaseModel):
    """The distribution of one month's count, at the hub's levels."""

    period: MonthField = Field(description="Calendar month.", examples=["2025-09"])
    mean: int = Field(description="Expected count, in encounters.", examples=[6300])
    quantiles: list[int] = Field(
        description="Counts that are not exceeded with the probabilities `levels`, in encounters.",
        examples=[[3100, 3500, 3900]],
    )


class ArchivedForecast(ForecastEntry):
    """An archived forecast, whole."""

    levels: list[float] = Field(
        description="Probabilities of the quantiles: the 23 that forecast hubs use.",
        examples=[[0.01, 0.025, 0.05]],
    )
    months: list[QuantileMonth] = Field(
        description="One entry a month, consecutive from the month after the origin."
    )
    parameters: dict[str, list[float]] = Field(
        description="What the fit has learned, by name.",
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
