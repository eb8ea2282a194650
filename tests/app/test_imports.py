"""The process that answers HTTP stays small: what fits forecasts is loaded by the workers only."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import Stores

pytestmark = pytest.mark.slow  # fits models, or starts processes

SCRIPT = """
import sys
from datetime import UTC, datetime
from fastapi.testclient import TestClient
from app.config import Settings
from app.main import create_app

settings = Settings(database_url=sys.argv[1], workers=1)
with TestClient(create_app(settings, clock=lambda: datetime(2026, 11, 24, tzinfo=UTC))) as client:
    for address in (
        "/series",
        "/history?series=usbp.southwest",
        "/forecast?series=usbp.southwest",
        "/forecast/threshold?series=usbp.southwest&above=9000",
        "/forecast/fiscal-year?series=usbp.southwest",
        "/forecasts?format=hubverse",
        "/evaluation",
        "/docs",
    ):
        assert client.get(address).status_code == 200, address
print(*sorted({"statsmodels", "scipy", "pandas", "patsy", "matplotlib"} & sys.modules.keys()))
"""


# What is loaded has nothing to do with the database.
@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
def test_answering_a_first_forecast_loads_no_fitting_library(
    stores: Stores, loaded_url: str
) -> None:
    url = stores.copy(loaded_url)
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, url],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    stores.drop(url)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []
