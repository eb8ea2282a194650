"""What is shipped, as far as a machine without containers can tell: lock files, Dockerfile,
compose.

The Dockerfile is read and followed, instruction by instruction, in an empty directory in the place
of the image's root: what is tested is what it says.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import make_url

from app.http.documentation_site import INSTALLED_SITE
from tests.system.service import ROOT, WORKERS, Service, free_port, still_alive

pytestmark = pytest.mark.xdist_group("shipping")

DOCKERFILE = ROOT / "Dockerfile"
LOCKS = {path.name: path for path in (ROOT / "requirements").glob("*.lock")}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS_OF_RUN = ("postgres", "charts", "dask", "build")
INSTALLING = 600  # seconds; downloads where pip has nothing in its cache


# Lock files and license


def locked(name: str) -> dict[str, list[str]]:
    """Requirements of a lock file, each with its hashes."""
    text = LOCKS[name].read_text().replace("\\\n", " ")
    lines = [line.split("--hash=") for line in text.splitlines()]
    return {
        requirement.strip(): [each.strip() for each in hashes] for requirement, *hashes in lines
    }


def versions(name: str) -> dict[str, str]:
    requirements = map(Requirement, locked(name))
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in requirements
    }


def declared(*extras: str) -> list[Requirement]:
    texts = [
        *PROJECT["dependencies"],
        *(one for name in extras for one in PROJECT["optional-dependencies"][name]),
    ]
    return [one for one in map(Requirement, texts) if one.name != PROJECT["name"]]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_pins_everything_with_hashes(lock: str) -> None:
    assert len(locked(lock)) > 20
    for requirement, hashes in locked(lock).items():
        assert re.fullmatch(r"==[^=*,]+", str(Requirement(requirement).specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_host(lock: str) -> None:
    text = LOCKS[lock].read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-[a-z]|--(?!hash=))", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("run.lock", EXTRAS_OF_RUN),
        ("docs.lock", ("docs",)),
        ("test.lock", tuple(PROJECT["optional-dependencies"])),
    ],
)
def test_a_lock_file_has_what_the_project_declares(lock: str, extras: tuple[str, ...]) -> None:
    pinned = versions(lock)
    for requirement in declared(*extras):
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{requirement} is not locked: make lock"
        assert requirement.specifier.contains(pinned[name], prereleases=True), (
            f"{requirement}, {pinned[name]}"
        )


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    assert versions("run.lock").items() <= versions("test.lock").items()
    assert versions("docs.lock").items() <= versions("test.lock").items()


def test_the_license_is_apache_2() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


# Dockerfile


@dataclass(frozen=True)
class Instruction:
    name: str
    arguments: str

    def words(self) -> list[str]:
        return shlex.split(self.arguments)

    def command(self) -> list[str]:
        """Of an instruction in exec form, which starts a process without a shell in between."""
        found = json.loads(self.arguments[self.arguments.index("[") :])
        assert all(isinstance(word, str) for word in found)
        return list(found)


def stages() -> list[list[Instruction]]:
    """The Dockerfile's instructions, stage by stage."""
    text = "\n".join(
        line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#")
    )
    found: list[list[Instruction]] = []
    for line in filter(None, map(str.strip, text.replace("\\\n", " ").splitlines())):
        instruction = Instruction(*line.split(maxsplit=1))
        if instruction.name == "FROM":
            found.append([])
        found[-1].append(instruction)
    return found


BUILDER, DOCUMENTATION, FINAL = stages()


def every(stage: list[Instruction], name: str) -> list[Instruction]:
    return [instruction for instruction in stage if instruction.name == name]


def the(name: str) -> Instruction:
    """The one instruction of that name in the final stage."""
    [found] = every(FINAL, name)
    return found


def environment_of(stage: list[Instruction]) -> dict[str, str]:
    return dict(pair.split("=", maxsplit=1) for one in every(stage, "ENV") for pair in one.words())


