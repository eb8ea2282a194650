"""How the latest figures moved since they were first published: one chart."""

import altair as alt

from app.charts.layers import assembled, caption, month_axis, pointing, table
from app.charts.lines import Row, day, said, status_word
from app.charts.orders import VintagesOrder
from app.languages import Words, words
from app.observations.schemas import Observation
from forecasting import Month

LEAST_SPAN = 1.0  # percent that the axis shows at least, so that nothing looks like much


def vintages_chart(order: VintagesOrder) -> alt.LayerChart:
    """Every version of each month's figure, in percent of the one published first."""
    look, palette, in_words = order.look, order.look.palette, words(order.look.language)
    rows = [row for versions in order.versions for row in _rows(versions, in_words)]
    months = sorted({Month.parse(row["period"]) for row in rows})
    month = month_axis(look, months[-1] - months[0])
    reach = max(LEAST_SPAN, *(abs(row["value"]) * 1.15 for row in rows))
    moved = alt.Y(
        "value:Q",
        axis=alt.Axis(format="+.1~f", tickCount=5, labelExpr="datum.label + '%'"),
        scale=alt.Scale(domain=[-reach, reach]),
    )
    current = [row for row in rows if row["current"]]
    earlier = [row for row in rows if not row["current"]]
    zero = table([{"value": 0}]).mark_rule(color=palette.quiet, strokeWidth=1).encode(y=moved)
    stems = (
        table([row | {"zero": 0} for row in current if row["value"]])
        .mark_rule(color=palette.accent, strokeWidth=1.5)
        .encode(month, moved, alt.Y2("zero:Q"))
    )
    hollow = (
        table(earlier)
        .mark_point(size=34, color=palette.quiet, fill=palette.paper, opacity=1, strokeWidth=1.2)
        .encode(month, moved)
    )
    filled = table(current).mark_circle(size=42, color=palette.accent, opacity=1).encode(month, moved)
    told = [in_words(f"table.{column}") for column in ("versions", "moved", "status")]
    sources = sorted({entry.source for versions in order.versions for entry in versions})
    names = in_words.listed([in_words.name("source", source, source) for source in sources])
    known = in_words("chart.source", sources=names, day=in_words.day(order.as_of))
    title = in_words("revisions.chart_title", series=order.title)
    span = in_words("revisions.chart_span", first=in_words.month(months[0]), last=in_words.month(months[-1]))
    layers = [
        zero,
        stems,
        hollow,
        filled,
        *pointing(look, current, "month", told),
        caption(look, f"{known}. {in_words('chart.by')}."),
    ]
    return assembled(
        look,
        in_words,
        layers,
        title=title,
        subtitle=f"{span}. {in_words('revisions.chart_marks')}.",
        description=f"{title}. {span}.",
    )


def _rows(versions: list[Observation], in_words: Words) -> list[Row]:
    """The versions of one month, oldest first, against the first of them; a value that came again is one."""
    given = [entry for entry in versions if entry.value is not None]
    if not given or not given[0].value:
        return []
    first = given[0].value
    told = "; ".join(f"{said(entry, in_words)} ({in_words.day(entry.published_on)})" for entry in given)
    newest = given[-1]
    return [
        {
            "month": day(entry.period),
            "period": str(entry.period),
            "value": round(100 * (value - first) / first, 3),
            "current": entry is newest,
            "title": in_words.month(entry.period),
            in_words("table.versions"): told,
            in_words("table.moved"): in_words.percent(100 * (value - first) / first, digits=1, signed=True),
            in_words("table.status"): status_word(entry, in_words),
        }
        for entry in given
        if (value := entry.value) is not None
    ]
