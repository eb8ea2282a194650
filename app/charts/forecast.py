"""The forecast chart: recent history, the fan of intervals, provisional figures marked."""

from dataclasses import dataclass
from typing import Any, cast

import altair as alt

from app.charts.style import ACCENT, CONFIG, HEIGHT, INK, WIDTH
from app.forecasts.schemas import ForecastAnswer
from app.observations.schemas import HistoryAnswer
from forecasting import Month

_NAMES = {"cbp": "CBP", "ohss": "OHSS", "press": "the press"}
OPACITY = {50: 0.45, 80: 0.25, 95: 0.13}  # of the fan, from the middle outwards


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the chart shows, as rows."""

    history: list[dict[str, Any]]
    median: list[dict[str, Any]]
    fan: list[dict[str, Any]]


def forecast_chart(title: str, history: HistoryAnswer, forecast: ForecastAnswer) -> alt.LayerChart:
    """The forecast after its history, as a Vega-Lite chart that carries title, unit, source and vintage."""
    drawn = _rows(history, forecast)
    month = alt.X("month:T").axis(format="%b %Y", labelFlush=True, grid=False, tickCount=8)
    count = alt.Y("value:Q").axis(format=",d", tickCount=5).scale(zero=True, nice=True)
    fan = (
        _drawn_from(drawn.fan)
        .mark_area(color=ACCENT, line=False)
        .encode(
            month,
            alt.Y("lower:Q"),
            alt.Y2("upper:Q"),
            alt.Opacity("level:O").scale(domain=list(OPACITY), range=list(OPACITY.values())).legend(None),
        )
    )
    median = _drawn_from(drawn.median).mark_line(color=ACCENT, strokeWidth=2).encode(month, count)
    line = _drawn_from(drawn.history).mark_line(color=INK, strokeWidth=1.6).encode(month, count)
    provisional = (
        _drawn_from([row for row in drawn.history if row["provisional"]])
        .mark_point(color=INK, fill="white", opacity=1, size=28, strokeWidth=1.2)
        .encode(month, count, tooltip=[alt.Tooltip("period:N"), alt.Tooltip("value:Q", format=",d")])
    )
    heading = alt.TitleParams(title, subtitle=_subtitle(history, forecast))
    layers = alt.layer(fan, line, median, provisional).properties(width=WIDTH, height=HEIGHT, title=heading)
    return cast(alt.LayerChart, layers.configure(**CONFIG))


def _drawn_from(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))


def _subtitle(history: HistoryAnswer, forecast: ForecastAnswer) -> list[str]:
    sources = " and ".join(sorted({_NAMES.get(entry.source, entry.source) for entry in history.observations}))
    return [
        f"{forecast.unit.capitalize()} a month. Line: published figures through {forecast.origin}, "
        "hollow where provisional.",
        f"Fan: median and 50, 80 and 95 % intervals of the model {forecast.model}. "
        f"Source: {sources}, as known on {forecast.as_of}; Bordercast.",
    ]


def _rows(history: HistoryAnswer, forecast: ForecastAnswer) -> Drawn:
    provisional = {entry.period for entry in forecast.provisional}
    known = [
        {
            "month": _day(entry.period),
            "period": str(entry.period),
            "value": entry.value,
            "provisional": entry.period in provisional,
        }
        for entry in history.observations
        if entry.value is not None
    ]
    last = known[-1]["value"]
    start = _day(forecast.origin)
    levels = [interval.level for interval in forecast.forecast[0].intervals]
    fan = [{"month": start, "level": level, "lower": last, "upper": last} for level in levels]
    median = [{"month": start, "value": last}]
    for entry in forecast.forecast:
        median.append({"month": _day(entry.period), "value": entry.median})
        fan += [
            {"month": _day(entry.period), "level": each.level, "lower": each.lower, "upper": each.upper}
            for each in entry.intervals
        ]
    return Drawn(known, median, fan)


def _day(month: Month) -> str:
    """A month as Vega reads it: local midnight of its first day."""
    return f"{month}-01T00:00:00"
