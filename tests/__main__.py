"""`make test`: formatting, lint, import rules, types, and tests, with one summary at the end.

`python -m tests NAME...` runs some checks only: those of `make lint`, `make types`, and
`make test-fast`.
"""

import argparse
import subprocess
import sys
import time

SLOW = ("browser", "postgresql", "backtest", "system", "slow", "trial")
CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "imports": ["lint-imports", "--no-logo"],
    "types": ["mypy"],
    "tests": ["pytest", "-q", "-n", "2", "--dist", "loadgroup", "-m", "not trial"],
    "fast": ["pytest", "-q", "-n", "2", "--dist", "loadgroup", "-m", f"not ({' or '.join(SLOW)})"],
}
ALL = ("format", "lint", "imports", "types", "tests")


def main() -> int:
    """Run the checks, also after one has failed; the exit code is 1 if any did."""
    parser = argparse.ArgumentParser(prog="python -m tests", description="Run checks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(CHECKS)}")
    names = parser.parse_args().names or ALL
    if unknown := sorted(set(names) - set(CHECKS)):
        parser.error(f"no check is called {unknown[0]}; there are {', '.join(CHECKS)}")
    verdicts = [(name, *_run(name)) for name in names]
    print("== summary")
    for name, passed, seconds in verdicts:
        print(f"{'passed' if passed else 'FAILED'}  {name} ({seconds:.0f} s)")
    failed = sum(not passed for _, passed, _ in verdicts)
    print(f"checks: {len(verdicts) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _run(name: str) -> tuple[bool, float]:
    """Whether a check passes, and how many seconds it takes."""
    program, *arguments = CHECKS[name]
    print(f"== {name}: {' '.join(CHECKS[name])}", flush=True)
    started = time.monotonic()
    code = subprocess.run([f"{sys.prefix}/bin/{program}", *arguments], check=False).returncode
    return code == 0, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
