"""What forecasts are compared on: a panel of monthly series, and their origins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from app.evaluation.store_vintages import current_outcomes, forecastable_keys
from benchmarks.measurement import NOW, loaded_record
from forecasting import Month, MonthlySeries
from forecasting.backtest.rolling_origin import up_to
from forecasting.series import FEWEST_OBSERVED

SHARED = Path("../shared/peers/panel.csv")
FIRST_ORIGIN = Month.parse("2011-12")
EVERY = 3
HORIZON = 12
_APART = ("ofo.", "usbp.citizenship.", "usbp.coastal.", "usbp.northern.")
_LEAST_MEDIAN = 40


@dataclass(frozen=True)
class Panel:
    """Series by key, where they came from, and how many months lie between origins."""

    series: Mapping[str, MonthlySeries]
    name: str
    every: int = EVERY

    def origins(self) -> Iterator[tuple[Month, dict[str, MonthlySeries]]]:
        """Months from the end of 2011 on with the series that have a figure for them, cut there."""
        last = max(one.end for one in self.series.values()) - 1
        for origin in (
            FIRST_ORIGIN + step for step in range(0, last - FIRST_ORIGIN + 1, self.every)
        ):
            if known := self.known_at(origin):
                yield origin, known

    def known_at(self, origin: Month) -> dict[str, MonthlySeries]:
        """The series that have a figure for the month, and three in all, cut there."""
        cut = {key: up_to(one, origin) for key, one in self.series.items()}
        return {
            key: one
            for key, one in cut.items()
            if one is not None and one.end == origin and one.observed_count >= FEWEST_OBSERVED
        }

    def table(self) -> pd.DataFrame:
        """One row a figure: series, period, value."""
        rows = [
            (key, str(month), value)
            for key, one in self.series.items()
            for month, value in zip(one.months, one.values, strict=True)
        ]
        return pd.DataFrame(rows, columns=["series", "period", "value"])


def read_panel(path: Path) -> Panel:
    """A panel from a CSV file with the columns series, period (2011-12) and value."""
    table = pd.read_csv(path, dtype={"series": str, "period": str})
    series = {}
    for key, rows in table.groupby("series"):
        figures = {
            Month.parse(period): value
            for period, value in zip(rows.period, rows.value, strict=True)
        }
        first, last = min(figures), max(figures)
        values = np.full(last - first + 1, np.nan)
        for month, value in figures.items():
            values[month - first] = value
        series[str(key)] = MonthlySeries(first, values)
    return Panel(series, path.name)


def other_series(panel: Panel) -> Panel:
    """Series of the bundled record that a panel of border series does not hold.

    Ports of entry, citizenships, and sectors of the coasts and the north; neither sums that hold
    series of the panel, nor series whose median is below 40, which are rounded to 10.
    """
    held = {key.split("/")[-1].lower().replace(" ", "-") for key in panel.series}
    others = {
        key: one
        for key, one in record_panel().series.items()
        if key.startswith(_APART) and (key.startswith("ofo.") or key.split(".")[-1] not in held)
        if np.nanmedian(one.values) >= _LEAST_MEDIAN
    }
    return Panel(others, "other series of the bundled record")


def record_panel() -> Panel:
    """The series of the bundled record that go on, as known now."""
    with loaded_record() as database:
        return Panel(
            current_outcomes(database, forecastable_keys(database), today=NOW.date()),
            "the bundled record",
        )
