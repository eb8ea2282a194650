"""What is typed wrong is said in a sentence that names it and where to read on; help stays help."""

import pytest

from app.cli import run_command_line

MISUSES = {
    "an option that does not exist": (
        "evaluate --nonsense",
        "No such option: --nonsense. See bordercast evaluate --help.",
    ),
    "an option that was misspelled": ("evaluate --seris x", "--series"),
    "an option without its value": (
        "history usbp.southwest --start",
        "Option '--start' requires an argument. See bordercast history --help.",
    ),
    "a word for a number": (
        "serve --port web",
        "--port is 'web', expected a whole number. See bordercast serve --help.",
    ),
    "a number out of range": (
        "serve --port 70000",
        "--port is '70000', expected less than or equal to 65535. See bordercast serve --help.",
    ),
    "a word for a number as an argument": (
        "releases retract last",
        "release is 'last', expected a whole number. See bordercast releases retract --help.",
    ),
    "no argument": ("keys add", "Missing argument 'name'. See bordercast keys add --help."),
    "too many arguments": ("releases list usbp", "(usbp). See bordercast releases list --help."),
    "no such command": ("fly", "No such command 'fly'. See bordercast --help."),
    "a command that was misspelled": ("forecats", "Did you mean 'forecast'"),
    "no such command of a group": ("db fly", "No such command 'fly'. See bordercast db --help."),
    "no such file": ("load absent.csv", "'absent.csv' does not exist. See bordercast load --help."),
}


def said(typed: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code of what is typed, and what is printed."""
    with pytest.raises(SystemExit) as ended:
        run_command_line(typed.split())
    printed = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, printed.out + printed.err


@pytest.mark.parametrize("misuse", MISUSES)
def test_what_is_typed_wrong_is_named_in_one_line(
    misuse: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typed, sentence = MISUSES[misuse]
    code, printed = said(typed, capsys)
    assert code == 2
    assert sentence in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "code", "shown"),
    [
        ("", 2, "Commands"),
        ("db", 2, "Commands"),
        ("--help", 0, "Commands"),
        ("evaluate --help", 0, "--horizon"),
    ],
)
def test_help_is_help(
    typed: str,
    code: int,
    shown: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended, printed = said(typed, capsys)
    assert ended == code
    assert shown in printed
    assert printed.count("Usage: bordercast") == 1
    assert "See bordercast" not in printed
