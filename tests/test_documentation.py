"""What there is to set, to call and to type is named in README.md or in docs/."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.main import get_command

from app.cli import cli
from app.config import Settings
from tests.system.service import ROOT

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def documentation() -> str:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def names(command: Any, before: str) -> Iterator[str]:
    """Every command as it is typed."""
    below = getattr(command, "commands", None)
    if below is None:
        yield before
        return
    for name, subcommand in below.items():
        yield from names(subcommand, f"{before} {name}")


def test_every_setting_is_named(documentation: str) -> None:
    variables = [f"BORDERCAST_{name.upper()}" for name in Settings.model_fields]
    assert [variable for variable in variables if variable not in documentation] == []


def test_every_setting_that_is_named_exists(documentation: str) -> None:
    known = {f"BORDERCAST_{name.upper()}" for name in Settings.model_fields}
    known |= {"BORDERCAST_REQUIRE_BROWSER", "BORDERCAST_URL"}  # of the tests and of the notebooks
    assert set(re.findall(r"\bBORDERCAST_[A-Z_]+\b", documentation)) <= known


def test_every_call_is_named(documentation: str, sqlite_client: TestClient) -> None:
    paths = sqlite_client.get("/openapi.json").json()["paths"]
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


def test_every_command_is_named(documentation: str) -> None:
    typed = list(names(get_command(cli), "bordercast"))
    assert len(typed) > 10
    assert [name for name in typed if name not in documentation] == []


def test_every_page_that_is_linked_exists() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
