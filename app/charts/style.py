"""The look of every chart: one accent color, tabular figures, quiet axes, light or dark."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FONT = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'
SMALL, NORMAL, LARGE = 11, 13, 16
MIDDLE = 600  # pixels of width below which a picture is for a phone


class Theme(StrEnum):
    """The background of a chart."""

    LIGHT = "light"
    DARK = "dark"


class Scale(StrEnum):
    """The scale of the counts; `auto` is logarithmic if they span a wide range."""

    LINEAR = "linear"
    LOG = "log"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colors of a theme; the page's style sheet has the same ones."""

    paper: str
    ink: str
    quiet: str
    hairline: str
    accent: str
    outside: str


PALETTES = {
    Theme.LIGHT: Palette("#fffefb", "#1c2329", "#5c6670", "#e3e2dc", "#0b6a94", "#b3400c"),
    Theme.DARK: Palette("#14181c", "#e9ebec", "#a0a9b1", "#2d343a", "#63bfe6", "#ff9f66"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one picture is drawn: its size in pixels, theme, scale, and language."""

    width: int
    theme: Theme
    scale: Scale
    language: str
    interactive: bool
    low: bool = False

    @property
    def height(self) -> int:
        return picture_height(self.width, low=self.low)

    @property
    def palette(self) -> Palette:
        return PALETTES[self.theme]

    @property
    def is_narrow(self) -> bool:
        return self.width < MIDDLE


def picture_height(width: int, *, low: bool = False) -> int:
    """The height that goes with a width: nearly square on a phone, else wide.

    Some charts are low.
    """
    if low:
        return 400 if width < MIDDLE else 360
    return 440 if width < MIDDLE else 400 + width // 12


def config(look: Look, *, locale: dict[str, Any], title_offset: int) -> dict[str, Any]:
    """The Vega-Lite configuration of a chart."""
    palette = look.palette
    return {
        "aria": False,  # hundreds of marks say nothing; the page and the description do
        "background": palette.paper,
        "font": FONT,
        "locale": locale,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": palette.ink,
            "fontSize": LARGE - 2 if look.is_narrow else LARGE,
            "fontWeight": 600,
            "subtitleColor": palette.quiet,
            "subtitleFontSize": SMALL if look.is_narrow else NORMAL,
            "subtitleLineHeight": 15 if look.is_narrow else 17,
            "subtitlePadding": 6,
            "offset": title_offset,
        },
        "axisY": {"minExtent": 44},
        "axis": {
            "domain": False,
            "gridColor": palette.hairline,
            "labelColor": palette.quiet,
            "ticks": False,
            "labelPadding": 6,
            "title": None,
            "labelFontSize": SMALL,
        },
    }
