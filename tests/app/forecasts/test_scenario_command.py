"""`bordercast scenario`: how effects are written."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import run_command_line
from app.storage.database import Database
from tests.app.reconciliation.test_reconciled_http import ALONE, fill


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    database = Database(url)
    database.upgrade()
    fill(database)
    database.close()
    monkeypatch.setenv("BORDERCAST_DATABASE_URL", url)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.5", {"factor": 1.5, "uncertainty": 1.0}),
        ("1.5~1.25", {"factor": 1.5, "uncertainty": 1.25}),
        ("-30%/6", {"percent": -30.0, "uncertainty": 1.0, "phase_in": 6}),
    ],
)
def test_an_effect_is_a_factor_or_a_percentage(
    written: str,
    read: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["scenario", ALONE, "--event", f"2027-01={written}", "--model", "log-random-walk"]
    with pytest.raises(SystemExit) as ended:
        run_command_line([*asked, "--json"])
    assert not ended.value.code
    [event] = json.loads(capsys.readouterr().out)["assumptions"]["events"]
    assert event == {"period": "2027-01"} | read
