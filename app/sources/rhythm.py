"""When a publisher's next figure can be expected, from how long after a month's end its figures
came so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from forecasting import Month

FEWEST = 3  # past releases from which something is expected
MOST = 24  # the newest of them, which count
LONGEST_DELAY = 150  # days; what came later came for another reason than a monthly rhythm


@dataclass(frozen=True, slots=True)
class Delays:
    """Days from the end of a month to its first publication, over some past releases."""

    median: int
    shortest: int
    longest: int
    releases: int


@dataclass(frozen=True, slots=True)
class Expected:
    """When the figure of the next month is expected, and between which days such figures came."""

    period: Month
    day: date
    earliest: date
    latest: date


def delays(newest_by_day: Iterable[tuple[date, Month]]) -> Delays | None:
    """Delays of past releases that brought a new newest month; None if there are too few.

    Parameters
    ----------
    newest_by_day : day of each release and the newest month in it, oldest release first
    """
    found: list[int] = []
    newest: Month | None = None
    for day, period in newest_by_day:
        if newest is not None and period <= newest:
            continue
        newest = period
        days = (day - period.last_day).days
        if 0 <= days <= LONGEST_DELAY:
            found.append(days)
    if len(found) < FEWEST:
        return None
    last = found[-MOST:]
    return Delays(round(median(last)), min(last), max(last), len(last))


def expect_next(newest: Month, past: Delays) -> Expected:
    """When the month after the newest is expected."""
    period = newest + 1
    end = period.last_day
    return Expected(
        period,
        end + timedelta(days=past.median),
        end + timedelta(days=past.shortest),
        end + timedelta(days=past.longest),
    )
