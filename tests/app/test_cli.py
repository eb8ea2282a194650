"""What the command line takes before any command."""

import tomllib
from pathlib import Path

import pytest

from app.cli import run_command_line

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


def test_the_version_is_the_one_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command_line(["--version"])
    assert not ended.value.code
    assert capsys.readouterr().out == f"bordercast {PROJECT['version']}\n"
