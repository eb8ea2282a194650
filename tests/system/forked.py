"""Commands in processes of their own that start at once: forked from one that has imported what
they need.

Importing takes a processor a second each time, and the tests run well over a hundred commands. The
installed program is started by the tests of services, and by the examples of the documents, which a
shell runs.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.__main__ import main

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["app.cli"])


def run(
    arguments: Sequence[str], environ: Mapping[str, str], *, within: float
) -> subprocess.CompletedProcess[str]:
    """Run `bordercast` to its end. Raises TimeoutExpired where it does not come to it in so many
    seconds."""
    with tempfile.TemporaryDirectory(prefix="bordercast-command-") as folder:
        printed, said = Path(folder) / "stdout", Path(folder) / "stderr"
        process = _FORKING.Process(target=_become, args=(arguments, environ, printed, said))
        process.start()
        process.join(within)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, within)
        return subprocess.CompletedProcess(
            arguments, process.exitcode, printed.read_text(), said.read_text()
        )


def _become(
    arguments: Sequence[str], environ: Mapping[str, str], printed: Path, said: Path
) -> None:
    """Be the command, in a new process."""
    os.environ.clear()
    os.environ.update(environ)
    for stream, path in ((sys.stdout, printed), (sys.stderr, said)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = ["bordercast", *arguments]
    main()
