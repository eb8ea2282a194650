"""The chart of a series' history and, if it is forecast, the fan of its forecast."""

from math import log
from typing import Any

import altair as alt

from app.charts.captions import description, source_line, subtitle
from app.charts.layers import (
    LANE,
    RIGHT,
    Layer,
    assemble_chart,
    caption,
    chart_of,
    count_axis,
    event_layers,
    month_axis,
    tooltip_layer,
)
from app.charts.lines import HEADLINE_LEVEL, ChartLines, build_lines, with_scale
from app.charts.specifications import SeriesSpecification
from app.charts.style import SMALL, Scale
from app.charts.threshold import threshold_layers
from app.languages import Words, words

OPACITY = {50: 0.5, 80: 0.28, 95: 0.14}  # of the fan, from the middle outwards
NAMES = 24  # pixels beside the plot for the names of its ranges
PLOT = 0.65  # of a picture's height, about


def series_chart(specification: SeriesSpecification) -> alt.LayerChart:
    """A chart with its title, unit, source, and vintage, and a description in words."""
    in_words = words(specification.look.language)
    drawn = build_lines(specification, in_words)
    specification = with_scale(specification, drawn)
    look = specification.look
    lanes = 2 if look.is_narrow else 3
    span = (drawn.first.first_day, drawn.last.first_day)
    names = _names_of_ranges(specification, drawn, in_words)
    right = RIGHT + NAMES if names else RIGHT
    layers = [
        *event_layers(look, in_words, *span, lanes=lanes, right=right),
        *_fan(specification, drawn),
        *names,
        *_history(specification, drawn),
        *_later(specification, drawn),
        *threshold_layers(specification, drawn, in_words),
        *_pointed_at(specification, drawn, in_words),
        caption(look, source_line(specification, in_words)),
    ]
    return assemble_chart(
        look,
        in_words,
        layers,
        title=in_words(
            f"chart.{'forecast' if specification.forecast else 'history'}_title",
            series=specification.title,
        ),
        subtitle=subtitle(specification, drawn, in_words),
        description=description(specification, drawn, in_words),
    )


def _fan(specification: SeriesSpecification, drawn: ChartLines) -> list[Layer]:
    if not drawn.median:
        return []
    look, accent = specification.look, specification.look.palette.accent
    month, count = _axes(specification, drawn)
    lower = count_axis(look, drawn.counts, "lower", top=drawn.top)
    fan = [
        chart_of([row for row in drawn.fan if row["level"] == level])
        .mark_area(color=accent, opacity=opacity, line=False, clip=True)
        .encode(month, lower, alt.Y2("upper:Q"))
        for level, opacity in reversed(OPACITY.items())
    ]
    median = chart_of(drawn.median).mark_line(color=accent, strokeWidth=2).encode(month, count)
    return [*fan, median]


def _names_of_ranges(
    specification: SeriesSpecification, drawn: ChartLines, in_words: Words
) -> list[Layer]:
    """The names of the ranges at their upper ends, without overlap.

    The headline range has priority.
    """
    look = specification.look
    if look.is_narrow or not drawn.fan:
        return []
    last = [row for row in drawn.fan if row["month"] == drawn.fan[-1]["month"]]
    taken: list[float] = []
    named = []
    for row in sorted(last, key=lambda row: (row["level"] != HEADLINE_LEVEL, -row["level"])):
        at = _height(specification, drawn, row["upper"])
        if 0 <= at <= 1 and all(abs(at - other) * PLOT * look.height >= LANE for other in taken):
            taken.append(at)
            named.append(row | {"name": in_words.percent(row["level"])})
    if not named:
        return []
    month, _ = _axes(specification, drawn)
    upper = count_axis(look, drawn.counts, "upper", top=drawn.top)
    text = chart_of(named).mark_text(align="left", dx=4, color=look.palette.accent, fontSize=SMALL)
    return [text.encode(month, upper, text="name:N")]


def _height(specification: SeriesSpecification, drawn: ChartLines, count: int) -> float:
    """About how high in the plot a count is: 0 at the bottom, 1 at the top."""
    if specification.look.scale == Scale.LINEAR:
        return count / (drawn.top or max(drawn.highest, 1))
    low, high, at = (log(max(value, 1)) for value in (min(drawn.counts), drawn.highest, count))
    return (at - low) / (high - low) if high > low else 0


def _axes(specification: SeriesSpecification, drawn: ChartLines) -> tuple[alt.X, alt.Y]:
    look = specification.look
    return month_axis(look, drawn.last - drawn.first), count_axis(look, drawn.counts, top=drawn.top)


def _history(specification: SeriesSpecification, drawn: ChartLines) -> list[Layer]:
    palette = specification.look.palette
    month, count = _axes(specification, drawn)
    line = (
        chart_of(drawn.history)
        .mark_line(color=palette.ink, strokeWidth=1.7)
        .encode(month, count, detail="run:N")
    )
    hollow: dict[str, Any] = {
        "color": palette.ink,
        "fill": palette.paper,
        "opacity": 1,
        "strokeWidth": 1.3,
    }
    provisional = chart_of(drawn.provisional).mark_point(size=26, **hollow).encode(month, count)
    vague = (
        chart_of(drawn.vague).mark_point(shape="diamond", size=60, **hollow).encode(month, count)
    )
    return [line, *([provisional] if drawn.provisional else []), *([vague] if drawn.vague else [])]


def _later(specification: SeriesSpecification, drawn: ChartLines) -> list[Layer]:
    if not drawn.later:
        return []
    palette = specification.look.palette
    month, count = _axes(specification, drawn)
    line = (
        chart_of(drawn.later)
        .mark_line(color=palette.ink, strokeWidth=1.7, strokeDash=[2, 3])
        .encode(month, count)
    )
    dots = (
        chart_of(drawn.later[1:])
        .mark_circle(color=palette.ink, size=14, opacity=1)
        .encode(month, count)
    )
    return [line, dots]


def _pointed_at(
    specification: SeriesSpecification, drawn: ChartLines, in_words: Words
) -> list[Layer]:
    look = specification.look
    figure, status = in_words("chart.tip_figure"), in_words("chart.tip_status")
    levels = (
        [interval.level for interval in specification.forecast.months[0].intervals]
        if specification.forecast
        else []
    )
    ranges = [in_words("chart.tip_range", level=level) for level in levels]
    happened = {row["period"]: row for row in drawn.later[1:]}
    later = in_words("chart.tip_later")
    ahead = [
        row | {later: happened.get(row["period"], {}).get(later, "–")} for row in drawn.median[1:]
    ]
    fields = [in_words("chart.tip_median"), *ranges, *([later] if happened else [])]
    return [
        *tooltip_layer(look, drawn.history, "month", [figure, status]),
        *tooltip_layer(look, ahead, "ahead", fields),
    ]
