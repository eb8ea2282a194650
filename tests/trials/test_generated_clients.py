"""Clients that common generators make from /openapi.json: compiled under strict types, and run.

The generators are installed into environments of their own, from the package registries that pip
and npm use, so that they share nothing with what the service needs.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.service import Service

PROGRAMS = Path(__file__).with_name("clients")
PYTHON_GENERATOR = ["openapi-python-client==0.29.1", "mypy", "types-python-dateutil"]
TYPESCRIPT_GENERATOR = [
    "openapi-typescript@7.13.0",
    "openapi-fetch@0.17.0",
    "typescript@5",
    "@types/node@20",
]
STRICT = {
    "compilerOptions": {
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "skipLibCheck": False,
        "noEmitOnError": True,
        "target": "es2022",
        "module": "nodenext",
        "moduleResolution": "nodenext",
        "lib": ["es2022", "dom", "dom.iterable"],
        "types": ["node"],
        "outDir": "out",
    },
    "files": ["use_client.ts"],
}


@pytest.fixture(scope="module")
def service(recorded_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    store = tmp_path_factory.mktemp("clients") / "store.db"
    shutil.copy(recorded_store, store)
    with Service.run(store, command="serve", BORDERCAST_REFRESH="false") as service:
        yield service.until_it_serves()


@pytest.fixture(scope="module")
def expected(service: Service) -> dict[str, Any]:
    """What both programs have to find out."""
    asked = "/forecast?series=usbp.southwest&model=log-random-walk&horizon=3"
    medians = [month["median"] for month in service.get(asked)["forecast"]]
    columns = service.text("/history.csv?series=usbp.southwest").splitlines()[0]
    return {"medians": medians, "columns": columns, "months": 3, "status": 404, "etag": True}


def run(folder: Path, *command: str | Path) -> str:
    ran = subprocess.run(
        [*map(str, command)], cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_a_python_client(service: Service, expected: dict[str, Any], tmp_path: Path) -> None:
    run(tmp_path, sys.executable, "-m", "venv", "env")
    programs = tmp_path / "env" / "bin"
    run(tmp_path, programs / "python", "-m", "pip", "install", "-q", *PYTHON_GENERATOR)
    (tmp_path / "openapi.json").write_text(service.text("/openapi.json"))
    made = ["--path", "openapi.json", "--output-path", "bordercast_client", "--meta", "none"]
    run(tmp_path, programs / "openapi-python-client", "generate", *made)
    shutil.copy(PROGRAMS / "use_client.py", tmp_path)
    run(tmp_path, programs / "mypy", "--strict", "bordercast_client", "use_client.py")
    address = f"http://127.0.0.1:{service.port}"
    assert json.loads(run(tmp_path, programs / "python", "use_client.py", address)) == expected


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js with npm")
def test_a_typescript_client(service: Service, expected: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"type": "module", "private": true}')
    run(tmp_path, "npm", "install", "--silent", "--no-audit", "--no-fund", *TYPESCRIPT_GENERATOR)
    (tmp_path / "openapi.json").write_text(service.text("/openapi.json"))
    options = ["-o", "api.d.ts", "--default-non-nullable", "false"]
    run(tmp_path, "npx", "openapi-typescript", "openapi.json", *options)
    shutil.copy(PROGRAMS / "use_client.ts", tmp_path)
    (tmp_path / "tsconfig.json").write_text(json.dumps(STRICT))
    run(tmp_path, "npx", "tsc", "-p", ".")
    address = f"http://127.0.0.1:{service.port}"
    assert json.loads(run(tmp_path, "node", "out/use_client.js", address)) == expected
