"""The peers' forecasts: statsforecast, in an environment of its own under var/peers."""

import subprocess
import sys
import venv
from pathlib import Path

import pandas as pd

from benchmarks.panel import Panel
from forecasting import Month

FOLDER = Path("var/peers")
REQUIREMENT = "statsforecast==2.1.*"  # which needs another pandas than the tests
FEWEST_MONTHS = 36  # of history, below which these models are not compared


def forecast_by_peers(
    panel: Panel, *, only: Month | None = None
) -> tuple[pd.DataFrame, list[float]]:
    """Quantiles by the peers from every origin, or one, and processor seconds for each series.

    One thread, one process; compiled code is compiled before the clock runs only from the second
    origin on.
    """
    python = _environment()
    figures, origins, result = (
        FOLDER / name for name in ("panel.csv", "origins.csv", "forecasts.csv")
    )
    panel.table().to_csv(figures, index=False)
    todo = [
        (str(origin), key)
        for origin, known in panel.origins()
        for key, one in known.items()
        if len(one) >= FEWEST_MONTHS and (only is None or origin in (only, only - 3))
    ]
    pd.DataFrame(todo, columns=["origin", "series"]).to_csv(origins, index=False)
    script = Path(__file__).with_name("peer_models.py")
    arguments = [str(figures), str(origins), str(result), "time" if only else "all"]
    environment = {
        "OPENBLAS_NUM_THREADS": "1",
        "NUMBA_NUM_THREADS": "1",
        "PATH": str(python.parent),
    }
    subprocess.run(
        [str(python), "-W", "ignore", str(script), *arguments], check=True, env=environment
    )
    seconds = [float(one) for one in result.with_suffix(".seconds").read_text().split()]
    return pd.read_csv(result), seconds


def _environment() -> Path:
    """The interpreter of the peers' environment, made where there is none."""
    python = FOLDER / "environment" / "bin" / "python"
    if not python.exists():
        print(f"Installing {REQUIREMENT} into {FOLDER}", file=sys.stderr)
        venv.create(FOLDER / "environment", with_pip=True)
        subprocess.run(
            [
                str(python),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                REQUIREMENT,
            ],
            check=True,
        )
    return python.absolute()
