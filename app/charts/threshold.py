"""A number as a line in the chart of a forecast, with the chance of going beyond it."""

from math import ceil

from app.charts.layers import LEFT, RIGHT, Layer, chart_of, count_axis, month_axis
from app.charts.lines import ChartLines, day
from app.charts.specifications import SeriesSpecification
from app.charts.style import SMALL
from app.languages import Words

ROOM = 36  # pixels for a probability
ABOVE = 7  # pixels from the line to what is written on it


def threshold_layers(
    specification: SeriesSpecification, drawn: ChartLines, in_words: Words
) -> list[Layer]:
    """The line, its name at its beginning, and as many probabilities on it as there is room for;
    nothing without a number."""
    if (asked := specification.threshold) is None:
        return []
    look = specification.look
    month = month_axis(look, drawn.last - drawn.first)
    count = count_axis(look, drawn.counts, top=drawn.top)
    name = in_words(f"chart.{asked.side.value}_number", number=in_words.number(asked.number))
    rule = (
        chart_of([{"value": asked.number}])
        .mark_rule(color=look.palette.outside, strokeWidth=1.2, strokeDash=[6, 3])
        .encode(y=count)
    )
    named = (
        chart_of([{"month": day(drawn.first), "value": asked.number, "name": name}])
        .mark_text(
            align="left", baseline="bottom", dx=2, dy=-3, color=look.palette.outside, fontSize=SMALL
        )
        .encode(month, count, text="name:N")
    )
    per_month = (look.width - LEFT - RIGHT) / max(drawn.last - drawn.first, 1)
    step = ceil(ROOM / per_month)
    chances = (
        chart_of(
            [
                {
                    "month": day(period),
                    "value": asked.number,
                    "name": in_words.percent(100 * probability),
                }
                for period, probability in asked.probabilities[::step]
            ]
        )
        .mark_text(dy=-ABOVE, color=look.palette.outside, fontSize=SMALL, fontWeight=600)
        .encode(month, count, text="name:N")
    )
    return [rule, named, chances]
