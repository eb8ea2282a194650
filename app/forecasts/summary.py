"""What a forecast says in numbers: each month's mean, median, and central intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.forecasts.encoding import decode_marginals
from app.forecasts.lookup import IssuedForecast
from app.forecasts.span import ForecastSpan, When, classify_month
from forecasting import Month

_REMEMBERED = 500  # spans of forecasts, of some 10 kB each


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
    issued: IssuedForecast, span: ForecastSpan, levels: Sequence[int]
) -> ForecastSummary:
    """The months of a span with central intervals of `levels` percent, each 1 to 99."""
    archived = issued.archived
    return ForecastSummary(
        origin=archived.origin,
        model=archived.model,
        data_version=issued.data_version,
        stale=issued.stale,
        months=summarize_months(issued.quantiles, span, issued.inputs.history.as_of, tuple(levels)),
    )


@lru_cache(_REMEMBERED)
def summarize_months(
    marginals: bytes, span: ForecastSpan, as_of: date, levels: tuple[int, ...]
) -> tuple[MonthSummary, ...]:
    """The months of a span, of which `marginals` are as the archive encodes them.

    as_of: the day that tells which months are over
    """
    distribution = decode_marginals(marginals)
    ends = [(level, *distribution.interval(level / 100)) for level in sorted(set(levels))]
    return tuple(
        MonthSummary(
            period=period,
            when=classify_month(period, as_of),
            mean=int(distribution.mean[step]),
            median=int(distribution.median[step]),
            intervals=tuple(
                CentralInterval(level, int(lower[step]), int(upper[step]))
                for level, lower, upper in ends
            ),
        )
        for step, period in enumerate(span.months, start=span.first - 1)
    )
