"""Draws charts, in a process of its own: the libraries are large, and while they work nothing else does."""

import json

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from app.charts.forecast import series_chart
from app.charts.orders import (
    Order,
    PastForecastsOrder,
    Picture,
    SeriesOrder,
    TrackRecordOrder,
    VintagesOrder,
)
from app.charts.past_forecasts import past_forecasts_chart
from app.charts.style import Theme
from app.charts.track_record import track_record_chart
from app.charts.vintages import vintages_chart

PIXELS_PER_POINT = 2.0  # sharp on dense screens
WHITE = "#ffffff"  # of documents, which such pictures are put into


def draw(order: Order, form: Picture) -> bytes:
    """The chart as bytes; a picture takes a tenth of a second, the first one of a process about one.

    Altair does not check it against the grammar here, which takes as long again; tests do.
    """
    with debug_mode(False):
        chart = _chart(order)
    drawn = chart.to_dict(validate=False)
    if form is Picture.PNG and order.look.theme is Theme.LIGHT:
        drawn["config"]["background"] = WHITE
    specification = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
    if form is Picture.JSON:
        return specification.encode()
    if form is Picture.SVG:
        return str(vl_convert.vegalite_to_svg(specification)).encode()
    return bytes(vl_convert.vegalite_to_png(specification, scale=PIXELS_PER_POINT))


def _chart(order: Order) -> alt.LayerChart:
    match order:
        case SeriesOrder():
            return series_chart(order)
        case VintagesOrder():
            return vintages_chart(order)
        case TrackRecordOrder():
            return track_record_chart(order)
        case PastForecastsOrder():
            return past_forecasts_chart(order)


def wake() -> None:
    """Begin what the first picture of a process has to wait for: the engine that Vega runs in."""
    vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"})
