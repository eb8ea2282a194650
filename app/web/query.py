"""What a request asks the page to show, and the addresses that ask for it."""

from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict

from app.charts.schemas import MOST_YEARS
from app.charts.style import Scale
from app.evaluation.past_forecasts import LeadTime
from app.forecasts.span import Start
from app.http.parameters import AsOfField
from app.web.addresses import SiteAddresses
from app.web.form_fields import PlannerFields, ReporterFields, ScenarioFields

FIRST_SERIES = "usbp.southwest"


class ChartYears(StrEnum):
    """How many years of history the chart shows."""

    TWO = "2"
    FIVE = "5"
    TEN = "10"
    ALL = "all"

    @property
    def years(self) -> int:
        return MOST_YEARS if self is ChartYears.ALL else int(self.value)


class Part(StrEnum):
    """The part of the page of a series."""

    OUTLOOK = "outlook"
    TRACK_RECORD = "track-record"
    WHAT_IF = "what-if"
    DATA = "data"


class PageQuery(PlannerFields, ScenarioFields, ReporterFields):
    """Parameters of the page; others, which links from elsewhere may carry, are ignored."""

    model_config = ConfigDict(frozen=True)

    series: str = FIRST_SERIES
    as_of: AsOfField | None = None
    years: ChartYears = ChartYears.FIVE
    scale: Scale = Scale.AUTO
    ahead: LeadTime = LeadTime.NEAR
    part: Part | None = None
    lang: Literal["en", "es"] | None = None

    @property
    def shown(self) -> Part:
        """The part that is shown: the one that is asked for, or that what is asked for is in."""
        if self.part is not None:
            return self.part
        if self.reported is not None or self.effect is not None or self.effect_like:
            return Part.WHAT_IF
        return Part.OUTLOOK if self.ahead is LeadTime.NEAR else Part.TRACK_RECORD


def asks_for_series(names: AbstractSet[str]) -> bool:
    """Whether a request with parameters of these names is about one series.

    Addresses of the first series that were shared may lack `series`.
    """
    return bool(names & (PageQuery.model_fields.keys() - {"lang"}))


class Addresses(SiteAddresses[PageQuery]):
    """Addresses of variants of this page, of its charts, and of the API calls behind them."""

    PATH = "/"

    def given(self, **changes: object) -> dict[str, str]:
        """The parameters with some of them changed, without defaults but with the series, because
        the address without any parameter is that of all series, and with the part that is shown."""
        key = str(changes.get("series", self._query.series))
        given = {"series": key} | super().given(**changes)
        shown = self._query.shown
        return given if shown is Part.OUTLOOK else given | {"part": shown.value}

    def canonical(self) -> str:
        """The canonical address of what this page shows, in any language and with any charts."""
        shown = {name: getattr(self._query, name) for name in ("series", "as_of")}
        return self.absolute(self.address(self.PATH, shown | self._part(self._query.shown)))

    def part(self, part: Part) -> str:
        """Another part of this page, of the same series and day."""
        query = self._query
        shown = {"series": query.series, "as_of": query.as_of, "lang": query.lang}
        return self.address(self.PATH, shown | self._part(part))

    @staticmethod
    def _part(part: Part) -> dict[str, object]:
        return {} if part is Part.OUTLOOK else {"part": part}

    def chart(self, name: str, form: str, width: int, theme: str = "light") -> str:
        """A chart as this page shows it."""
        query = self._query
        given: dict[str, object] = {"series": query.series, "width": width, "lang": self._language}
        if query.as_of is not None:
            given["as_of"] = query.as_of
        if name in ("history", "forecast"):
            given |= {"years": query.years.years, "scale": query.scale}
        if name == "forecast":
            given["from"] = Start.TODAY
            if query.number is not None:
                given[query.side.value] = query.number
        if name == "past-forecasts":
            given["ahead"] = query.ahead
        if theme != "light":
            given["theme"] = theme
        return self.address(f"/charts/{name}.{form}", given)

    def call(self, path: str, **given: object) -> str:
        """An API call about this series, as of the day of this page."""
        asked: dict[str, object] = {"series": self._query.series, "as_of": self._query.as_of}
        return self.address(path, asked | given)
