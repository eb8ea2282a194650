"""The checks and the targets of the Makefile: each one runs, and each one can fail."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.__main__ import ALL, CHECKS

ROOT = Path(__file__).parents[1]
WRONG = {
    "format": "def add(a: int, b: int) -> int :\n    return a+b\n",
    "lint": '"""An import that nothing uses."""\n\nimport os\n',
}


def run_check(name: str, folder: Path) -> int:
    """The exit code of a check on a folder of its own, with the rules of this one."""
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    command = [sys.executable, "-m", "tests", name]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True)
    return done.returncode


@pytest.mark.parametrize("check", WRONG)
def test_a_check_fails_on_what_is_wrong_and_on_nothing_else(check: str, tmp_path: Path) -> None:
    assert run_check(check, tmp_path) == 0
    (tmp_path / "wrong.py").write_text(WRONG[check])
    assert run_check(check, tmp_path) == 1


def test_a_check_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert run_check("spelling", tmp_path) == 2


def test_help_lists_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    command = ["make", "--no-print-directory", "help"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert [line.split()[1] for line in listed.splitlines()] == phony[1].split()


def test_the_workflow_of_a_code_host_runs_what_runs_anywhere() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    assert workflow["jobs"]["test"]["steps"][-1] == {"run": ".ci/run"}
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("make test")


def test_the_hooks_before_a_commit_are_the_checks_that_need_no_tests() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    entries = [shlex.split(hook["entry"]) for hook in hooks]
    checks = [CHECKS[name] for name in ALL if name != "tests"]
    assert {Path(program).name for program, *_ in entries} == {program for program, *_ in checks}
    assert all((ROOT / program).is_file() for program, *_ in entries)


def test_the_development_container_installs_what_the_tests_need() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert ".venv/test.installed" in container["updateContentCommand"]
    assert "chromium" in container["onCreateCommand"]
