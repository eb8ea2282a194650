"""Every setting, call, and command is named in README.md or docs/, and every name exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from typer.main import get_command

from app.cli import cli
from app.config import Settings
from app.sources.configured import setting_name
from app.sources.publishers import PUBLISHERS
from tests.examples import (
    COVERAGE,
    DOCUMENTS,
    NOT_RUN,
    README,
    Example,
    NotUnderstood,
    blocks,
    differences,
    examples,
    measured_coverage,
    rewritten,
    tree,
)
from tests.system.service import ROOT

METHODS = {"get", "post", "put", "patch", "delete"}
COMMAND = re.compile(r"\bbordercast((?: [a-z]+\b(?![.=/]))+)[^`|$\n]*")
CALL = re.compile(r"(?:http://127\.0\.0\.1:8000|(?<=`)|(?<=GET )|(?<=POST ))(/[a-z][^\s`'\"]*)")


@pytest.fixture(scope="module")
def documentation() -> str:
    return "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)


@pytest.fixture(scope="module")
def paths(sqlite_client: TestClient) -> dict[str, Any]:
    described: dict[str, Any] = sqlite_client.get("/openapi.json").json()["paths"]
    return described


def commands(command: Any, before: str) -> Iterator[tuple[str, Any]]:
    """Every command as it is typed."""
    below = getattr(command, "commands", None)
    if below is None:
        yield before, command
        return
    if command.invoke_without_command:
        yield before, command
    for name, subcommand in below.items():
        yield from commands(subcommand, f"{before} {name}")


COMMANDS = dict(commands(get_command(cli), "bordercast"))


# Settings


def test_every_setting_is_named(documentation: str) -> None:
    variables = [f"BORDERCAST_{name.upper()}" for name in Settings.model_fields]
    variables += map(setting_name, PUBLISHERS.values())
    assert [variable for variable in variables if variable not in documentation] == []


def test_every_setting_that_is_named_exists(documentation: str) -> None:
    known = {f"BORDERCAST_{name.upper()}" for name in Settings.model_fields}
    known |= set(map(setting_name, PUBLISHERS.values()))
    known |= {"BORDERCAST_REQUIRE_BROWSER", "BORDERCAST_URL"}  # of the tests and of the notebooks
    assert set(re.findall(r"\bBORDERCAST_[A-Z_]+\b", documentation)) <= known


def test_a_setting_has_the_default_that_is_told(documentation: str) -> None:
    told = dict(re.findall(r"^\| `BORDERCAST_([A-Z_]+)` \| (.+?) \|", documentation, re.MULTILINE))
    defaults = {
        name.upper(): str(field.default).lower() if field.annotation is bool else str(field.default)
        for name, field in Settings.model_fields.items()
        if name != "source"  # it has one variable for each publisher
    }
    pages = {
        setting_name(one).removeprefix("BORDERCAST_"): "its page" for one in PUBLISHERS.values()
    }
    defaults = {name: f"`{default}`" for name, default in defaults.items()}
    assert told == defaults | pages | {
        "WORKERS": "twice the cores",
        "UPDATE": "none",
        "USER_AGENT": "`Bordercast` and its version",
        "PROXY": "none",
        "HOSTS": "this machine's names",
        "TRUSTED_PROXIES": "none",
    }


# Calls


def test_every_call_is_named(documentation: str, paths: dict[str, Any]) -> None:
    missing = [
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method in operations.keys() & METHODS
        if not re.search(f"{written(path)}(?![\\w/-])", documentation)
    ]
    assert missing == []


def written(path: str) -> str:
    """A path as documentation writes it: whatever stands in the place of a parameter."""
    return re.sub(r"\\{\w+\\}", r"(\\{[^}]*\\}|[\\w-]+)", re.escape(path))


def test_every_call_that_is_named_exists_and_takes_what_it_is_given(
    documentation: str, paths: dict[str, Any]
) -> None:
    wrong = []
    for call in set(CALL.findall(documentation)):
        asked = urlsplit(call)
        taken = [
            {
                parameter["name"]
                for operation in operations.values()
                for parameter in operation.get("parameters", [])
            }
            for path, operations in paths.items()
            if re.fullmatch(written(path), asked.path)
        ]
        if asked.path in {"/docs", "/documentation", "/openapi.json"}:
            continue
        if not taken or not {name for name, _ in parse_qsl(asked.query)} <= taken[0]:
            wrong.append(call)
    assert wrong == []


# Commands


def test_every_command_is_named(documentation: str) -> None:
    assert len(COMMANDS) > 10
    assert [name for name in COMMANDS if name not in documentation] == []


def test_every_command_that_is_named_exists_and_has_the_options_it_is_given(
    documentation: str,
) -> None:
    paragraphs = re.sub(r"\s*\\?\n(?!\s*\n)\s*", " ", documentation)
    typed = [(found[1].split(), found[0]) for found in COMMAND.finditer(paragraphs)]
    assert len(typed) > 20
    for words, whole in typed:
        name = next(
            (
                name
                for name in (f"bordercast {' '.join(words[:length])}" for length in (2, 1))
                if name in COMMANDS
            ),
            None,
        )
        assert name is not None or words[0] in {"db", "keys", "releases"}, whole
        if name is not None:
            known = {option for parameter in COMMANDS[name].params for option in parameter.opts} | {
                "--help"
            }
            assert set(re.findall(r"(?<=\s)--[a-z-]+", whole)) <= known, whole


# Make


def test_every_make_target_is_named_and_every_named_one_exists(documentation: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", documentation, re.MULTILINE))
    assert (targets - named, named - targets) == (set(), set())


# Documents


def test_every_folder_and_file_that_is_listed_exists() -> None:
    listed = [path for document in DOCUMENTS for path in tree(document)]
    assert len(listed) > 10
    assert [str(path) for path in listed if not path.exists()] == []


def test_what_nobody_runs_is_in_the_documents() -> None:
    lines = [
        block.lines[0]
        for document in DOCUMENTS
        for block in blocks(document.read_text(encoding="utf-8"))
    ]
    assert [told for told in NOT_RUN if not any(line.startswith(told) for line in lines)] == []


@pytest.mark.parametrize("name", COVERAGE)
def test_the_readme_has_the_coverage_that_was_measured(name: str) -> None:
    readme = README.read_text(encoding="utf-8")
    assert f"| {name} | {measured_coverage(COVERAGE[name])} |" in readme


# How examples are read and compared, on documents made for it

PAGE = """# A page

