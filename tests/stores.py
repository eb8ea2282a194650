"""Places to keep stores in during a test run: files of SQLite, databases of a PostgreSQL server."""

import itertools
import shutil
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql


class Stores(Protocol):
    """Makes stores that nobody else uses; each is known by its URL."""

    def create(self) -> str:
        """An empty store, without tables."""

    def copy(self, url: str) -> str:
        """A copy of a store that nobody has open."""

    def drop(self, url: str) -> None:
        """Forget a store, whoever has it open."""


class SQLiteStores:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def create(self) -> str:
        return f"sqlite:///{self._folder / f'store-{next(self._numbers)}.db'}"

    def copy(self, url: str) -> str:
        copied = self.create()
        shutil.copyfile(_file(url), _file(copied))
        return copied

    def drop(self, url: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{_file(url)}{ending}").unlink(missing_ok=True)


class PostgreSQLStores:
    _numbers = itertools.count(1)  # shared by all: they may be on one server

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url

    def create(self) -> str:
        name = f"store_{next(self._numbers)}"
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self._server_url.replace("/postgres?", f"/{name}?")

    def copy(self, url: str) -> str:
        name = f"store_{next(self._numbers)}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(self._name(url))
            )
        )
        return self._server_url.replace("/postgres?", f"/{name}?")

    def drop(self, url: str) -> None:
        self._execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._name(url)))
        )

    def _name(self, url: str) -> str:
        return url.split("?", maxsplit=1)[0].rsplit("/", maxsplit=1)[1]

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(statement)


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
