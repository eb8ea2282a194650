"""The publishers: how asking them went, and whether figures are late."""

from collections.abc import Iterator
from datetime import date

from app.doctor.finding import Finding, ok, warning
from app.sources.status import SourceStatus

_BY_HAND = "Save the file with a browser, and load it with bordercast load."


def check_sources(statuses: list[SourceStatus], *, today: date) -> Iterator[Finding]:
    """One finding for each publisher. One that was never asked is well: nobody wanted it yet."""
    for status in statuses:
        check = f"source {status.publisher.name}"
        newest = f"figures through {status.newest.period}" if status.newest else "no figures"
        memory = status.memory
        if memory is not None and memory.failure is not None:
            yield warning(
                check,
                f"The last request failed ({memory.failure_kind}); {newest}.",
                memory.failure,
            )
        elif memory is None or memory.asked_at is None:
            late = ", and more may have come out" if status.is_overdue(today) else ""
            yield ok(check, f"Never asked; {newest}{late}.")
        elif status.is_overdue(today):
            yield warning(
                check,
                f"The next figures are later than any before; {newest}.",
                f"Look at {status.publisher.page}. {_BY_HAND}",
            )
        else:
            yield ok(check, f"Last asked {memory.asked_at:%Y-%m-%d %H:%M} UTC; {newest}.")
