"""`make test`: formatting, lint, import rules, types and the tests, with one summary at the end."""

import subprocess
import sys
import time

CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet"],
    "lint": ["ruff", "check", "--quiet"],
    "import rules": ["lint-imports", "--no-logo"],
    "types": ["mypy"],
    "tests": ["pytest", "-q", "-n", "2", "--dist", "loadgroup"],
}


def main() -> int:
    """Run every check, also after one has failed; the exit code is 1 where any did."""
    verdicts = []
    for name, command in CHECKS.items():
        print(f"== {name}: {' '.join(command)}", flush=True)
        started = time.monotonic()
        code = subprocess.run(
            [f"{sys.prefix}/bin/{command[0]}", *command[1:]], check=False
        ).returncode
        verdicts.append((name, code, time.monotonic() - started))
    print("== summary")
    for name, code, seconds in verdicts:
        print(f"{'passed' if code == 0 else 'FAILED'}  {name} ({seconds:.0f} s)")
    failed = sum(code != 0 for _, code, _ in verdicts)
    print(f"checks: {len(verdicts) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
