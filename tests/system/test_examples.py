"""What README.md and docs/ tell to type can be typed, and what they show is what comes out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples import (
    DOCUMENTS,
    README,
    TRACK_RECORD,
    Example,
    Shell,
    differences,
    examples,
    recorded_coverage,
)
from tests.system.service import Service

pytestmark = [
    pytest.mark.xdist_group("service"),
    pytest.mark.skipif(
        shutil.which("curl") is None, reason="No curl found: install it (apt-get install curl)."
    ),
]

EXAMPLES = [example for document in DOCUMENTS for example in examples(document)]


@pytest.fixture(scope="module")
def service(computed_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with every forecast whose store takes what examples have computed."""
    store = tmp_path_factory.mktemp("examples") / "store.db"
    shutil.copyfile(computed_store, store)
    with Service.run(store, command="serve") as service:
        yield service.until_it_serves()


@pytest.fixture(scope="module")
def shells(
    service: Service, light_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[Path, Shell]:
    """For each document a shell with a store of its own."""
    folder = tmp_path_factory.mktemp("shells")
    return {
        document: Shell(
            folder / document.stem,
            Path(shutil.copyfile(light_store, folder / f"{document.stem}.db")),
            service.port,
        )
        for document in DOCUMENTS
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_gives_what_is_shown(example: Example, shells: dict[Path, Shell]) -> None:
    code, printed = shells[example.document].run(example)
    shows_a_problem = any('"/problems/' in line for line in example.output)
    assert code == 0 or shows_a_problem, printed
    assert differences(example, printed) == [], "python -m tests.examples writes what comes out"


def test_the_readme_has_the_track_record_that_the_service_counts(service: Service) -> None:
    assert f"| {TRACK_RECORD}{recorded_coverage(service)} |" in README.read_text(encoding="utf-8")
