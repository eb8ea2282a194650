"""The notebooks run from top to bottom against the real service, and what they keep of it is
small."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.notebooks import NOTEBOOKS, executed
from tests.system.service import ROOT, Service
from tests.system.visiting import serving_the_record

pytestmark = [pytest.mark.trial, pytest.mark.xdist_group("pages")]

LARGEST = 100_000  # bytes


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving_the_record(tmp_path_factory.mktemp("notebooks"), with_hindcast=True) as service:
        yield service


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, service: Service, tmp_path: Path) -> None:
    assert all(cell.outputs for cell in code(executed(path, service, tmp_path)) if shows(cell))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_small_outputs_and_nothing_of_the_machine(path: Path) -> None:
    assert path.stat().st_size < LARGEST
    text = path.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert "Traceback" not in text
    for cell in code(nbformat.read(path, as_version=4)):
        assert cell.execution_count is not None
        assert cell.outputs or not shows(cell)


def test_there_is_a_notebook_for_each_way_of_working() -> None:
    assert [path.stem[0] for path in NOTEBOOKS] == ["1", "2", "3", "4", "5"]


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shows(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell ends with something to show, as all but those that only prepare do."""
    last = cell.source.splitlines()[-1]
    return not last.startswith((" ", ")", "]", "}")) and " = " not in last.split("(")[0]
