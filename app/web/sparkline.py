"""Small lines of history without axes, as SVG points."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.observations.observation import Observation

WIDTH, HEIGHT, MARGIN = 120, 28, 3  # of the drawing, in its own units


@dataclass(frozen=True, slots=True)
class Sparkline:
    """The points of one or several lines, which break at months without a figure.

    last: where the newest figure is
    """

    lines: list[str]
    last: tuple[int, int]


def build_sparkline(figures: Sequence[Observation]) -> Sparkline | None:
    """The line of some months' figures from zero up, or None if there are none."""
    known = [(figure.period, figure.value) for figure in figures if figure.value is not None]
    if not known:
        return None
    first, last = known[0][0], known[-1][0]
    months, highest = max(last - first, 1), max(1, *(value for _, value in known))
    lines: list[list[tuple[int, int]]] = []
    before = None
    for period, value in known:
        if before is None or period != before + 1:
            lines.append([])
        before = period
        across = round(MARGIN + (WIDTH - 2 * MARGIN) * (period - first) / months)
        down = round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * value / highest)
        lines[-1].append((across, down))
    return Sparkline(
        [" ".join(f"{across},{down}" for across, down in line) for line in lines], lines[-1][-1]
    )
