import subprocess
import sys
from pathlib import Path

import pytest

from forecasting.models import MODELS, load

pytestmark = pytest.mark.slow  # fits models, or starts processes

HEAVY = ["statsmodels", "scipy", "pandas", "app", "sqlalchemy", "fastapi"]


def run(program: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize(
    "statement",
    [
        "import forecasting",
        "import forecasting.scores",
        "from forecasting import MODELS, Forecast, Month, MonthlySeries",
        "from forecasting import *; forecast(MonthlySeries('2024-01', "
        "[5, 6, 7]), model='log-random-walk')",
        "from forecasting import *; forecast_each({'a': MonthlySeries('2024-01', [5, 6, 7])})",
    ],
)
def test_statistics_libraries_stay_out_until_a_model_needs_them(statement: str) -> None:
    report = f"print([name for name in {HEAVY} if name in sys.modules])"
    assert run(f"import sys; {statement}; {report}") == "[]"


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="counts threads where Linux lists them"
)
def test_loading_a_model_starts_no_threads_and_leaves_the_environment_alone() -> None:
    program = """
import os, sys, numpy
from pathlib import Path
sys.modules["pyarrow"] = None  # not needed here; where it is installed, pandas starts its threads
from forecasting.models import load
os.environ.pop("OPENBLAS_NUM_THREADS", None)
before = len(list(Path("/proc/self/task").iterdir())), dict(os.environ)
load("structural")
print(before == (len(list(Path("/proc/self/task").iterdir())), dict(os.environ)))
"""
    assert run(program) == "True"


@pytest.mark.parametrize("name", MODELS)
def test_every_name_is_a_model(name: str) -> None:
    assert callable(load(name).fit)


def test_an_unknown_name_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(ValueError, match="model is 'arima', expected one of auto, log-random-walk"):
        load("arima")
