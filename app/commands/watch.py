"""The command that prints what changes, as it happens."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from app.alerts.event import Event
from app.alerts.events import MOST_EVENTS, find_events
from app.alerts.schemas import LONGEST_INTERVAL, EventEntry, WatchQuery
from app.clock import utc_now
from app.commands.console import open_store, validate_query
from app.config import Settings
from app.evaluation.scoring import Scorer
from app.forecasts.specification import Specification
from app.observations.queries import require_series
from app.storage.database import Database

MOST_AT_ONCE = 1000
"""Events of one look at the store; of more, the newest are printed."""

cli = typer.Typer()


@cli.command()
def watch(
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SERIES]...", help="Keys of series; all of them by default."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on each line.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            help="Print what happened after this instant, such as 2026-11-24T09:30:00Z, too. By "
            f"default: now, or with --once the newest {MOST_EVENTS} events."
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Print what happened, and end.")] = False,
    interval: Annotated[
        str, typer.Option(help=f"Seconds between two looks at the store, 1 to {LONGEST_INTERVAL}.")
    ] = "60",
) -> None:
    """Print new figures, forecasts that moved, and surprises as they happen, one on each line.

    They are those of the feed, /feed.atom, oldest first. Ctrl-C ends the command.
    """
    query = validate_query(WatchQuery, since=since, interval=interval)
    settings = Settings()
    with open_store(settings) as database:
        watched = _Watch(database, keys or [], Specification("auto", settings.seed))
        if once:
            limit = MOST_EVENTS if query.since is None else MOST_AT_ONCE
            _print(watched.look(query.since, limit=limit), as_json=as_json)
            return
        start = query.since or utc_now()
        try:
            while True:
                _print(watched.look(start, limit=MOST_AT_ONCE), as_json=as_json)
                time.sleep(query.interval)
        except KeyboardInterrupt:
            return


class _Watch:
    """Events of a store, each of them told once."""

    def __init__(self, database: Database, keys: list[str], specification: Specification) -> None:
        self._database = database
        self._keys = list(dict.fromkeys(keys))
        self._specification = specification
        self._scorer = Scorer(database, utc_now)
        self._told: set[tuple[str, datetime]] = set()  # a release is told again when retracted

    def look(self, since: datetime | None, *, limit: int) -> Iterator[Event]:
        """What happened after an instant and was not told yet, oldest first.

        Raises UnknownSeries.
        """
        self._scorer.catch_up()
        with self._database.reading() as session:
            series = [require_series(session, key) for key in self._keys]
            found = find_events(
                session, series or [None], self._specification, since=since, limit=limit
            )
        for event in reversed(found):
            if (event.id, event.at) not in self._told:
                self._told.add((event.id, event.at))
                yield event


def _print(events: Iterator[Event], *, as_json: bool) -> None:
    """One line for each event, at once, so that a reader in a pipe need not wait."""
    for event in events:
        typer.echo(EventEntry.of(event).model_dump_json() if as_json else _line(event))


def _line(event: Event) -> str:
    told = f"{event.at:%Y-%m-%dT%H:%M:%SZ} {event.title}: {event.summary}"
    return " ".join(told.split())
