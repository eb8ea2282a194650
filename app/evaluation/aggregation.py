"""Sums of scores put together to the measures that people read."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np

from app.evaluation.store import ScoreTotals
from forecasting.backtest.summaries import Grouping, ScoreSummary, geometric_mean

COMPARED_HORIZON = 12
"""Months ahead up to which hindcasts have every model, so that models can be compared; those of
`auto` and the baseline go on to 36."""

_GROUP: dict[Grouping, Callable[[ScoreTotals], str]] = {
    Grouping.ALL: lambda _: "all",
    Grouping.HORIZON: lambda totals: totals.horizons,
    Grouping.ERA: lambda totals: totals.era,
    Grouping.SERIES: lambda totals: totals.series,
    Grouping.VINTAGE: lambda totals: totals.vintage,
}


def select_compared(totals: Iterable[ScoreTotals]) -> list[ScoreTotals]:
    """Those of the months ahead in which models can be compared."""
    return [one for one in totals if int(one.horizons.partition("-")[2]) <= COMPARED_HORIZON]


def aggregate(totals: Iterable[ScoreTotals], by: Grouping) -> list[ScoreSummary]:
    """Summaries by model and group, as `forecasting.backtest.summaries` defines them."""
    parts: dict[tuple[str, str], list[ScoreTotals]] = defaultdict(list)
    for one in totals:
        parts[_GROUP[by](one), one.model].append(one)
    order = sorted(parts, key=lambda part: (_place(part[0]), part[1]))
    return [_summary(model, group, parts[group, model]) for group, model in order]


def _place(group: str) -> tuple[int, str]:
    """Groups of horizons in the order of their months, others by name."""
    first = group.split("-", maxsplit=1)[0]
    return (int(first) if first.isdecimal() else 0, group)


def _summary(model: str, group: str, parts: list[ScoreTotals]) -> ScoreSummary:
    count = sum(part.count for part in parts)
    return ScoreSummary(
        model=model,
        group=group,
        series=len({part.series for part in parts}),
        cells=count,
        relative_wis=_ratio(parts, lambda part: (part.wis, part.baseline_wis)),
        relative_log_wis=_ratio(parts, lambda part: (part.log_wis, part.baseline_log_wis)),
        relative_crps=_ratio(parts, lambda part: (part.crps, part.baseline_crps)),
        crps=sum(part.crps for part in parts) / count,
        mase=_ratio(parts, lambda part: (part.scaled_error, part.scaled)),
        coverage_50=sum(part.covered_50 for part in parts) / count,
        coverage_80=sum(part.covered_80 for part in parts) / count,
        coverage_95=sum(part.covered_95 for part in parts) / count,
        bias=1 - 2 * sum(part.pit_sum for part in parts) / count,
        pit=tuple(float(share) for share in np.sum([part.pit for part in parts], axis=0) / count),
    )


def _ratio(
    parts: list[ScoreTotals], pair: Callable[[ScoreTotals], tuple[float, float]]
) -> float | None:
    """Geometric mean over series of a ratio of sums.

    Series where a sum is not above 0 are left out.
    """
    sums: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for part in parts:
        sums[part.series] = sums.get(part.series, np.zeros(2)) + np.array(
            pair(part), dtype=np.float64
        )
    ratios = [above / below for above, below in sums.values() if above > 0 and below > 0]
    return geometric_mean(np.array(ratios))
