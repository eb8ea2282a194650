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
from app.web.form_fields import PlannerFields, ReporterFields

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


class PageQuery(PlannerFields, ReporterFields):
    """Parameters of the page; others, which links from elsewhere may carry, are ignored."""

    model_config = ConfigDict(frozen=True)

    series: str = FIRST_SERIES
    as_of: AsOfField | None = None
    years: ChartYears = ChartYears.FIVE
    scale: Scale = Scale.LINEAR
    ahead: LeadTime = LeadTime.NEAR
    lang: Literal["en", "es"] | None = None


def asks_for_series(names: AbstractSet[str]) -> bool:
    """Whether a request with parameters of these names is about one series.

    Addresses of the first series that were shared may lack `series`.
    """
    return bool(names & (PageQuery.model_fields.keys() - {"lang"}))


class Addresses(SiteAddresses[PageQuery]):
    """Addresses of variants of this page, of its charts, and of the API calls behind them."""

    PATH = "/"

    def given(self, **changes: object) -> dict[str, str]:
        """The parameters with some of them changed, without defaults but with the series: the
        address of the page without any parameter is that of all series."""
        key = str(changes.get("series", self._query.series))
        return {"series": key} | super().given(**changes)

    def canonical(self) -> str:
        """The canonical address of what this page shows, in any language and with any charts."""
        shown = {name: getattr(self._query, name) for name in ("series", "as_of")}
        return self.absolute(self.address(self.PATH, shown))

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
