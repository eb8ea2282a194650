"""Draw charts in a process of its own: the libraries are large, and drawing blocks all else."""

import json

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from app.charts.forecast import series_chart
from app.charts.inside_texts import add_to_png, add_to_svg, title_of
from app.charts.past_forecasts import past_forecasts_chart
from app.charts.specifications import (
    ChartFormat,
    ChartSpecification,
    PastForecastsSpecification,
    SeriesSpecification,
    TrackRecordSpecification,
    VintagesSpecification,
)
from app.charts.style import Theme
from app.charts.track_record import track_record_chart
from app.charts.vintages import vintages_chart

PIXELS_PER_POINT = 2.0  # sharp on dense screens
WHITE = "#ffffff"  # of documents, which such pictures are put into


def draw(chart: ChartSpecification, form: ChartFormat) -> bytes:
    """The chart as bytes.

    A picture takes a tenth of a second, the first one of a process about one.

    Altair does not check it against the grammar here, which takes as long again; tests do.
    """
    with debug_mode(False):
        drawn = _chart(chart).to_dict(validate=False)
    if form is ChartFormat.PNG and chart.look.theme is Theme.LIGHT:
        drawn["config"]["background"] = WHITE
    specification = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
    if form is ChartFormat.JSON:
        return specification.encode()
    if form is ChartFormat.SVG:
        svg = str(vl_convert.vegalite_to_svg(specification))
        return add_to_svg(svg, title_of(drawn), drawn["description"]).encode()
    png = bytes(vl_convert.vegalite_to_png(specification, scale=PIXELS_PER_POINT))
    return add_to_png(png, title_of(drawn), drawn["description"])


def _chart(chart: ChartSpecification) -> alt.LayerChart:
    match chart:
        case SeriesSpecification():
            return series_chart(chart)
        case VintagesSpecification():
            return vintages_chart(chart)
        case TrackRecordSpecification():
            return track_record_chart(chart)
        case PastForecastsSpecification():
            return past_forecasts_chart(chart)


def warm_up() -> None:
    """Begin what the first picture of a process has to wait for: the engine that Vega runs in."""
    vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"})
