"""The document of a backtest's scores."""

from typing import Self

from pydantic import BaseModel, Field

from app.http.answers import Table
from forecasting.backtest.report import BASELINE, BacktestReport
from forecasting.backtest.summaries import Grouping, ScoreSummary, summarize


class ScoreEntry(BaseModel):
    """Scores of one model over a group of past forecasts."""

    model: str = Field(description="The model.", examples=["auto"])
    by: str = Field(
        description="What forecasts are grouped by: `all`, `horizon`, `era`, `series`, or "
        "`vintage`.",
        examples=["horizon"],
    )
    group: str = Field(
        description="The group: months ahead such as 4-6, years of the forecast months, or a key.",
        examples=["4-6"],
    )
    series: int = Field(description="Number of series.", examples=[58])
    cells: int = Field(description="Number of forecasts, each for one month.", examples=[1914])
    relative_wis: float | None = Field(
        description="Weighted interval score relative to the baseline's: the geometric mean, "
        "over series, of the ratio of sums. Below 1 is better than the baseline.",
        examples=[0.84],
    )
    relative_log_wis: float | None = Field(
        description="The same for log(1 + count), which weighs errors by their ratio rather "
        "than their size.",
        examples=[0.93],
    )
    relative_crps: float | None = Field(
        description="Continuous ranked probability score relative to the baseline's, computed "
        "in the same way.",
        examples=[0.84],
    )
    mase: float | None = Field(
        description="Mean absolute error of the median, divided by the mean seasonal change of "
        "the history: the geometric mean over series. Below 1 is better than "
        "repeating last year.",
        examples=[0.71],
    )
    crps: float = Field(
        description="Mean continuous ranked probability score, in encounters.", examples=[2100.0]
    )
    coverage_50: float = Field(
        description="Share of outcomes inside the central 50% interval. The goal is 0.5.",
        examples=[0.49],
    )
    coverage_80: float = Field(
        description="Share of outcomes inside the central 80% interval.", examples=[0.79]
    )
    coverage_95: float = Field(
        description="Share of outcomes inside the central 95% interval.", examples=[0.94]
    )
    bias: float = Field(
        description="From -1 (all forecasts too low) to 1 (all too high). The goal is 0.",
        examples=[0.03],
    )
    pit: list[float] = Field(
        description="Share of outcomes in each tenth of the forecast distribution, lowest "
        "first. The goal is 0.1 each.",
        examples=[[0.11, 0.1, 0.1, 0.09, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]],
    )

    @classmethod
    def of(cls, summary: ScoreSummary, by: Grouping) -> Self:
        return cls(
            model=summary.model,
            by=by.value,
            group=summary.group,
            series=summary.series,
            cells=summary.cells,
            relative_wis=rounded(summary.relative_wis),
            relative_log_wis=rounded(summary.relative_log_wis),
            relative_crps=rounded(summary.relative_crps),
            mase=rounded(summary.mase),
            crps=round(summary.crps, 2),
            coverage_50=round(summary.coverage_50, 4),
            coverage_80=round(summary.coverage_80, 4),
            coverage_95=round(summary.coverage_95, 4),
            bias=round(summary.bias, 4),
            pit=[round(share, 4) for share in summary.pit],
        )

    def row(self) -> list[str | int | float | None]:
        """The fields in their order, the tenths of the PIT separated by blanks."""
        return list(
            (self.model_dump() | {"pit": " ".join(f"{share:g}" for share in self.pit)}).values()
        )


class Scores(BaseModel):
    """Scores by model and group."""

    scores: list[ScoreEntry] = Field(description="By model and group.")

    def table(self) -> Table:
        """One row a model and group."""
        return list(ScoreEntry.model_fields), (entry.row() for entry in self.scores)


class BacktestAnswer(Scores):
    """Scores of a backtest."""

    baseline: str = Field(description="The baseline, which relative scores compare with.")
    horizon: int = Field(description="Number of months ahead.")
    first_origin: str = Field(description="First origin.")
    last_origin: str = Field(description="Last origin.")
    reconstructed: float = Field(
        description="Share of the forecasts that use figures reconstructed from later releases, "
        "0 to 1."
    )

    @classmethod
    def of(cls, report: BacktestReport, months: tuple[str, str]) -> Self:
        """`months` are the first and the last origin."""
        return cls(
            baseline=BASELINE,
            horizon=int(report.horizon.max()),
            first_origin=months[0],
            last_origin=months[1],
            reconstructed=round(float((report.vintage == "reconstructed").mean()), 4),
            scores=[ScoreEntry.of(one, by) for by in Grouping for one in summarize(report, by)],
        )


def rounded(value: float | None) -> float | None:
    """To four digits, which is more than scores of some thousand forecasts can tell."""
    return None if value is None else round(value, 4)
