"""The chart of how often the actual figure fell inside the forecast range."""

from typing import Any

import altair as alt

from app.charts.captions import format_span
from app.charts.layers import (
    RIGHT,
    Layer,
    assemble_chart,
    caption,
    chart_of,
    unlabeled_tooltip,
)
from app.charts.lines import Row
from app.charts.specifications import TrackRecordSpecification
from app.charts.style import SMALL
from app.evaluation.track_record import HorizonRecord
from app.languages import Words, words

LEVELS = (50, 80, 95)
BESIDE = 76  # pixels beside the plot
WRITTEN = 36  # pixels that a share takes as text
# Percent from which a share written over the middle of its dot would leave the plot.
AT_THE_EDGE = 97.0


def track_record_chart(specification: TrackRecordSpecification) -> alt.LayerChart:
    """The share of outcomes inside each range, by months ahead, next to its nominal share."""
    look, in_words = specification.look, words(specification.look.language)
    rows = _rows(specification, in_words)
    title = in_words("track.chart_title", series=specification.title)
    span = in_words(
        "track.chart_span",
        first=in_words.month(specification.record.first),
        last=in_words.month(specification.record.last),
        count=in_words.number(sum(record.cells for record in specification.record.by_horizon)),
    )
    known = in_words("track.chart_source", day=in_words.day(specification.as_of))
    subtitle = [f"{span}.", f"{in_words('track.chart_marks')}."]
    return assemble_chart(
        look,
        in_words,
        [
            *_marks(specification, rows, in_words),
            caption(look, f"{known}. {in_words('chart.by')}.", left=BESIDE + 12),
        ],
        title=title,
        subtitle=subtitle,
        description=" ".join([f"{title}.", *subtitle]),
    )


def _marks(
    specification: TrackRecordSpecification, rows: list[Row], in_words: Words
) -> list[Layer]:
    """A line at each nominal share, named above the plot, and a dot with the actual share."""
    look, palette = specification.look, specification.look.palette
    percent = f"datum.label + '{in_words('locale.percent', number='')}'"
    share = alt.X(
        "share:Q",
        axis=alt.Axis(format="d", labelExpr=percent, values=[0, 100], grid=True),
        scale=alt.Scale(domain=[0, 100]),
    )
    ahead = alt.Y("ahead:N", sort=None, axis=alt.Axis(grid=False, minExtent=BESIDE))
    promised = [{"share": level, "name": in_words.percent(level)} for level in LEVELS]
    lines = chart_of(promised).mark_rule(color=palette.quiet, strokeDash=[2, 2]).encode(share)
    names = (
        chart_of(promised)
        .mark_text(color=palette.quiet, fontSize=SMALL, baseline="bottom")
        .encode(share, y=alt.value(-4), text="name:N")
    )
    tip = unlabeled_tooltip(look, ["range", "inside"])
    off = (
        chart_of(rows)
        .mark_rule(color=palette.accent, strokeWidth=1.5)
        .encode(share, ahead, alt.X2("level:Q"))
    )
    dots = (
        chart_of(rows)
        .mark_circle(color=palette.accent, size=90, opacity=1)
        .encode(share, ahead, tooltip=tip)
    )
    written: dict[str, Any] = {
        "fontSize": SMALL,
        "align": alt.expr(f"datum.share > {AT_THE_EDGE} ? 'right' : 'center'"),
        "baseline": alt.expr("datum.below ? 'top' : 'bottom'"),
        "dx": alt.expr(f"datum.share > {AT_THE_EDGE} ? 6 : 0"),
        "dy": alt.expr("datum.below ? 8 : -8"),
    }
    shares = [
        chart_of(rows).mark_text(**written, **ink).encode(share, ahead, text="label:N")
        for ink in (
            {"color": palette.paper, "stroke": palette.paper, "strokeWidth": 4},  # keeps lines out
            {"color": palette.ink},
        )
    ]
    return [lines, names, off, dots, *shares]


def _rows(specification: TrackRecordSpecification, in_words: Words) -> list[Row]:
    """The dots. The share of the middle range is below its dot if another share would cover it."""
    room = 100 * WRITTEN / (specification.look.width - BESIDE - 2 * RIGHT)
    return [
        {
            "ahead": in_words("track.months", months=format_span(record.horizon)),
            "title": in_words("track.ahead", months=format_span(record.horizon)),
            "level": level,
            "share": round(100 * share, 1),
            "below": level == LEVELS[1] and _covered(record, room),
            "label": in_words.percent(100 * share),
            "range": in_words("table.range", level=level),
            "inside": in_words.percent(100 * share, digits=1),
        }
        for record in specification.record.by_horizon
        for level, share in zip(
            LEVELS, (record.coverage_50, record.coverage_80, record.coverage_95), strict=True
        )
    ]


def _covered(record: HorizonRecord, room: float) -> bool:
    """Whether the share of the middle range is nearer than `room` percent to that of another."""
    others = (record.coverage_50, record.coverage_95)
    return any(100 * abs(other - record.coverage_80) < room for other in others)
