"""The rows of the history and forecast charts, with their tooltips."""

from dataclasses import dataclass, replace
from typing import Any

from app.charts.specifications import SeriesSpecification
from app.charts.style import Scale
from app.languages import Words
from app.observations.observation import Observation, Status
from forecasting import Month

Row = dict[str, Any]
FINAL = {Status.NORMAL, Status.BREAK, Status.DEFINITION_DIFFERS}
HEADLINE_LEVEL = 80  # percent, of the interval that the headline gives
WIDE_RANGE = 30  # times the smallest count, from which on a scale is logarithmic
MOST_OF_THE_REST = 3  # times as high as all else the widest range may be in a linear picture


@dataclass(frozen=True, slots=True)
class ChartLines:
    """What is drawn, as rows of Vega-Lite data."""

    history: list[Row]
    provisional: list[Row]
    vague: list[Row]
    median: list[Row]
    fan: list[Row]
    later: list[Row]
    first: Month
    last: Month
    number: int | None = None  # at which a line is drawn

    @property
    def counts(self) -> list[int]:
        """Every count that has to fit into the picture."""
        drawn = [] if self.number is None else [self.number]
        return (
            drawn
            + self._headline_counts
            + [row[end] for row in self.fan for end in ("lower", "upper")]
        )

    @property
    def usual_scale(self) -> Scale:
        """Logarithmic if the counts span so wide a range that a linear scale flattens some."""
        counts = [count for count in self._headline_counts if count > 0]
        wide = bool(counts) and max(counts) > WIDE_RANGE * min(counts)
        return Scale.LOG if wide else Scale.LINEAR

    @property
    def highest(self) -> int:
        return max(self.counts)

    @property
    def top(self) -> int | None:
        """Where a linear chart is cut, if the widest range would leave no room for all else."""
        narrower = [row["upper"] for row in self.fan if row["level"] <= HEADLINE_LEVEL]
        enough = max(*self._headline_counts, *narrower, self.number or 0, 1)
        return enough if self.highest > MOST_OF_THE_REST * enough else None

    @property
    def _headline_counts(self) -> list[int]:
        return [row["value"] for row in [*self.history, *self.median, *self.later]]


def build_lines(specification: SeriesSpecification, words: Words) -> ChartLines:
    """The rows of a specification, without months that have no figure; the line breaks there."""
    known = [entry for entry in specification.history if entry.value is not None]
    rows = [_figure(entry, words) for entry in known]
    median, fan = _forecast(specification, rows[-1]["value"] if rows else 0, words)
    later = [
        _figure(entry, words, name="chart.tip_later")
        for entry in specification.later
        if entry.value is not None
    ]
    shown = [Month.parse(row["period"]) for row in [*rows, *median, *later]]
    return ChartLines(
        history=number_runs(rows),
        provisional=[
            row for row, entry in zip(rows, known, strict=True) if _open(entry) and not entry.vague
        ],
        vague=[row for row, entry in zip(rows, known, strict=True) if entry.vague],
        median=median,
        fan=fan,
        later=[*rows[-1:], *later] if later else [],
        first=min(shown),
        last=max(shown),
        number=specification.threshold.number if specification.threshold else None,
    )


def with_scale(specification: SeriesSpecification, drawn: ChartLines) -> SeriesSpecification:
    """The specification with the scale that suits what is drawn, if none was asked for."""
    if specification.look.scale is not Scale.AUTO:
        return specification
    return replace(specification, look=replace(specification.look, scale=drawn.usual_scale))


def day(month: Month) -> str:
    """A month as Vega reads it: local midnight of its first day."""
    return f"{month}-01T00:00:00"


def format_value(entry: Observation, words: Words) -> str:
    """A figure, worded as exactly as its source stated it."""
    if entry.value is None:
        return words("value.none")
    return words(f"value.{entry.qualifier.value}", value=words.number(entry.value))


def status_word(entry: Observation, words: Words) -> str:
    try:
        word = words(f"status.{entry.status.value}")
    except KeyError:
        word = words("status.other", code=entry.status.value)
    return f"{word}, {words('status.vague')}" if entry.vague else word


def _figure(entry: Observation, words: Words, *, name: str = "chart.tip_figure") -> Row:
    return {
        "month": day(entry.period),
        "period": str(entry.period),
        "value": entry.value,
        "title": words.month(entry.period),
        words(name): format_value(entry, words),
        words("chart.tip_status"): status_word(entry, words),
    }


def _forecast(
    specification: SeriesSpecification, last: int, words: Words
) -> tuple[list[Row], list[Row]]:
    """The rows of the median and of the fan; both begin at the last figure."""
    forecast = specification.forecast
    if forecast is None or not forecast.months:
        return [], []
    start = {"month": day(forecast.origin), "period": str(forecast.origin)}
    median: list[Row] = [{**start, "value": last}]
    fan: list[Row] = [
        {**start, "level": interval.level, "lower": last, "upper": last}
        for interval in forecast.months[0].intervals
    ]
    for entry in forecast.months:
        when = {"month": day(entry.period), "period": str(entry.period)}
        ranges = {
            words("chart.tip_range", level=interval.level): f"{words.number(interval.lower)} – "
            f"{words.number(interval.upper)}"
            for interval in entry.intervals
        }
        median.append(
            {
                **when,
                "value": entry.median,
                "title": words.month(entry.period),
                words("chart.tip_median"): words.number(entry.median),
                **ranges,
            }
        )
        fan += [
            {**when, "level": each.level, "lower": each.lower, "upper": each.upper}
            for each in entry.intervals
        ]
    return median, fan


def _open(entry: Observation) -> bool:
    return entry.status not in FINAL


def number_runs(rows: list[Row]) -> list[Row]:
    """The rows, each with the number of the unbroken run of months that it is in."""
    run, before = 0, None
    for row in rows:
        month = Month.parse(row["period"])
        if before is not None and month != before + 1:
            run += 1
        row["run"], before = run, month
    return rows
