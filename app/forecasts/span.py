"""Which months an answer shows: counted from the newest figure, or from the current month."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.errors import BadParameter, Fault
from forecasting import Month
from forecasting.series import LONGEST_HORIZON


class Start(StrEnum):
    """The first month of an answer."""

    ORIGIN = "origin"
    TODAY = "today"


class When(StrEnum):
    """The state of a forecast month on the day of the request."""

    PAST_UNPUBLISHED = "past_unpublished"
    CURRENT = "current"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class ForecastSpan:
    """The months from `first` to `last` months after `origin`, both included.

    `cut` is how many months that were asked for lie beyond the longest horizon and are left out.
    """

    origin: Month
    first: int
    last: int
    cut: int = 0

    @property
    def columns(self) -> slice:
        """Where the months are among all that are forecast, the first after the origin first."""
        return slice(self.first - 1, self.last)

    @property
    def months(self) -> list[Month]:
        return [self.origin + step for step in range(self.first, self.last + 1)]

    @property
    def warnings(self) -> list[str]:
        """What a reader must know about the months shown, in sentences."""
        if not self.cut:
            return []
        end = self.origin + LONGEST_HORIZON
        months = "1 month is" if self.cut == 1 else f"{self.cut} months are"
        return [
            f"Forecasts end {LONGEST_HORIZON} months after the newest figure, in {end}, so "
            f"{months} left out."
        ]


def classify_month(period: Month, as_of: date) -> When:
    """Whether a month without a figure is over, under way, or still to come at the end of a day."""
    return classify_period(period, period, as_of)


def classify_period(start: Month, end: Month, as_of: date) -> When:
    """The same of the months from `start` through `end`, some of which have no figure."""
    current = Month.containing(as_of)
    if start <= current <= end:
        return When.CURRENT
    return When.PAST_UNPUBLISHED if end < current else When.FUTURE


def is_beyond_reach(origin: Month, as_of: date) -> bool:
    """Whether the current month of a day is later than any forecast from `origin` reaches."""
    return Month.containing(as_of) - origin > LONGEST_HORIZON


def choose_span(origin: Month, horizon: int, start: Start, as_of: date) -> ForecastSpan:
    """The `horizon` months that an answer shows.

    Parameters
    ----------
    origin : the last month with a figure
    horizon : how many months, 1 to 36
    start : whether the first one is the month after `origin` or the current month of `as_of`

    Raises
    ------
    BadParameter
        If the current month lies beyond the longest horizon after `origin`.
    """
    if start is Start.ORIGIN:
        return ForecastSpan(origin, 1, horizon)
    first = max(Month.containing(as_of) - origin, 1)
    if first > LONGEST_HORIZON:
        raise BadParameter(
            Fault(
                "from",
                Start.TODAY.value,
                f"origin, because the newest figure is for {origin} and forecasts reach "
                f"{LONGEST_HORIZON} months ahead",
            )
        )
    last = min(first + horizon - 1, LONGEST_HORIZON)
    return ForecastSpan(origin, first, last, cut=first + horizon - 1 - last)
