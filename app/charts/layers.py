"""Layers that charts share: axes, events above the plot, a caption below it, and tooltips."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import altair as alt

from app.charts.events import events_between, place_events
from app.charts.style import LARGE, NORMAL, SMALL, Look, config
from app.charts.text_metrics import WIDEST_FONT, wrap_text
from app.languages import Words

LEFT, RIGHT, BELOW, LANE = 56, 24, 8, 14
MOST_TICKS = 7
STEPS = ((1, 2, 5), (1, 3), (1,))  # of ticks on a logarithmic scale within each power of ten
LINEAR_BELOW = 10  # counts below which a logarithmic scale with zeros is nearly linear

Layer = alt.Chart | alt.LayerChart


def chart_of(rows: Sequence[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=list(rows)))


def month_axis(look: Look, months: int, *, margin: float = 0) -> alt.X:
    """Months, or years if there are many. If there are few, no month is named twice.

    margin: free pixels on both sides.
    """
    form = "%Y" if months > 60 else "%b %Y"
    ticks: Any = 5 if look.is_narrow else 9
    if months < ticks:
        ticks = "month"
    elif 24 < months <= 60 and not look.is_narrow:
        ticks = {"interval": "month", "step": 6}
    axis = alt.Axis(format=form, labelFlush=False, grid=False, tickCount=ticks, labelOverlap=True)
    return alt.X("month:T", axis=axis, scale=alt.Scale(padding=margin) if margin else alt.Undefined)


def count_axis(
    look: Look, counts: Sequence[int], field: str = "value", *, top: int | None = None
) -> alt.Y:
    """Counts from zero, up to `top` if given, or on a logarithmic scale that shows zeros."""
    if look.scale == "linear":
        scale = (
            alt.Scale(zero=True, nice=True)
            if top is None
            else alt.Scale(domain=[0, top], nice=True)
        )
        return alt.Y(f"{field}:Q", axis=alt.Axis(format=",d", tickCount=5), scale=scale)
    lowest, highest = min(counts), max(*counts, 1)
    least = lowest if lowest > 0 else LINEAR_BELOW
    shown: list[int] = []
    for steps in STEPS:
        ticks = [step * 10**power for power in range(8) for step in steps]
        shown = [tick for tick in ticks if least <= tick <= highest * 1.2]
        if len(shown) <= MOST_TICKS:
            break
    if lowest > 0:
        scale = alt.Scale(type="log", domain=[lowest * 0.85, highest * 1.15])
    else:
        scale = alt.Scale(type="symlog", constant=LINEAR_BELOW, domain=[0, highest * 1.15])
        shown = [0, *shown]
    return alt.Y(f"{field}:Q", axis=alt.Axis(format=",d", values=shown), scale=scale)


def event_layers(
    look: Look, words: Words, first: date, last: date, *, lanes: int, right: int = RIGHT
) -> list[Layer]:
    """A hairline at each event and, above the plot, its short name if there is room.

    right: pixels beside the plot.
    """
    width = look.width - LEFT - right
    marks = place_events(
        events_between(first, last), words, first=first, last=last, width=width, lanes=lanes
    )
    if not marks:
        return []
    rows = [
        {
            "month": f"{mark.event.day}T00:00:00",
            "name": mark.event.short(words) if mark.lane is not None else "",
            "left": mark.to_the_left,
            "top": -LANE * (mark.lane + 0.6) if mark.lane is not None else 0,
            "what": mark.event.long(words),
            "title": words.day(mark.event.day),
        }
        for mark in marks
    ]
    tip = (
        [alt.Tooltip("title:N", title="title"), alt.Tooltip("what:N", title=" ")]
        if look.interactive
        else []
    )
    palette = look.palette
    at = alt.X("month:T")
    layers: list[Layer] = [
        chart_of([row for row in rows if row["top"] == top])
        .mark_rule(color=palette.hairline, strokeWidth=1)
        .encode(at, y=alt.value(top), y2=alt.value(alt.expr("height")), tooltip=tip)
        for top in sorted({row["top"] for row in rows})
    ]
    for top, left in sorted({(row["top"], row["left"]) for row in rows if row["name"]}):
        layers.append(
            chart_of(
                [row for row in rows if row["name"] and (row["top"], row["left"]) == (top, left)]
            )
            .mark_text(
                align="right" if left else "left",
                dx=-4 if left else 4,
                color=palette.quiet,
                fontSize=SMALL - 1,
                baseline="middle",
            )
            .encode(at, y=alt.value(top), text="name:N", tooltip=tip)
        )
    return layers


def caption(look: Look, text: str, *, left: int = LEFT) -> Layer:
    """Lines below the plot: the source and the `as_of` day; left: pixels beside the plot."""
    size = SMALL - 1 if look.is_narrow else SMALL
    lines = wrap_text(text, size, (look.width - 16) / WIDEST_FONT)
    written = (
        chart_of([{"lines": lines}])
        .mark_text(
            align="left",
            baseline="top",
            color=look.palette.quiet,
            fontSize=size,
            lineHeight=size + 4,
        )
        .encode(x=alt.value(-left + 8), y=alt.value(alt.expr("height + 32")), text="lines:N")
    )
    return cast(alt.Chart, written)


def tooltip_layer(
    look: Look, rows: Sequence[dict[str, Any]], name: str, keys: Sequence[str]
) -> list[Layer]:
    """Where a month is pointed at: a faint bar over it, and its values.

    Nothing in a picture on paper.
    """
    if not rows or not look.interactive:
        return []
    hover = alt.selection_point(
        name=name, on="pointerover", clear="pointerout", fields=["period"], empty=False
    )
    spans = [
        row | {"from": _half_month(row["period"], -1), "to": _half_month(row["period"], 1)}
        for row in rows
    ]
    return [
        chart_of(spans)
        .mark_rect(color=look.palette.quiet)
        .encode(
            alt.X("from:T"),
            alt.X2("to:T"),
            y=alt.value(0),
            y2=alt.value(alt.expr("height")),
            opacity=alt.when(hover).then(alt.value(0.16)).otherwise(alt.value(0)),
            tooltip=[
                alt.Tooltip("title:N", title="title"),
                *(alt.Tooltip(f"{key}:N", title=key) for key in keys),
            ],
        )
        .add_params(hover)
    ]


def unlabeled_tooltip(look: Look, fields: Sequence[str]) -> list[alt.Tooltip]:
    """What a mark tells when it is pointed at: its title and some fields without names."""
    if not look.interactive:
        return []
    blank = (" " * (place + 1) for place in range(len(fields)))  # names have to differ
    tips = [
        alt.Tooltip(f"{field}:N", title=name) for field, name in zip(fields, blank, strict=True)
    ]
    return [alt.Tooltip("title:N", title="title"), *tips]


def assemble_chart(
    look: Look,
    words: Words,
    layers: Sequence[Layer],
    *,
    title: str,
    subtitle: Sequence[str],
    description: str,
) -> alt.LayerChart:
    """The layers as one chart of exactly the look's size.

    subtitle: what stands on lines of its own, or on a phone one after the other.
    """
    size = SMALL if look.is_narrow else NORMAL
    room = (look.width - 16) / WIDEST_FONT
    heading = alt.TitleParams(
        wrap_text(title, LARGE - 2 if look.is_narrow else LARGE, room, bold=True),
        subtitle=[
            line
            for text in ([" ".join(subtitle)] if look.is_narrow else subtitle)
            for line in wrap_text(text, size, room)
        ],
    )
    fit = alt.AutoSizeParams(type="fit", contains="padding")
    chart = alt.layer(*layers).properties(
        width=look.width, height=look.height, title=heading, autosize=fit, description=description
    )
    chart = chart.properties(padding={"left": 8, "top": 8, "right": RIGHT - 8, "bottom": BELOW})
    settings = config(look, locale=words.vega_locale(), title_offset=12)
    return cast(alt.LayerChart, chart.configure(**settings))


def _half_month(period: str, side: int) -> str:
    """The middle between a month's first day and that of the month before or after it, roughly."""
    year, month = map(int, period.split("-"))
    if side > 0:
        return f"{year:04d}-{month:02d}-16T00:00:00"
    year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return f"{year:04d}-{month:02d}-16T00:00:00"
