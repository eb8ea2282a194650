"""What a frame is asked to show, how large it is, and the addresses that it needs."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.charts.schemas import ForecastChartQuery, HistoryChartQuery
from app.charts.style import Scale, Theme, picture_height
from app.forecasts.span import Start
from app.http.parameters import SeriesKey
from app.web.query import Addresses, ChartYears, PageQuery

WIDE, NARROW = 960, 400  # pixels of the two pictures of a frame
NARROW_BELOW = 600  # pixels of a frame that shows the narrow one
CAPTION = 56  # pixels of a frame below its picture


class EmbedTheme(StrEnum):
    """The background of a frame."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class EmbedQuery(BaseModel):
    """Parameters of a frame; others, which pages may add, are ignored."""

    model_config = ConfigDict(frozen=True)

    series: SeriesKey
    lang: Literal["en", "es"] | None = Field(
        None, description="Language of the texts. Default: the browser's."
    )
    theme: EmbedTheme = Field(
        EmbedTheme.AUTO,
        description="`light`, `dark`, or as the reader's system is set.",
    )
    years: ChartYears = Field(ChartYears.FIVE, description="Years of history to draw.")
    scale: Scale = Field(
        Scale.LINEAR,
        description="`log` shows equal ratios as equal distances; `linear` starts at zero.",
    )


class EmbedAddresses(Addresses):
    """Addresses of the series' page and of the pictures of a frame."""

    def __init__(self, query: EmbedQuery, language: str, root: str, host: str) -> None:
        page = PageQuery(series=query.series, years=query.years, scale=query.scale, lang=query.lang)
        super().__init__(page, language, root, host)


def forecast_query(query: EmbedQuery, language: str) -> ForecastChartQuery:
    """The chart of a forecast as a frame shows it."""
    return ForecastChartQuery.model_validate(_chart(query, language) | {"from": Start.TODAY})


def history_query(query: EmbedQuery, language: str) -> HistoryChartQuery:
    """The chart of a history as a frame shows it."""
    return HistoryChartQuery.model_validate(_chart(query, language))


def _chart(query: EmbedQuery, language: str) -> dict[str, object]:
    return {
        "series": query.series,
        "years": query.years.years,
        "scale": query.scale,
        "width": WIDE,
        "theme": Theme.LIGHT,
        "lang": language,
    }


def frame_height(width: int) -> int:
    """The height of a frame of a width, in pixels."""
    shown = WIDE if width >= NARROW_BELOW else NARROW
    return round(width * picture_height(shown) / shown) + CAPTION
