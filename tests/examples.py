"""The examples in README.md, CONTRIBUTING.md, and docs/: their commands are run, and their output
is compared.

A block of code is an example if its lines begin with `$` and a tree if it lists folders. Any other
block has to be named in NOT_RUN, with the reason. `python -m tests.examples` writes the output of
the examples and the README's coverage table into the documents.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.system.service import BORDERCAST, ROOT, Service, environment

README = ROOT / "README.md"
BENCHMARKS = ROOT / "benchmarks" / "README.md"
DOCUMENTS = (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
TREE = "app/ "  # how the only tree begins
NOT_RUN = {
    "make run      # installs,": "installs packages; the tests of a first start run the rest",
    "docker compose up": "needs Docker",
    "CREATE ROLE reader": "is for an administrator of PostgreSQL; tests of read-only stores do it",
    "groups:": "is for Prometheus; a test holds it against the metrics",
    '{"event": "request"': "is a line of a log; tests of the log have its fields",
    ".venv/bin/python -m pytest": "is part of the tests that run the examples",
    "dask scheduler --port 8786": "needs other machines; the tests of executors start a cluster",
    "bordercast backtest --every 3": "takes half an hour",
}
# Rows of the README's coverage table, and the rows of BENCHMARKS that have their numbers.
COVERAGE = {
    "Bordercast, 23 series of the official record": "**`auto`**",
    "best library model measured, same series": "structural, stochastic season (statsmodels)",
}
TRACK_RECORD = "Bordercast's track record"
# In a command that shows what depends on the machine a little.
FORECASTS = re.compile(r"forecast|scenario")
TOLERANCE = 0.01  # of a forecast's numbers, relative; on one machine they are the same
PATIENCE = 150  # seconds
INDENT = "    "
PROMPT = "$ "


class NotUnderstood(Exception):
    """A block of a document that is no example, no tree, and is not said to be run by nobody."""


@dataclass(frozen=True)
class Block:
    """Code in a document: its lines without indent, and the number of the first one, from 0."""

    start: int
    indent: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Example:
    """A command that a document shows, and what it shows as output, from line `start` on."""

    document: Path
    command: str
    output: Sequence[str]
    start: int
    indent: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.start}"

    @property
    def file(self) -> str | None:
        """The file whose content is shown, if any."""
        found = re.fullmatch(r"cat (\S+)", self.command)
        return found and found[1]


def blocks(text: str) -> Iterator[Block]:
    """The blocks of code of a document in Markdown, fenced or indented by four spaces."""
    lines, at = text.splitlines(), 0
    while at < len(lines):
        begin = at
        if lines[at].startswith("```"):
            at = (
                next(end for end in range(begin + 1, len(lines)) if lines[end].startswith("```"))
                + 1
            )
            yield Block(begin + 1, "", lines[begin + 1 : at - 1])
        elif lines[at].startswith(INDENT) and not lines[at - 1].strip():
            while at < len(lines) and (lines[at].startswith(INDENT) or not lines[at]):
                at += 1
            code = [line.removeprefix(INDENT) for line in lines[begin:at]]
            while not code[-1]:
                code.pop()
            yield Block(begin, INDENT, code)
        else:
            at += 1


def examples(document: Path) -> Iterator[Example]:
    """The examples of a document. Raises NotUnderstood, naming the line."""
    for block in blocks(document.read_text(encoding="utf-8")):
        first = block.lines[0]
        if first.startswith(TREE) or any(first.startswith(known) for known in NOT_RUN):
            continue
        if not first.startswith(PROMPT):
            raise NotUnderstood(
                f"{document.name}:{block.start + 1} begins a block with {first!r}: begin what is "
                f"typed with {PROMPT!r}, or say in NOT_RUN of tests/examples.py why it is not run."
            )
        typed = [number for number, line in enumerate(block.lines) if line.startswith(PROMPT)]
        for number, until in zip(typed, [*typed[1:], len(block.lines)], strict=True):
            output = list(block.lines[number + 1 : until])
            while output and not output[-1]:
                output.pop()
            command = block.lines[number].removeprefix(PROMPT)
            yield Example(document, command, output, block.start + number + 1, block.indent)


def tree(document: Path) -> Iterator[Path]:
    """The files and folders that the tree of a document lists."""
    for block in blocks(document.read_text(encoding="utf-8")):
        if not block.lines[0].startswith(TREE):
            continue
        above: list[tuple[int, Path]] = []
        for line in block.lines:
            depth = len(line) - len(line.lstrip())
            above = [(other, path) for other, path in above if other < depth]
            path = (above[-1][1] if above else ROOT) / line.split()[0]
            above.append((depth, path))
            yield path


class Shell:
    """A folder to run examples in, against a service; `bordercast` works on a copy of its store."""

    def __init__(self, folder: Path, store: Path, port: int) -> None:
        folder.mkdir()
        # No figures of how a transfer goes, and an exit code that tells an answer from an error.
        (folder / ".curlrc").write_text("silent\nshow-error\nfail-with-body\n")
        self._folder = folder
        self._port = port
        self._environ = {**environment(store), "CURL_HOME": str(folder), "COLUMNS": "100"}

    def run(self, example: Example) -> tuple[int, str]:
        """The exit code, and all that a terminal would show.

        Of `cat FILE`, the file is made first.
        """
        if example.file:
            (self._folder / example.file).write_text("\n".join(example.output) + "\n")
        here = example.command.replace("127.0.0.1:8000", f"127.0.0.1:{self._port}")
        ran = subprocess.run(
            here.replace(".venv/bin/bordercast", BORDERCAST),
            shell=True,
            cwd=self._folder,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return ran.returncode, re.sub("^curl: \\(22\\).*\n", "", ran.stdout, flags=re.MULTILINE)


def differences(example: Example, printed: str) -> list[str]:
    """Where an example shows something else than what was printed.

    None where it shows no output at all.
    """
    if not example.output:
        return []
    shown, came = example.output, [line.rstrip() for line in printed.rstrip().splitlines()]
    tolerance = TOLERANCE if FORECASTS.search(example.command) else 0.0
    if len(shown) != len(came):
        return [f"{len(shown)} lines are shown and {len(came)} came:", *came]
    return [
        f"{one!r} is shown and {other!r} came"
        for one, other in zip(shown, came, strict=True)
        if not _agree(one, other, tolerance)
    ]


def _agree(shown: str, came: str, tolerance: float) -> bool:
    """Whether two lines are the same but for numbers that differ by little."""
    one, other = (re.split(r"([^\w.-]+)", line) for line in (shown, came))
    return len(one) == len(other) and all(
        word == another or _near(word, another, tolerance)
        for word, another in zip(one, other, strict=True)
    )


def _near(word: str, another: str, tolerance: float) -> bool:
    try:
        return abs(float(word) - float(another)) <= tolerance * abs(float(another))
    except ValueError:
        return False


def rewritten(document: Path, printed: Mapping[int, str]) -> str:
    """A document with other outputs, given by the line at which each begins."""
    lines = document.read_text(encoding="utf-8").splitlines()
    for example in reversed(list(examples(document))):
        if example.output and not example.file:
            new = [
                f"{example.indent}{line}".rstrip()
                for line in printed[example.start].rstrip().splitlines()
            ]
            lines[example.start : example.start + len(example.output)] = new
    return "\n".join(lines) + "\n"


def measured_coverage(model: str) -> str:
    """The cells of a coverage row for a model of the benchmark: forecast months, and the shares
    inside."""
    text = BENCHMARKS.read_text(encoding="utf-8")
    count = re.search(r"([\d,]+)\s+common\s+cells\s+in\s+this\s+table", text)
    shares = re.search(
        rf"^\| {re.escape(model)} \|.*\| \.(\d+) / \.(\d+) / \.(\d+) \|$", text, re.MULTILINE
    )
    if count is None or shares is None:
        raise NotUnderstood(f"{BENCHMARKS} has no number of common cells, or no row for {model}.")
    return _cells(count[1], [int(share) / 1000 for share in shares.groups()])


def recorded_coverage(service: Service) -> str:
    """The cells of the coverage row for the track record, with the number of series in its name."""
    scores = service.get("/evaluation?model=auto")["scores"]
    [total] = [score for score in scores if score["model"] == "auto" and score["by"] == "all"]
    shares = [total[f"coverage_{level}"] for level in (50, 80, 95)]
    count = f"{total['cells']:,}"
    return f", {total['series']} series | {_cells(count, shares)}"


def with_coverage(text: str, service: Service) -> str:
    """The README's text with its coverage table as measured and as the service counts it."""
    rows = {f"{name} | ": measured_coverage(model) for name, model in COVERAGE.items()}
    for begin, cells in {**rows, TRACK_RECORD: recorded_coverage(service)}.items():
        text = re.sub(
            rf"^\| {re.escape(begin)}.*$", f"| {begin}{cells} |", text, flags=re.MULTILINE
        )
    return text


def _cells(count: str, shares: Sequence[float]) -> str:
    return " | ".join([count, *(f"{share:.0%}" for share in shares)])


def _refresh() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store.db"
        with Service.run(store) as service:
            service.until_it_serves()
            for document in DOCUMENTS:
                copy = Path(shutil.copyfile(store, store.with_name(f"{document.stem}.db")))
                shell = Shell(Path(folder) / document.stem, copy, service.port)
                printed = {example.start: shell.run(example)[1] for example in examples(document)}
                document.write_text(rewritten(document, printed), encoding="utf-8")
            README.write_text(
                with_coverage(README.read_text(encoding="utf-8"), service), encoding="utf-8"
            )


if __name__ == "__main__":
    os.chdir(ROOT)
    _refresh()
