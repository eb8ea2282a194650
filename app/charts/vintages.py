"""The chart of revisions of the latest figures."""

import altair as alt

from app.charts.layers import (
    Layer,
    assemble_chart,
    caption,
    chart_of,
    month_axis,
    tooltip_layer,
)
from app.charts.lines import Row, day, format_value, status_word
from app.charts.specifications import MonthVersions, VintagesSpecification
from app.languages import Words, words
from forecasting import Month

MARGIN = 8  # pixels between the axis and the first mark
LEAST_SPAN = 1.0  # percent that the axis shows at least, so that nothing looks like much


def vintages_chart(specification: VintagesSpecification) -> alt.LayerChart:
    """Every version of each month's figure, in percent of the one published first."""
    look, in_words = specification.look, words(specification.look.language)
    rows = [row for month in specification.months for row in _rows(month, in_words)]
    months = sorted({Month.parse(row["period"]) for row in rows})
    sources = sorted({entry.source for month in specification.months for entry in month.versions})
    names = in_words.join([in_words.name("source", source, source) for source in sources])
    known = in_words("chart.source", sources=names, day=in_words.day(specification.as_of))
    title = in_words("revisions.chart_title", series=specification.title)
    span = in_words(
        "revisions.chart_span", first=in_words.month(months[0]), last=in_words.month(months[-1])
    )
    fields = [in_words(f"table.{column}") for column in ("versions", "change", "status")]
    layers = [
        *_marks(specification, rows, months[-1] - months[0], in_words),
        *tooltip_layer(look, [row for row in rows if row["current"]], "month", fields),
        caption(look, f"{known}. {in_words('chart.by')}."),
    ]
    return assemble_chart(
        look,
        in_words,
        layers,
        title=title,
        subtitle=[f"{span}.", f"{in_words('revisions.chart_marks')}."],
        description=f"{title}. {span}.",
    )


def _marks(
    specification: VintagesSpecification, rows: list[Row], span: int, in_words: Words
) -> list[Layer]:
    """A line at zero, the earlier versions hollow, and from zero a stem to each current one."""
    palette, month = specification.look.palette, month_axis(specification.look, span, margin=MARGIN)
    reach = max(LEAST_SPAN, *(abs(row["value"]) * 1.15 for row in rows))
    percent = f"datum.label + '{in_words('locale.percent', number='')}'"
    moved = alt.Y(
        "value:Q",
        axis=alt.Axis(format="+.1~f", tickCount=5, labelExpr=f"datum.value ? {percent} : '0'"),
        scale=alt.Scale(domain=[-reach, reach]),
    )
    now, before = ([row for row in rows if row["current"] is current] for current in (True, False))
    layers: list[Layer] = [
        chart_of([{"value": 0}]).mark_rule(color=palette.quiet, strokeWidth=1).encode(y=moved)
    ]
    if stems := [row | {"zero": 0} for row in now if row["value"]]:
        stem = chart_of(stems).mark_rule(color=palette.accent, strokeWidth=1.5)
        layers.append(stem.encode(month, moved, alt.Y2("zero:Q")))
    if before:
        hollow = chart_of(before).mark_point(
            size=34, color=palette.quiet, fill=palette.paper, opacity=1, strokeWidth=1.2
        )
        layers.append(hollow.encode(month, moved))
    filled = chart_of(now).mark_circle(size=42, color=palette.accent, opacity=1)
    return [*layers, filled.encode(month, moved)]


def _rows(month: MonthVersions, in_words: Words) -> list[Row]:
    """The versions of one month against the first of them."""
    versions = "; ".join(
        f"{format_value(entry, in_words)} ({in_words.day(entry.published_on)})"
        for entry in month.versions
    )
    return [
        {
            "month": day(entry.period),
            "period": str(entry.period),
            "value": round(percent, 3),
            "current": entry == month.current,
            "title": in_words.month(entry.period),
            in_words("table.versions"): versions,
            in_words("table.change"): in_words.percent(percent, digits=2, signed=True),
            in_words("table.status"): status_word(entry, in_words),
        }
        for entry in month.versions
        if (percent := month.percent_of(entry)) is not None
    ]
