"""The headline: what is expected now, and the latest figure."""

from dataclasses import dataclass
from datetime import date

from app.charts.lines import HEADLINE_LEVEL
from app.forecasts.span import When
from app.forecasts.summary import CentralInterval, ForecastSummary, MonthSummary
from app.observations.observation import Observation
from app.observations.queries import MONTHS_BEFORE_OLD, History
from app.web.figure_text import Change
from forecasting import Month

MONTHS_LISTED = 6  # after the current one


@dataclass(frozen=True, slots=True)
class Headline:
    """One series in a few numbers, as known on a day."""

    as_of: date
    today: date
    ended: bool
    newest: Observation | None
    changes: list[Change]
    largest: Observation | None
    months: tuple[MonthSummary, ...]
    computing: bool
    beyond_reach: bool

    @property
    def age(self) -> int:
        """How many months before the current one the newest figure is."""
        return Month.containing(self.as_of) - self.newest.period if self.newest else 0

    @property
    def is_old(self) -> bool:
        return self.age > MONTHS_BEFORE_OLD and not self.ended

    @property
    def replayed(self) -> bool:
        """Whether the page shows what was known on a past day."""
        return self.as_of != self.today

    @property
    def ahead(self) -> tuple[MonthSummary, ...]:
        """The months that are not over, the current one first."""
        return tuple(month for month in self.months if month.when is not When.PAST_UNPUBLISHED)

    @property
    def later_months(self) -> tuple[MonthSummary, ...]:
        """The months after the first one ahead that are listed."""
        return self.ahead[1 : 1 + MONTHS_LISTED]

    @property
    def over(self) -> tuple[MonthSummary, ...]:
        """The months that are over and have no figure yet."""
        return tuple(month for month in self.months if month.when is When.PAST_UNPUBLISHED)

    @property
    def record_within_range(self) -> Observation | None:
        """The largest figure on record, if the last month's range ends above it."""
        if self.largest is None or self.largest.value is None or not self.ahead:
            return None
        return (
            self.largest if headline_interval(self.ahead[-1]).upper > self.largest.value else None
        )


def headline_interval(month: MonthSummary) -> CentralInterval:
    """The interval that the headline gives for a month."""
    return next(interval for interval in month.intervals if interval.level == HEADLINE_LEVEL)


def build_headline(
    history: History,
    forecast: ForecastSummary | None,
    *,
    today: date,
    computing: bool,
    beyond_reach: bool,
) -> Headline:
    """The headline of a series, with its forecast if there is one."""
    published = [figure for figure in history.observations if figure.value is not None]
    newest = published[-1] if published else None
    return Headline(
        as_of=history.as_of,
        today=today,
        ended=history.series.ended,
        newest=newest,
        changes=_changes(history, newest),
        largest=max(published, key=lambda figure: figure.value or 0, default=None),
        months=forecast.months if forecast else (),
        computing=computing,
        beyond_reach=beyond_reach,
    )


def _changes(history: History, newest: Observation | None) -> list[Change]:
    """The newest figure against the month before and the year before."""
    if newest is None or newest.value is None:
        return []
    known = {figure.period: figure for figure in history.observations}
    before = (known.get(newest.period - months) for months in (1, 12))
    return [
        Change(figure.period, figure.value, newest.value, figure.qualifier)
        for figure in before
        if figure is not None and figure.value is not None
    ]
