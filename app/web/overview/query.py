"""What a request asks of the overview, and the addresses that ask for it."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.http.parameters import MonthField, WholeNumber
from app.web.addresses import SiteAddresses

MOST_PAGES = 1000


class Column(StrEnum):
    """What the table can be sorted by."""

    NAME = "name"
    LATEST = "latest"
    MONTH = "month"
    YEAR = "year"
    MEDIAN = "median"
    RISE = "rise"
    SURPRISE = "surprise"


class Measure(StrEnum):
    """What the map of the sectors shows."""

    FIGURE = "figure"
    CHANGE_MONTH = "change-month"
    CHANGE_YEAR = "change-year"
    MEDIAN = "median"
    RISE = "rise"
    SURPRISE = "surprise"

    @property
    def of_forecast(self) -> bool:
        """Whether it is about a month that has no figure yet."""
        return self in (Measure.MEDIAN, Measure.RISE)


Sort = Literal[
    "",
    "name",
    "-name",
    "latest",
    "-latest",
    "month",
    "-month",
    "year",
    "-year",
    "median",
    "-median",
    "rise",
    "-rise",
    "surprise",
    "-surprise",
]


class OverviewQuery(BaseModel):
    """Parameters of the overview; others, which links from elsewhere may carry, are ignored.

    sort: a column, from its largest value down if a minus sign comes first
    month: of the map
    """

    model_config = ConfigDict(frozen=True)

    search: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    border: str = ""
    kind: str = ""
    sort: Sort = ""
    page: Annotated[int, WholeNumber(1, MOST_PAGES)] = 1
    measure: Measure = Measure.CHANGE_MONTH
    month: MonthField | Literal[""] = ""
    lang: Literal["en", "es"] | None = None

    @property
    def column(self) -> Column | None:
        return Column(self.sort.removeprefix("-")) if self.sort else None

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")


class OverviewAddresses(SiteAddresses[OverviewQuery]):
    """Addresses of variants of the overview."""

    PATH = "/"

    def sorted_by(self, column: Column) -> str:
        """This view sorted by a column: from its largest value down, or the other way round if it
        is so already; names begin with the first."""
        first, other = (
            (column.value, f"-{column}") if column is Column.NAME else (f"-{column}", column.value)
        )
        return self.page(sort=other if self._query.sort == first else first, page=1)

    def canonical(self) -> str:
        return self.absolute(self.page(lang=None))
