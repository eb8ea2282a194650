"""The chart of past forecasts and actual figures."""

import altair as alt

from app.charts.captions import issue_caption
from app.charts.layers import (
    LEFT,
    RIGHT,
    Layer,
    assemble_chart,
    caption,
    chart_of,
    count_axis,
    month_axis,
    tooltip_layer,
)
from app.charts.lines import Row, day, number_runs
from app.charts.specifications import PastForecastsSpecification
from app.evaluation.past_forecasts import PastMonth, RangePosition
from app.languages import Words, words

SHARE_OF_A_MONTH = 0.72  # that a range is wide
NARROWEST, WIDEST = 1.4, 9.0  # pixels
MARK, MARK_ON_PHONE = 36, 20  # square pixels of a triangle
SHAPES = {RangePosition.ABOVE: "triangle-up", RangePosition.BELOW: "triangle-down"}


def past_forecasts_chart(specification: PastForecastsSpecification) -> alt.LayerChart:
    """A chart that says how many figures fell inside the range, and marks the others."""
    look, in_words = specification.look, words(specification.look.language)
    rows = number_runs([_row(month, in_words) for month in specification.months])
    title = in_words("past.chart_title", series=specification.title)
    subtitle = _subtitle(specification, in_words)
    names = in_words.join(
        [in_words.name("source", source, source) for source in specification.sources]
    )
    source = in_words(
        "past.source",
        sources=names,
        day=in_words.day(specification.as_of),
        model=specification.model,
    )
    fields = [
        in_words(f"past.{column}") for column in ("made", "median", "range", "actual", "position")
    ]
    return assemble_chart(
        look,
        in_words,
        [
            *_marks(specification, rows),
            *tooltip_layer(look, rows, "month", fields),
            caption(look, source),
        ],
        title=title,
        subtitle=subtitle,
        description=" ".join([f"{title}.", *subtitle]),
    )


def _subtitle(specification: PastForecastsSpecification, in_words: Words) -> list[str]:
    inside = sum(month.place is RangePosition.INSIDE for month in specification.months)
    unit = in_words.name("unit", specification.unit, specification.unit).capitalize()
    span = in_words(
        "past.chart_span",
        unit=in_words("unit.a_month", unit=unit),
        first=in_words.month(specification.months[0].period),
        last=in_words.month(specification.months[-1].period),
        ahead=in_words(f"past.ahead_{specification.ahead.replace('-', '_')}"),
    )
    count = in_words.plural(
        "past.inside_of", len(specification.months), inside=in_words.number(inside)
    )
    return [f"{span} {count}", in_words("past.chart_marks")]


def _marks(specification: PastForecastsSpecification, rows: list[Row]) -> list[Layer]:
    """Bars from the lower to the upper end, a tick at the median, and the actual figures."""
    look, palette = specification.look, specification.look.palette
    span = specification.months[-1].period - specification.months[0].period
    counts = [row[name] for row in rows for name in ("lower", "upper", "value")]
    width = (look.width - LEFT - RIGHT) / (span + 1) * SHARE_OF_A_MONTH
    width = min(max(width, NARROWEST), WIDEST)
    month, count = month_axis(look, span, margin=width / 2 + 1), count_axis(look, counts)
    triangle = MARK_ON_PHONE if look.is_narrow else MARK
    ranges = (
        chart_of(rows)
        .mark_rule(color=palette.accent, opacity=0.34, strokeWidth=width)
        .encode(month, count_axis(look, counts, "lower"), alt.Y2("upper:Q"))
    )
    medians = (
        chart_of(rows)
        .mark_tick(color=palette.accent, opacity=1, orient="horizontal", size=width, thickness=1.5)
        .encode(month, count_axis(look, counts, "median"))
    )
    line = (
        chart_of(rows)
        .mark_line(color=palette.quiet, strokeWidth=0.8)
        .encode(month, count, detail="run:N")
    )
    layers: list[Layer] = [ranges, medians, line]
    for place in RangePosition:
        if not (some := [row for row in rows if row["where"] == place]):
            continue
        if place is RangePosition.INSIDE:
            marks = chart_of(some).mark_circle(
                color=palette.ink, opacity=1, size=max(5.0, 2.2 * width)
            )
        else:
            marks = chart_of(some).mark_point(
                shape=SHAPES[place],
                color=palette.outside,
                fill=palette.outside,
                opacity=1,
                size=triangle,
            )
        layers.append(marks.encode(month, count))
    return layers


def _row(month: PastMonth, in_words: Words) -> Row:
    return {
        "month": day(month.period),
        "period": str(month.period),
        "lower": month.lower,
        "median": month.median,
        "upper": month.upper,
        "value": month.value,
        "where": month.place.value,
        "title": in_words.month(month.period),
        in_words("past.made"): issue_caption(month, in_words),
        in_words("past.median"): in_words.number(month.median),
        in_words("past.range"): f"{in_words.number(month.lower)} – {in_words.number(month.upper)}",
        in_words("past.actual"): in_words.number(month.value),
        in_words("past.position"): in_words(f"past.{month.place}"),
    }
