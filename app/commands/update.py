"""The command that asks publishers for new figures and loads them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from app.clock import utc_now
from app.commands.console import FAILED, messages, open_store, print_answer
from app.commands.shared import AsJson
from app.commands.usage import UsageError
from app.config import Settings
from app.sources.configured import DEFAULT_USER_AGENT, ClientSettings, client_settings
from app.sources.outcome import Outcome, Result
from app.sources.publisher import Publisher
from app.sources.publishers import PUBLISHERS
from app.sources.schemas import UpdateAnswer
from app.storage.database import Database

_STYLES = {Result.NEW: "green", Result.UNCHANGED: None, Result.FAILED: "red"}

cli = typer.Typer()


@cli.command()
def update(
    names: Annotated[
        list[str] | None,
        typer.Argument(help=f"Publishers to ask: {', '.join(PUBLISHERS)}. Default: all."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Fetch, check, and print what is new, but store nothing."),
    ] = False,
    user_agent: Annotated[
        str | None, typer.Option(help=f"User-Agent of this client. Default: {DEFAULT_USER_AGENT}.")
    ] = None,
    proxy: Annotated[str | None, typer.Option(help="Proxy, such as http://proxy:3128.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask publishers for new figures, check them, and load them.

    Each file is loaded completely or not at all. Exit codes: 0 every publisher answered, with or
    without new figures; 1 one did not; 2 the request is not valid.
    """
    asked = _publishers(names or [])
    settings = Settings()
    settings = settings.model_copy(
        update={"user_agent": user_agent or settings.user_agent, "proxy": proxy or settings.proxy}
    )
    client = client_settings(settings)
    with open_store(settings) as database:
        outcomes = asyncio.run(_update_all(database, client, asked, dry_run=dry_run))
    if as_json:
        print_answer(UpdateAnswer.of(outcomes), as_json=True, as_csv=False)
    if any(outcome.result is Result.FAILED for outcome in outcomes):
        raise typer.Exit(FAILED)


def _publishers(names: Sequence[str]) -> list[Publisher]:
    """Raises Misuse if a name is not that of a publisher."""
    for name in names:
        if name not in PUBLISHERS:
            raise UsageError(
                f"No publisher is called {name!r}; expected some of {', '.join(PUBLISHERS)}."
            )
    return [PUBLISHERS[name] for name in dict.fromkeys(names)] or list(PUBLISHERS.values())


async def _update_all(
    database: Database, client: ClientSettings, asked: Sequence[Publisher], *, dry_run: bool
) -> list[Outcome]:
    """Ask one publisher after the other, and say what each gave."""
    outcomes = []
    for publisher in asked:
        outcome = await _update(database, client, publisher, dry_run=dry_run)
        for sentence in outcome.sentences():
            messages.print(f"{publisher.name}: {sentence}", style=_STYLES[outcome.result])
        outcomes.append(outcome)
    return outcomes


async def _update(
    database: Database, client: ClientSettings, publisher: Publisher, *, dry_run: bool
) -> Outcome:
    # HTTP clients are slow to import, and all other commands do without
    from app.sources.fetching import open_fetcher  # noqa: PLC0415
    from app.sources.updating import Updater  # noqa: PLC0415

    def tell(sentence: str) -> None:
        messages.print(f"{publisher.name}: {sentence}", style="dim")

    with _bar() as bar:
        async with open_fetcher(
            user_agent=client.user_agent, proxy=client.proxy, tell=tell
        ) as fetcher:
            updater = Updater(
                database,
                utc_now,
                fetcher,
                pages=client.pages,
                tell=tell,
                progress=_shown_in(bar, publisher.name),
            )
            return await updater.update(publisher, dry_run=dry_run)


def _bar() -> Progress:
    """A bar that is shown on terminals only."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    )


def _shown_in(bar: Progress, name: str) -> Callable[[int, int | None], None]:
    task = bar.add_task(name, total=None, visible=False)

    def show_progress(received: int, total: int | None) -> None:
        bar.update(task, completed=received, total=total, visible=True)

    return show_progress
