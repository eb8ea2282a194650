"""The history of a series and, where it is forecast, the fan of what may come: one chart."""

from typing import Any

import altair as alt

from app.charts.describing import description, source_line, subtitle
from app.charts.layers import (
    Layer,
    assembled,
    caption,
    count_axis,
    event_layers,
    month_axis,
    pointing,
    table,
)
from app.charts.lines import Lines, lines
from app.charts.orders import SeriesOrder
from app.languages import Words, words

OPACITY = {50: 0.5, 80: 0.28, 95: 0.14}  # of the fan, from the middle outwards


def series_chart(order: SeriesOrder) -> alt.LayerChart:
    """A chart that carries its title, unit, source and vintage, and says them in words too."""
    look, in_words = order.look, words(order.look.language)
    drawn = lines(order, in_words)
    lanes = 2 if look.for_phone else 3
    span = (drawn.first.first_day, drawn.last.first_day)
    layers = [
        *event_layers(look, in_words, *span, lanes=lanes),
        *_fan(order, drawn),
        *_history(order, drawn),
        *_later(order, drawn),
        *_pointed_at(order, drawn, in_words),
        caption(look, source_line(order, in_words)),
    ]
    return assembled(
        look,
        in_words,
        layers,
        title=order.title,
        subtitle=subtitle(order, drawn, in_words),
        description=description(order, drawn, in_words),
    )


def _fan(order: SeriesOrder, drawn: Lines) -> list[Layer]:
    if not drawn.median:
        return []
    look, accent = order.look, order.look.palette.accent
    month, count = month_axis(look, drawn.last - drawn.first), count_axis(look, drawn.counts)
    fan = [
        table([row for row in drawn.fan if row["level"] == level])
        .mark_area(color=accent, opacity=opacity, line=False)
        .encode(month, count_axis(look, drawn.counts, "lower"), alt.Y2("upper:Q"))
        for level, opacity in reversed(OPACITY.items())
    ]
    median = table(drawn.median).mark_line(color=accent, strokeWidth=2).encode(month, count)
    return [*fan, median]


def _history(order: SeriesOrder, drawn: Lines) -> list[Layer]:
    look, palette = order.look, order.look.palette
    month, count = month_axis(look, drawn.last - drawn.first), count_axis(look, drawn.counts)
    line = (
        table(drawn.history)
        .mark_line(color=palette.ink, strokeWidth=1.7)
        .encode(month, count, detail="run:N")
    )
    hollow: dict[str, Any] = {"color": palette.ink, "fill": palette.paper, "opacity": 1, "strokeWidth": 1.3}
    provisional = table(drawn.provisional).mark_point(size=26, **hollow).encode(month, count)
    vague = table(drawn.vague).mark_point(shape="diamond", size=60, **hollow).encode(month, count)
    return [line, *([provisional] if drawn.provisional else []), *([vague] if drawn.vague else [])]


def _later(order: SeriesOrder, drawn: Lines) -> list[Layer]:
    if not drawn.later:
        return []
    look, palette = order.look, order.look.palette
    month, count = month_axis(look, drawn.last - drawn.first), count_axis(look, drawn.counts)
    line = (
        table(drawn.later)
        .mark_line(color=palette.ink, strokeWidth=1.7, strokeDash=[2, 3])
        .encode(month, count)
    )
    dots = table(drawn.later[1:]).mark_circle(color=palette.ink, size=14, opacity=1).encode(month, count)
    return [line, dots]


def _pointed_at(order: SeriesOrder, drawn: Lines, in_words: Words) -> list[Layer]:
    look = order.look
    figure, status = in_words("chart.tip_figure"), in_words("chart.tip_status")
    levels = [interval.level for interval in order.forecast.forecast[0].intervals] if order.forecast else []
    ranges = [in_words("chart.tip_range", level=level) for level in levels]
    happened = {row["period"]: row for row in drawn.later[1:]}
    later = in_words("chart.tip_later")
    ahead = [row | {later: happened.get(row["period"], {}).get(later, "–")} for row in drawn.median[1:]]
    told = [in_words("chart.tip_median"), *ranges, *([later] if happened else [])]
    return [
        *pointing(look, drawn.history, "month", [figure, status]),
        *pointing(look, ahead, "ahead", told),
    ]
