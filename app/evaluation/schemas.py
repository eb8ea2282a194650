"""Wire types of the track record."""

from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, Field

from app.evaluation.aggregation import aggregate, select_compared
from app.evaluation.backtest_schemas import ScoreEntry, Scores
from app.evaluation.reconciled_store import ReconciledTotals
from app.evaluation.store import ScoreTotals
from app.evaluation.track_record import count_by_vintage_kind
from app.forecasts.schemas import ModelField
from app.http.answers import ReadQuery, Table
from app.http.joined_tables import join_tables
from app.http.parameters import AsOfField, MonthField, WholeNumber
from app.observations.selection import SeriesKeys
from forecasting.backtest.report import BASELINE
from forecasting.backtest.summaries import Grouping, geometric_mean
from forecasting.series import LONGEST_HORIZON


class EvaluationQuery(ReadQuery):
    series: SeriesKeys | None = Field(
        None,
        description="Only this series, by key. Default: all together. Repeat for several, or give "
        "a pattern such as `usbp.southwest.*`: then the answer has one entry per series, and "
        "tables begin with a `series` column.",
        examples=[["usbp.southwest"]],
    )
    model: ModelField | None = Field(
        None, description="Only this model. Default: all models, including the baseline."
    )
    horizon: Annotated[int, WholeNumber(1, LONGEST_HORIZON)] | None = Field(
        None, description="Only forecasts this many months ahead.", examples=[3]
    )
    start: MonthField | None = Field(
        None, description="First forecast month.", examples=["2018-01"]
    )
    end: MonthField | None = Field(None, description="Last forecast month.", examples=["2025-08"])
    as_of: AsOfField | None = Field(
        None,
        description="Only forecasts issued and figures published by the end of this day (UTC); "
        "each forecast is held against the figure that was current then. Default: today.",
        examples=["2024-05-16"],
    )


class ReconciliationEntry(BaseModel):
    """What adding up has cost or gained, so far."""

    series: int = Field(description="Number of series.", examples=[70])
    cells: int = Field(description="Number of scored forecast months.", examples=[1400])
    relative_wis: float | None = Field(
        description="Weighted interval score of the reconciled forecasts relative to that of the "
        "same ones of single series, as a geometric mean over series; below 1, adding up helps.",
        examples=[0.95],
    )
    relative_log_wis: float | None = Field(
        description="The same on log(1 + count).", examples=[0.99]
    )
    coverage_80: float = Field(
        description="Share of outcomes inside the 80% interval, reconciled.", examples=[0.79]
    )
    coverage_80_alone: float = Field(
        description="Share inside the 80% interval of single series.", examples=[0.8]
    )

    @classmethod
    def of(cls, totals: list[ReconciledTotals]) -> Self:
        cells = sum(one.count for one in totals)
        return cls(
            series=len(totals),
            cells=cells,
            relative_wis=_ratio([(one.wis, one.wis_alone) for one in totals]),
            relative_log_wis=_ratio([(one.log_wis, one.log_wis_alone) for one in totals]),
            coverage_80=round(sum(one.covered_80 for one in totals) / cells, 4),
            coverage_80_alone=round(sum(one.covered_80_alone for one in totals) / cells, 4),
        )


def _ratio(pairs: list[tuple[float, float]]) -> float | None:
    found = geometric_mean(np.array([made / alone for made, alone in pairs if made and alone]))
    return None if found is None else round(found, 4)


class EvaluationAnswer(Scores):
    """How past forecasts compare with actual figures."""

    series: str | None = Field(
        description="Key of the series; null for all.", examples=["usbp.southwest"]
    )
    baseline: str = Field(
        description="The baseline, which relative scores compare with.",
        examples=["log-random-walk"],
    )
    first: MonthField | None = Field(
        description="First month that was forecast and scored; null if there is none.",
        examples=["2012-01"],
    )
    last: MonthField | None = Field(
        description="Last month that was forecast and scored; null if there is none.",
        examples=["2025-08"],
    )
    vintages: dict[str, int] = Field(
        description="Number of forecasts that were issued `live` or `live reconciled`, and of "
        "hindcasts from figures `as known` at the time or `reconstructed` from later releases. "
        "Hindcasts are of single series; a live forecast that was reconciled counts once.",
        examples=[{"as known": 576, "reconstructed": 1368}],
    )
    reconciliation: ReconciliationEntry | None = Field(
        description="Live forecasts that were reconciled, compared with those of the same series "
        "by themselves; null if none has a score yet, or for a past day."
    )

    @classmethod
    def of(
        cls,
        totals: list[ScoreTotals],
        reconciled: list[ReconciledTotals],
        series: str | None,
        horizon: int | None,
    ) -> Self:
        """The scores of forecasts of a series, or of all, made `horizon` months ahead, or all.

        What groups scores of several horizons leaves out those that only some models have.
        """
        groupings = [by for by in Grouping if by is not Grouping.SERIES or series is None]
        compared = totals if horizon is not None else select_compared(totals)
        return cls(
            series=series,
            baseline=BASELINE,
            first=min((one.first for one in totals), default=None),
            last=max((one.last for one in totals), default=None),
            vintages=count_by_vintage_kind(totals),
            reconciliation=ReconciliationEntry.of(reconciled) if reconciled else None,
            scores=[
                ScoreEntry.of(one, by)
                for by in groupings
                for one in aggregate(totals if by is Grouping.HORIZON else compared, by)
            ],
        )


class EvaluationsAnswer(BaseModel):
    """How past forecasts of several series compare with actual figures."""

    evaluations: list[EvaluationAnswer] = Field(
        description="One entry per series, in the order of the request; those of a pattern by key."
    )

    def table(self) -> Table:
        """As for one series, without the number of series, which is 1."""
        tables = ((one.series or "", one.table()) for one in self.evaluations)
        return join_tables(tables, leave_out=["series"])


AnyEvaluationAnswer = EvaluationAnswer | EvaluationsAnswer
