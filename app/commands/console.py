"""What commands share: opening the store, printing answers, and reporting errors."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol, TypeVar

from alembic.util.exc import CommandError
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.table import Table as RichTable
from sqlalchemy.exc import DBAPIError

from app.commands.usage import UsageError
from app.config import Settings, UnusableSetting
from app.errors import (
    BadParameter,
    Problem,
    StoreBusy,
    StoreDamaged,
    StoreFailed,
    StoreReadOnly,
    fault,
)
from app.http.answers import Table
from app.http.csv_cells import neutralize_formulas
from app.storage.backup import NotABackup
from app.storage.database import Database, newest_revision

FAILED = 1  # the store or the machine cannot do it now
USAGE_ERROR = 2  # the request cannot be answered as it stands
_CHECK = "Check BORDERCAST_DATABASE_URL, and make sure that the disk is not full."
PIPE_WIDTH = 200  # columns of a table that does not go to a terminal

output = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, markup=False)
messages = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)

Query = TypeVar("Query", bound=BaseModel)


class Document(Protocol):
    """An answer of the HTTP API, which has both JSON and a table."""

    def model_dump_json(self, *, indent: int | None = None) -> str: ...

    def table(self) -> Table: ...


class Failure(Exception):
    """The store or the machine cannot do something now. The message says what to do about it."""


@contextmanager
def open_store(settings: Settings, *, migrated: bool = True) -> Iterator[Database]:
    """The configured store. Raises StoreDamaged if its file was cut short.

    If `migrated`, raises Failure unless the store is at this version's revision.
    """
    database = Database(settings.database_url)
    try:
        database.require_whole()
        if migrated:
            require_migrated(database)
        yield database
    finally:
        database.close()


def require_migrated(database: Database) -> None:
    """Raises Failure if the store's tables are not those of this version."""
    revision = database.revision()
    if revision != newest_revision():
        raise Failure(
            f"The store is at revision {revision or 'base'}, but this version needs "
            f"{newest_revision()}. Run bordercast db upgrade, or bordercast run, which "
            "does everything."
        )


def validate_query(kind: type[Query], /, **given: Any) -> Query:
    """A command's parameters under the rules of the HTTP API. Raises BadParameter."""
    try:
        return kind.model_validate(
            {name: value for name, value in given.items() if value is not None}
        )
    except ValidationError as error:
        faults = [
            fault(found["type"], ("query", *found["loc"]), found["input"], found["msg"])
            for found in error.errors()
        ]
        raise BadParameter(*faults) from error


def print_answer(
    document: Document,
    *,
    as_json: bool,
    as_csv: bool,
    title: str | None = None,
    only: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> None:
    """Print an answer as a table for people (the columns `only`, with remarks) or for programs."""
    if as_json:
        sys.stdout.write(document.model_dump_json(indent=2) + "\n")
        return
    columns, rows = document.table()
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows(map(neutralize_formulas, [columns, *rows]))
        return
    print_table(columns, rows, title=title, only=only)
    for remark in remarks:
        messages.print(remark, style="yellow")


@contextmanager
def report_errors() -> Iterator[None]:
    """End the process with a sentence and an exit code if an expected error occurs."""
    try:
        yield
    except StoreFailed as failure:
        _end(f"The store cannot be used: {failure.reason.rstrip('?.')}. {_CHECK}", FAILED)
    except (StoreDamaged, StoreBusy) as failure:
        _end(failure.detail, FAILED)
    except StoreReadOnly:
        _end(
            "The store may be read but not written. bordercast serve serves it; for all else, make "
            "its file or its database writable.",
            FAILED,
        )
    except Problem as problem:
        _end(problem.detail, USAGE_ERROR)
    except ValidationError as error:
        _end(str(_unusable(error)), USAGE_ERROR)
    except (
        CommandError,
        FileExistsError,
        FileNotFoundError,
        UsageError,
        NotABackup,
        UnusableSetting,
    ) as error:
        _end(str(error), USAGE_ERROR)
    except Failure as failure:
        _end(str(failure), FAILED)
    except DBAPIError as error:
        _end(f"The store cannot be used: {error.orig}. {_CHECK}", FAILED)
    except OSError as error:
        _end(str(error), FAILED)


def _unusable(settings: ValidationError) -> BadParameter:
    """The invalid settings, by the names of their environment variables."""
    return BadParameter(
        *(
            fault(
                found["type"],
                ("query", f"BORDERCAST_{place}".upper()),
                found["input"],
                found["msg"],
            )
            for found in settings.errors()
            for place in found["loc"]
        )
    )


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = None,
    only: Sequence[str] = (),
) -> None:
    """Print rows as a table for people: all columns, or `only` some. Without rows, nothing."""
    told = list(rows)
    if not told:
        return
    if title is not None:
        output.print(title, style="italic")
    printed = RichTable(box=None, header_style="bold", pad_edge=False)
    shown = only or columns
    kept = [columns.index(name) for name in shown]
    for name in shown:
        printed.add_column(name, justify="left" if name in _WORDS else "right", overflow="fold")
    for row in told:
        printed.add_row(*(_cell(columns[at], row[at]) for at in kept))
    output.print(printed)


_WORDS = {
    "key",
    "last_status",
    "name",
    "qualifier",
    "recorded_by",
    "scopes",
    "series",
    "source",
    "status",
    "title",
}


_NAMES = {"year"}  # numbers that name something and have no thousands


def _cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    is_count = isinstance(value, int) and column not in _NAMES
    return f"{value:,}" if is_count else str(value)


def _end(sentence: str, code: int) -> NoReturn:
    if sentence:
        messages.print(" ".join(sentence.split()), style="red")
    raise SystemExit(code)
