"""Scores of a backtest, put together by model and by horizon, era or series."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from forecasting.arrays import Array
from forecasting.backtest.report import BASELINE, BacktestReport, Mask, Words
from forecasting.month import Month

HORIZON_GROUPS = ((1, 3), (4, 6), (7, 12), (13, 24), (25, 36))
"""Months ahead, first and last."""

ERAS = (("2012-17", 2017), ("2018-22", 2022), ("2023-", 9999))
"""Name and last calendar year of the months that were forecast."""

COVERAGE_LEVELS = (50, 80, 95)
PIT_BINS = 10


class Grouping(StrEnum):
    """What scores can be put together by, besides the model."""

    ALL = "all"
    HORIZON = "horizon"
    ERA = "era"
    SERIES = "series"
    VINTAGE = "vintage"


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """Scores of one model over one group of cells.

    The relative ones are geometric means over series of the sum of the model's scores over that of
    the baseline's, below 1 where the model is better; None where the baseline has no score above 0.

    crps: mean in counts; mase: geometric mean over series
    coverage_50 ...: share of outcomes inside the central interval
    bias: mean of -1 (forecasts too low) to 1 (too high)
    pit: share of outcomes in each tenth of the forecast distribution, lowest first
    """

    model: str
    group: str
    series: int
    cells: int
    relative_wis: float | None
    relative_log_wis: float | None
    relative_crps: float | None
    crps: float
    mase: float | None
    coverage_50: float
    coverage_80: float
    coverage_95: float
    bias: float
    pit: tuple[float, ...]


def horizon_group(horizon: int) -> str:
    """The name of the group that a horizon of 1 to 36 months is in, such as 4-6."""
    first, last = next(group for group in HORIZON_GROUPS if horizon <= group[1])
    return f"{first}-{last}"


def era(target: Month) -> str:
    """The name of the era that a month is in."""
    return next(name for name, last_year in ERAS if target.year <= last_year)


def summarize(
    report: BacktestReport,
    by: Grouping | str = Grouping.ALL,
    *,
    months: int = 1,
    baseline: str = BASELINE,
) -> list[ScoreSummary]:
    """Scores by model, and by horizon group, era of the target month, series or vintage.

    months: 1 for single months, or 3, 6 or 12 for sums. Raises ValueError where the report has no
    forecasts by the baseline.
    """
    if baseline not in report.models:
        raise ValueError(f"baseline is {baseline!r}, expected one of {', '.join(report.models)}")
    groups, of_months = _groups(report, Grouping(by)), report.months == months
    scores = _Scores(report, report.models.index(baseline))
    return [
        scores.summary(model, group, of_months & (groups == group))
        for group in dict.fromkeys(groups[of_months].tolist())
        for model in range(len(report.models))
    ]


def _groups(report: BacktestReport, by: Grouping) -> Words:
    """(c,) the group of every cell."""
    match by:
        case Grouping.HORIZON:
            names: Iterable[str] = map(horizon_group, report.horizon.tolist())
        case Grouping.ERA:
            names = (era(Month(target)) for target in report.target.tolist())
        case Grouping.SERIES:
            names = report.key.tolist()
        case Grouping.VINTAGE:
            names = report.vintage.tolist()
        case Grouping.ALL:
            names = ["all"] * len(report)
    return np.array(list(names), dtype=np.str_)


class _Scores:
    """Every score of every cell, computed once."""

    def __init__(self, report: BacktestReport, baseline: int) -> None:
        self._report = report
        self._baseline = baseline
        self._wis, self._log_wis = report.wis, report.log_wis
        self._scaled_error, self._bias = report.absolute_scaled_error, report.bias
        self._covered = {level: report.covered(level) for level in COVERAGE_LEVELS}
        self._keys, self._of_key = np.unique(report.key, return_inverse=True)

    def summary(self, model: int, group: str, cells: Mask) -> ScoreSummary:
        report = self._report
        in_tenth, _ = np.histogram(report.pit[model, cells], bins=PIT_BINS, range=(0, 1))
        coverage = {
            level: float(self._covered[level][model, cells].mean()) for level in COVERAGE_LEVELS
        }
        return ScoreSummary(
            model=report.models[model],
            group=group,
            series=np.unique(self._of_key[cells]).size,
            cells=int(cells.sum()),
            relative_wis=self._relative(self._wis, model, cells),
            relative_log_wis=self._relative(self._log_wis, model, cells),
            relative_crps=self._relative(report.crps, model, cells),
            crps=float(report.crps[model, cells].mean()),
            mase=self._mase(model, cells),
            coverage_50=coverage[50],
            coverage_80=coverage[80],
            coverage_95=coverage[95],
            bias=float(self._bias[model, cells].mean()),
            pit=tuple(float(count) for count in in_tenth / cells.sum()),
        )

    def _relative(self, scores: Array, model: int, cells: Mask) -> float | None:
        mine, baseline = (self._sums(scores[nth], cells) for nth in (model, self._baseline))
        comparable = (mine > 0) & (baseline > 0)
        return geometric_mean(mine[comparable] / baseline[comparable])

    def _mase(self, model: int, cells: Mask) -> float | None:
        scaled = cells & np.isfinite(self._scaled_error[model])
        counts = np.bincount(self._of_key[scaled], minlength=self._keys.size)
        means = self._sums(self._scaled_error[model], scaled)[counts > 0] / counts[counts > 0]
        return geometric_mean(means[means > 0])

    def _sums(self, scores: Array, cells: Mask) -> Array:
        """(series,) sum over each series' cells."""
        sums = np.bincount(self._of_key[cells], weights=scores[cells], minlength=self._keys.size)
        return np.asarray(sums, dtype=np.float64)


def geometric_mean(values: Array) -> float | None:
    """Of positive values; None where there is none."""
    return float(np.exp(np.log(values).mean())) if values.size else None
