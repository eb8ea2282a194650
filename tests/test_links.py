"""Every relative link in the Markdown documents and the notebooks leads to a file and a heading
that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.system.service import ROOT

FOLDERS = ("", "docs", "app/data", "benchmarks", "notebooks")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def markdown(path: Path) -> str:
    """The text of a page, or of a notebook's Markdown cells, without fenced code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join(
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
        )
    return FENCED.sub("", text)


def anchors(text: str) -> Iterator[str]:
    """The anchors of a page's headings as code hosts name them: lower case, hyphens, no
    punctuation."""
    seen: dict[str, int] = {}
    for heading in HEADING.findall(text):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        yield f"{slug}-{count}" if count else slug


def broken_links(page: Path, text: str) -> list[str]:
    """The relative links of a page that lead nowhere, each with the reason."""
    broken = []
    for link in LINK.findall(text):
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            broken.append(f"{link}: there is no {target}")
        elif anchor and anchor not in anchors(markdown(target)):
            broken.append(f"{link}: {target.name} has no heading for #{anchor}")
    return broken


def test_there_are_pages_and_notebooks_to_check() -> None:
    assert len(PAGES) > 6
    assert len(NOTEBOOKS) > 3


@pytest.mark.parametrize(
    "page", [*PAGES, *NOTEBOOKS], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page, markdown(page)) == []


def test_a_link_to_a_missing_page_or_heading_is_broken(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `two`, three\n")
    text = "[a](page.md) [b](#one-two-three) [c](missing.md) [d](page.md#four)"
    assert [found.partition(":")[0] for found in broken_links(page, text)] == [
        "missing.md",
        "page.md#four",
    ]


def test_headings_of_one_name_get_anchors_of_their_own() -> None:
    assert list(anchors("# Setup\n\n## Setup\n")) == ["setup", "setup-1"]
