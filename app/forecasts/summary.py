"""What a forecast says in numbers: each month's mean, median, and central intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.forecasts.encoding import decode_marginals
from app.forecasts.lookup import IssuedForecast
from app.forecasts.span import Span, When, classify_month
from forecasting import Month


@dataclass(frozen=True, slots=True)
class CentralInterval:
    """Holds a count with a probability of `level` percent; both ends in counts."""

    level: int
    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class MonthSummary:
    """The distribution of one month's count; intervals from the narrowest to the widest."""

    period: Month
    when: When
    mean: int
    median: int
    intervals: tuple[CentralInterval, ...]


@dataclass(frozen=True, slots=True)
class ForecastSummary:
    """Some of the months after `origin`, nearest first, and which forecast they are of."""

    origin: Month
    model: str
    data_version: str
    stale: bool
    months: tuple[MonthSummary, ...]


def summarize_forecast(
    issued: IssuedForecast, span: Span, levels: Sequence[int]
) -> ForecastSummary:
    """The months of a span with central intervals of `levels` percent, each 1 to 99."""
    archived = issued.archived
    return ForecastSummary(
        origin=archived.origin,
        model=archived.model,
        data_version=archived.data_version,
        stale=issued.stale,
        months=_summarize_months(issued, span, sorted(set(levels))),
    )


def _summarize_months(
    issued: IssuedForecast, span: Span, levels: list[int]
) -> tuple[MonthSummary, ...]:
    marginals = decode_marginals(issued.archived.quantiles)
    ends = [(level, *marginals.interval(level / 100)) for level in levels]
    return tuple(
        MonthSummary(
            period=period,
            when=classify_month(period, issued.inputs.history.as_of),
            mean=int(marginals.mean[step]),
            median=int(marginals.median[step]),
            intervals=tuple(
                CentralInterval(level, int(lower[step]), int(upper[step]))
                for level, lower, upper in ends
            ),
        )
        for step, period in enumerate(span.months, start=span.first - 1)
    )
