"""Run the notebooks against a service with the record; `python -m tests.notebooks` keeps all."""

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.system.service import ROOT, Service
from tests.system.visiting import serving_the_record

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONG_ENOUGH = 240  # seconds for one cell


def executed(path: Path, service: Service, profile: Path) -> nbformat.NotebookNode:
    """A notebook, run from top to bottom. Raises CellExecutionError where a cell fails.

    profile: an empty folder, so that what somebody has set for IPython plays no part
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=LONG_ENOUGH,
        kernel_name="python3",
        resources={"metadata": {"path": str(ROOT)}},
        record_timing=False,
    )
    settings = {"BORDERCAST_URL": f"http://127.0.0.1:{service.port}", "IPYTHONDIR": str(profile)}
    return client.execute(env=os.environ | settings)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_the_record(Path(folder), with_hindcast=True) as service,
    ):
        for path in NOTEBOOKS:
            nbformat.write(executed(path, service, Path(folder) / "profile"), path)


if __name__ == "__main__":
    main()
