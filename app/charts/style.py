"""How every chart looks: one accent colour, tabular figures, quiet axes."""

from typing import Any

INK, QUIET, GRID = "#1f2933", "#697586", "#e4e7eb"
ACCENT = "#0b6e99"
WIDTH, HEIGHT = 760, 340
FONT = "Helvetica, Arial, sans-serif"

CONFIG: dict[str, Any] = {
    "background": "white",
    "font": FONT,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "color": INK,
        "fontSize": 16,
        "subtitleColor": QUIET,
        "subtitleFontSize": 12,
        "subtitlePadding": 6,
        "offset": 14,
    },
    "axis": {
        "domain": False,
        "gridColor": GRID,
        "labelColor": QUIET,
        "ticks": False,
        "labelPadding": 6,
        "title": None,
        "labelFontSize": 11,
    },
}
