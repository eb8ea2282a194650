"""Usage errors: one sentence that names the problem and the help to read."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from typer import TyperException

from app.errors import fault

PROGRAM = "bordercast"


class UsageError(Exception):
    """The input is not valid. The message is empty if help was shown instead."""


def explain_usage_error(refusal: TyperException, root: Any, typed: Sequence[str]) -> UsageError:
    """What is wrong with `typed`, which the command `root` refused."""
    said = _said(refusal)
    end = "" if said.endswith((".", "?")) else "."
    return UsageError(f"{said}{end} See {_command(root, typed)} --help." if said else "")


def _said(refusal: TyperException) -> str:
    """What is wrong. If a value has the wrong type, in the words of all other errors."""
    wrong, said = refusal.__cause__, refusal.format_message()
    if not isinstance(wrong, ValidationError):
        return said
    first = wrong.errors()[0]
    found = fault(first["type"], ("query", _name(said)), first["input"], first["msg"])
    return str(found)


def _name(said: str) -> str:
    """The parameter in "Invalid value for '--port': ..."."""
    return said.split("'")[1]


def _command(root: Any, typed: Sequence[str]) -> str:
    """The command that was meant: as many of the words as name one."""
    path, command = [PROGRAM], root
    for word in typed:
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            break
        path.append(word)
    return " ".join(path)