Text.

    $ curl 'http://127.0.0.1:8000/forecast?format=csv'
    period,mean
    2025-09,7056

    $ cat a.csv
    x

```
$ bordercast load a.csv
Loaded.
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    document = tmp_path / "page.md"
    document.write_text(PAGE)
    return document


def test_examples_are_found_with_what_they_show(page: Path) -> None:
    assert [(example.command, example.output, example.file) for example in examples(page)] == [
        ("curl 'http://127.0.0.1:8000/forecast?format=csv'", ["period,mean", "2025-09,7056"], None),
        ("cat a.csv", ["x"], "a.csv"),
        ("bordercast load a.csv", ["Loaded."], None),
    ]


def test_a_block_that_is_not_understood_is_an_error_that_names_it(page: Path) -> None:
    page.write_text(PAGE + "\n    curl something\n")
    with pytest.raises(NotUnderstood, match=r"page\.md:17 begins a block with 'curl something'"):
        list(examples(page))


def test_outputs_are_written_into_a_document_and_nothing_else(page: Path) -> None:
    forecast, file, load = (example.start for example in examples(page))
    printed = {
        forecast: "period,mean\n2025-10,8000\n2025-11,9000\n",
        file: "ignored\n",
        load: "Loaded 1.\n",
    }
    assert rewritten(page, printed) == PAGE.replace(
        "2025-09,7056", "2025-10,8000\n    2025-11,9000"
    ).replace("Loaded.", "Loaded 1.")


@pytest.mark.parametrize(
    ("command", "shown", "came", "same"),
    [
        ("curl '/forecast'", "2025-09,7056", "2025-09,7100", True),
        ("curl '/forecast'", "2025-09,7056", "2025-09,7200", False),
        ("curl '/forecast'", "2025-09,7056", "2025-10,7056", False),
        ("curl '/forecast'", "2025-09,7056", "2025-09,7056\n2025-10,8000", False),
        ("curl '/forecast'", "mean,7056", "median,7056", False),
        ("curl '/observations'", "2024-04,128895", "2024-04,128895", True),
        ("curl '/observations'", "2024-04,128895", "2024-04,128900", False),
        ("bordercast keys add me", "", "anything", True),
    ],
)
def test_numbers_of_forecasts_may_differ_by_a_percent_and_nothing_else(
    page: Path, command: str, shown: str, came: str, same: bool
) -> None:
    example = Example(page, command, shown.splitlines(), 0, "")
    assert (differences(example, came) == []) == same