def test_the_dockerfile_has_no_lint() -> None:
    linter = Path(sys.prefix) / "bin" / "hadolint"
    linted = subprocess.run(
        [linter, "--failure-threshold", "style", "--no-color", DOCKERFILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.stdout == ""
    assert linted.returncode == 0, linted.stderr


def test_the_image_is_built_on_a_slim_python_of_one_minor_version() -> None:
    builder, final = (stage[0].words()[0] for stage in (BUILDER, FINAL))
    assert builder == final
    assert re.fullmatch(r"python:3\.1[1-9]-slim-[a-z]+", final)


def test_the_image_installs_the_lock_file_with_hashes() -> None:
    [installed] = [
        one.words() for one in every(BUILDER, "RUN") if "requirements/run.lock" in one.words()
    ]
    assert "--require-hashes" in installed


def test_the_image_has_the_documentation_site_where_the_service_looks_for_it() -> None:
    """It is built as `make docs` builds it, which `test_documentation_site` tests."""
    [built] = [one.words() for one in every(DOCUMENTATION, "RUN") if "sphinx" in one.words()]
    [made] = [line for line in (ROOT / "Makefile").read_text().splitlines() if "-m sphinx" in line]
    made_with, built_with = (
        [word for word in words[words.index("sphinx") + 1 :] if "doctrees" not in word]
        for words in (made.split(), built)
    )
    assert built_with == made_with
    sources = {source for one in every(DOCUMENTATION, "COPY") for source in one.words()[:-1]}
    assert {"docs", "notebooks", "CONTRIBUTING.md", "CHANGELOG.md"} <= sources
    [copied] = [one for one in every(FINAL, "COPY") if "--from=documentation" in one.words()]
    workdir = next(one.arguments for one in every(BUILDER, "WORKDIR"))
    assert copied.words()[1] == f"{workdir}/{built[-1]}"
    prefix = next(word for word in built if word.endswith("/bin/python")).removesuffix(
        "/bin/python"
    )
    place = INSTALLED_SITE.relative_to(sys.prefix)
    assert copied.words()[2] == f"{prefix}/{place}"


def test_the_service_runs_as_an_ordinary_user() -> None:
    assert int(the("USER").arguments) > 0
    assert [
        one.name for one in FINAL[FINAL.index(the("USER")) :] if one.name in ("COPY", "RUN", "ADD")
    ] == []


def test_the_store_is_on_the_volume() -> None:
    store = make_url(environment_of(FINAL)["BORDERCAST_DATABASE_URL"])
    assert Path(store.database or "").parent == Path(the("VOLUME").arguments)


def test_the_exposed_port_is_the_one_that_is_served_and_checked() -> None:
    port = the("EXPOSE").arguments
    command = the("CMD").command()
    assert command[command.index("--port") + 1] == port
    assert f":{port}/" in " ".join(the("HEALTHCHECK").command())


def test_what_is_copied_is_all_that_is_let_through_to_the_builder() -> None:
    copied = {
        source
        for stage in (BUILDER, DOCUMENTATION)
        for one in every(stage, "COPY")
        for source in one.words()[:-1]
    }
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied
    assert all((ROOT / source).exists() for source in copied)


@dataclass(frozen=True)
class Image:
    """A directory in the place of an image's root, with what the Dockerfile installs in it."""

    root: Path

    def mapped(self, text: str) -> str:
        """A text with absolute paths of the image made paths below the root."""
        return re.sub(r"(?<![\w.])/(opt|data|source)\b", rf"{self.root}/\1", text)

    def environment(self) -> dict[str, str]:
        given = {name: self.mapped(value) for name, value in environment_of(FINAL).items()}
        given["PATH"] = given["PATH"].replace("$PATH", os.environ["PATH"])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return kept | given | {"BORDERCAST_WORKERS": WORKERS}

    def build(self) -> "Image":
        """Follow the builder's instructions. Raises CalledProcessError."""
        folder = self.root
        for instruction in BUILDER:
            if instruction.name == "WORKDIR":
                folder = Path(self.mapped(instruction.arguments))
                folder.mkdir(parents=True, exist_ok=True)
            elif instruction.name == "COPY":
                *sources, target = instruction.words()
                for source in sources:
                    self._copy(ROOT / source, folder / target)
            elif instruction.name == "RUN":
                subprocess.run(
                    self.mapped(instruction.arguments),
                    shell=True,
                    cwd=folder,
                    env=os.environ | {"PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"},
                    check=True,
                    timeout=INSTALLING,
                )
        return self

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            return
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)

    def on_port(self, port: int, instruction: Instruction) -> list[str]:
        """The command of an instruction, on another port than the image's own."""
        command = [
            word.replace(the("EXPOSE").arguments, str(port)) for word in instruction.command()
        ]
        executable = shutil.which(command[0], path=self.environment()["PATH"])
        assert executable is not None
        assert Path(executable).is_relative_to(self.root)
        return [executable, *command[1:]]

    def is_healthy(self, port: int) -> bool:
        check = self.on_port(port, the("HEALTHCHECK"))
        return (
            subprocess.run(
                check, env=self.environment(), capture_output=True, check=False
            ).returncode
            == 0
        )


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    root = tmp_path_factory.mktemp("image")
    yield Image(root).build()
    # seconds of waiting for a disk, in which others run
    Thread(target=shutil.rmtree, args=[root]).start()


def only(found: Iterator[Path]) -> Path:
    [path] = found
    return path


@pytest.mark.timeout(2 * INSTALLING)
def test_the_installed_package_has_the_record_and_the_migrations(image: Image) -> None:
    packages = only((image.root / "opt").glob("*/lib/python3*/site-packages"))
    for folder, pattern in (
        ("app/data", "*.csv"),
        ("migrations", "*.mako"),
        ("migrations/versions", "*.py"),
    ):
        shipped = {path.name: path.read_bytes() for path in (packages / folder).glob(pattern)}
        assert (
            shipped
            == {path.name: path.read_bytes() for path in (ROOT / folder).glob(pattern)}
            != {}
        )
    license_text = only(packages.glob("bordercast-*.dist-info/licenses/LICENSE"))
    assert license_text.read_text() == (ROOT / "LICENSE").read_text()


@pytest.mark.timeout(2 * INSTALLING)
def test_the_installed_packages_fit_together(image: Image) -> None:
    python = only((image.root / "opt").glob("*/bin/python"))
    checked = subprocess.run(
        [python, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.timeout(2 * INSTALLING)
def test_the_image_serves_from_an_empty_volume_and_stops_when_told(image: Image) -> None:
    volume = Path(image.mapped(the("VOLUME").arguments))
    volume.mkdir()
    port = free_port()
    store = Path(make_url(image.environment()["BORDERCAST_DATABASE_URL"]).database or "")
    with Service(
        image.on_port(port, the("CMD")),
        port,
        store,
        image.root / "log",
        image.environment(),
        volume,
    ) as service:
        assert not image.is_healthy(port)
        service.until_it_serves()
        assert image.is_healthy(port)
        assert len(service.get("/forecast?series=usbp.southwest&horizon=12")["forecast"]) == 12
        children = service.children()
        service.process.send_signal(signal.Signals[the("STOPSIGNAL").arguments])
        assert service.exit_code() == 0
        assert still_alive(children) == []
    assert store.parent == volume
    assert [path.name for path in volume.iterdir()] == [store.name]


# compose


COMPOSE_TEXT = (ROOT / "compose.yaml").read_text()
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")


def compose() -> dict[str, Any]:
    """The file as it is where none of its variables is set."""
    return dict(yaml.safe_load(VARIABLE.sub(lambda found: found["default"] or "", COMPOSE_TEXT)))


def test_every_variable_of_compose_has_a_default_and_is_explained() -> None:
    found = list(VARIABLE.finditer(COMPOSE_TEXT))
    assert found
    explained = "\n".join(line for line in COMPOSE_TEXT.splitlines() if line.startswith("#"))
    for variable in found:
        assert variable["default"], variable["name"]
        assert variable["name"] in explained


def test_compose_builds_the_service_and_waits_for_a_healthy_database() -> None:
    services = compose()["services"]
    assert (ROOT / services["bordercast"]["build"] / "Dockerfile").samefile(DOCKERFILE)
    assert services["bordercast"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


def test_compose_asks_every_publisher_unless_told_otherwise() -> None:
    assert compose()["services"]["bordercast"]["environment"]["BORDERCAST_UPDATE"] == "all"


def test_compose_starts_again_what_has_failed() -> None:
    assert {service["restart"] for service in compose()["services"].values()} == {"unless-stopped"}


def test_compose_tells_the_service_where_its_database_is() -> None:
    services = compose()["services"]
    url = make_url(services["bordercast"]["environment"]["BORDERCAST_DATABASE_URL"])
    database = services["database"]["environment"]
    assert url.host == "database"
    assert url.username == database["POSTGRES_USER"]
    assert url.password == database["POSTGRES_PASSWORD"]
    assert url.database == database["POSTGRES_DB"]


def test_compose_keeps_postgresql_18_on_a_named_volume() -> None:
    found = compose()
    database = found["services"]["database"]
    assert re.fullmatch(r"postgres:18(-[a-z]+)?", database["image"])
    assert database["volumes"] == ["database:/var/lib/postgresql"]
    assert "database" in found["volumes"]


def test_compose_starts_a_cluster_of_the_same_image_only_where_it_is_asked_for() -> None:
    services = compose()["services"]
    assert services["bordercast"]["environment"]["BORDERCAST_EXECUTOR"] == "processes"
    for name in ("scheduler", "worker"):
        assert services[name]["image"] == services["bordercast"]["image"]
        assert services[name]["profiles"] == ["dask"]
        assert "ports" not in services[name]
    port = services["scheduler"]["command"][services["scheduler"]["command"].index("--port") + 1]
    assert f"tcp://scheduler:{port}" in services["worker"]["command"]
    assert f"BORDERCAST_EXECUTOR=dask://scheduler:{port}" in COMPOSE_TEXT


def test_compose_serves_to_this_machine_only_unless_told_otherwise() -> None:
    assert compose()["services"]["bordercast"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in compose()["services"]["database"]
