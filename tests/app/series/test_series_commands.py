"""`bordercast series`: what it creates, describes, and removes."""

import json

import pytest

from app.cli import run_command_line
from app.storage.database import Database
from tests.stores import SQLiteStores

KEY = "shelter.el-paso"


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    url = SQLiteStores(tmp_path_factory.mktemp("commands")).create()
    database = Database(url)
    database.upgrade()
    database.close()
    monkeypatch.setenv("BORDERCAST_DATABASE_URL", url)


def run(*typed: str) -> int:
    with pytest.raises(SystemExit) as ended:
        run_command_line(["series", *typed])
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("store")
def test_a_series_is_added_described_and_removed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("add", KEY, "--title", "Intakes", "--year-start", "7") == 0
    described = ["describe", KEY, "--title", "All intakes", "--year-start", "none", "--json"]
    capsys.readouterr()
    assert run(*described) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["title"], told["year_start"]) == ("All intakes", 1)
    assert run("--csv") == 0
    assert "All intakes" in capsys.readouterr().out
    assert run("remove", KEY) == 2
    assert "--yes" in capsys.readouterr().err
    assert run("remove", KEY, "--yes") == 0
    assert run("describe", KEY, "--title", "x") == 2
    capsys.readouterr()
    assert run("log", "--csv") == 0
    actions = [line.split(",")[2] for line in capsys.readouterr().out.splitlines()]
    assert actions == ["action", "removed", "described", "created"]
