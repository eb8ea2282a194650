"""A range with its median as a line and a dot on a scale from zero, as SVG coordinates."""

from dataclasses import dataclass

WIDTH = 160  # of the drawing, in its own units
MARGIN = 4


@dataclass(frozen=True, slots=True)
class RangeMarks:
    """Where a range begins and ends, and where its median is."""

    lower: int
    median: int
    upper: int


def build_range_marks(lower: int, median: int, upper: int, highest: int) -> RangeMarks:
    """The marks on a scale that ends at `highest`."""

    def place(count: int) -> int:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * count / max(highest, 1))

    return RangeMarks(place(lower), place(median), place(upper))
