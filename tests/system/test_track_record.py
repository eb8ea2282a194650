"""`bordercast backtest`, `evaluate` and `scenario`, as a shell runs them."""

import gzip
import io
import json
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from tests.system.service import BORDERCAST, ask, bordercast, environment, until

pytestmark = pytest.mark.xdist_group("service")

KEY = "usbp.southwest"
PART = ["--series", KEY, "--models", "theta", "--horizon", "3", "--first-origin", "2023-06"]


def backtest(
    store: Path, checkpoint: Path, *arguments: str | Path
) -> "subprocess.CompletedProcess[str]":
    return bordercast("backtest", *PART, "--checkpoint", checkpoint, *arguments, store=store)


@dataclass(frozen=True)
class Ran:
    """A backtest that nothing has disturbed: what it printed, and what it has kept."""

    printed: str
    checkpoint: Path


@pytest.fixture(scope="module")
def ran(recorded_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    checkpoint = tmp_path_factory.mktemp("backtest") / "run.jsonl"
    done = backtest(recorded_store, checkpoint, "--json")
    assert done.returncode == 0, done.stderr
    return Ran(done.stdout, checkpoint)


def test_a_backtest_uses_the_figures_as_known_and_says_which_are_reconstructed(ran: Ran) -> None:
    document = json.loads(ran.printed)
    assert (document["first_origin"], document["last_origin"], document["horizon"]) == (
        "2023-06",
        "2026-07",
        3,
    )
    assert 0 < document["reconstructed"] < 1
    assert {one["model"] for one in document["scores"]} == {"log-random-walk", "theta"}
    assert {one["by"] for one in document["scores"]} == {
        "all",
        "horizon",
        "era",
        "series",
        "vintage",
    }


def test_a_backtest_prints_a_table_for_people_and_one_for_programs(
    recorded_store: Path, ran: Ran
) -> None:
    for_people = backtest(recorded_store, ran.checkpoint)
    assert "relative_log_wis" in for_people.stdout
    assert "reconstructed" in for_people.stderr
    table = pd.read_csv(io.StringIO(backtest(recorded_store, ran.checkpoint, "--csv").stdout))
    assert (table[table.model == "log-random-walk"].relative_wis == 1).all()


def test_a_backtest_that_is_interrupted_goes_on_and_ends_the_same(
    recorded_store: Path, ran: Ran, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "run.jsonl"
    command = [BORDERCAST, "backtest", *PART, "--checkpoint", str(checkpoint), "--json"]
    with subprocess.Popen(
        command,
        env=environment(recorded_store),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as interrupted:
        until(
            lambda: checkpoint.exists() and checkpoint.stat().st_size > 0, "something is finished"
        )
        interrupted.send_signal(signal.SIGINT)
        _, said = interrupted.communicate(timeout=60)
    assert interrupted.returncode != 0
    assert b"Traceback" not in said
    finished = checkpoint.read_bytes()
    assert 0 < finished.count(b"\n") < 76  # of 2 models and 38 origins
    resumed = backtest(recorded_store, checkpoint, "--json")
    assert checkpoint.read_bytes().startswith(finished)
    assert resumed.stdout == ran.printed


def test_a_hindcast_is_written_next_to_the_baseline_s(
    recorded_store: Path, ran: Ran, tmp_path: Path
) -> None:
    file = tmp_path / "hindcast.csv.gz"
    written = backtest(recorded_store, ran.checkpoint, "--write-hindcast", file)
    assert written.returncode == 0, written.stderr
    with gzip.open(file, "rt") as lines:
        assert next(lines).startswith("series,vintage,origin,horizon,observed,log-random-walk:wis,")


def test_evaluate_says_where_nothing_is_scored(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    assert bordercast("db", "upgrade", store=store).returncode == 0
    shown = bordercast("evaluate", store=store)
    assert shown.returncode == 0
    assert "No forecast has a score yet." in shown.stderr


def test_a_scenario_is_answered_and_nothing_is_archived(recorded_store: Path) -> None:
    asked = ["scenario", KEY, "--assume", "2026-09=12000", "--event", "2026-11=1.5~1.25"]
    shown = bordercast(*asked, "--model", "log-random-walk", "--json", store=recorded_store)
    assert shown.returncode == 0, shown.stderr
    document = json.loads(shown.stdout)
    assert document["assumptions"]["events"] == [
        {"period": "2026-11", "factor": 1.5, "uncertainty": 1.25}
    ]
    assert document["scenario"][0]["basis"] == "assumed"
    assert ask(recorded_store, "SELECT count(*) FROM forecasts") == [(0,)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["scenario", KEY], "figures is [], expected an assumed figure or event"),
        (["scenario", KEY, "--assume", "soon"], "assume is 'soon', expected a month and a count"),
        (
            ["scenario", KEY, "--event", "2026-11"],
            "event is '2026-11', expected a month and a factor",
        ),
        (["backtest", "--models", "oracle"], "models is 'oracle', expected one of auto"),
        (["backtest", "--series", "usbp.southwst"], "Did you mean usbp.southwest"),
        (["evaluate", "--horizon", "40"], "horizon is '40', expected a whole number from 1 to 36"),
    ],
)
def test_a_wrong_request_ends_with_a_sentence_and_exit_code_2(
    recorded_store: Path, arguments: list[str], sentence: str
) -> None:
    refused = bordercast(*arguments, store=recorded_store)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert sentence in refused.stderr
