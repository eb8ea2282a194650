"""The command that says what is wrong with an installation."""

import json
import sys
from dataclasses import asdict

import typer

from app.clock import utc_now
from app.commands.console import FAILED, messages, output
from app.commands.shared import AsJson
from app.config import Settings
from app.doctor.examination import examine
from app.doctor.finding import Finding, Verdict
from app.storage.database import Database

cli = typer.Typer()
_STYLES = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAULT: "red"}


@cli.command()
def doctor(as_json: AsJson = False) -> None:
    """Check store, migrations, integrity, clock, disks, workers, and sources.

    Says what to do about each warning and fault. The exit code is 1 if there is a fault.
    """
    settings = Settings()
    database = Database(settings.database_url)
    found = []
    try:
        for finding in examine(settings, database, utc_now):
            found.append(finding)
            if not as_json:
                _print(finding)
    finally:
        database.close()
    if as_json:
        sys.stdout.write(json.dumps({"findings": [asdict(one) for one in found]}, indent=2) + "\n")
    faults = sum(finding.verdict is Verdict.FAULT for finding in found)
    if faults:
        messages.print(f"{faults} {'fault' if faults == 1 else 'faults'}.", style="red")
        raise typer.Exit(FAILED)


def _print(finding: Finding) -> None:
    style = _STYLES[finding.verdict]
    output.print(f"{finding.verdict:8}{finding.check}: {finding.detail}", style=style)
    if finding.advice:
        output.print(f"        {finding.advice}")
