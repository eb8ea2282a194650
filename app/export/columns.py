"""What an exported table is made of: columns with types and descriptions, and keys."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.storage.database import Session

Rows = Iterator[Sequence[Any]]


class Kind(StrEnum):
    """The type of a column, as Frictionless' Table Schema names it."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    YEARMONTH = "yearmonth"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `required` if it has a value in every row."""

    name: str
    kind: Kind
    description: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A column whose values are those of a key column of another table."""

    column: str
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A table of the export; `read` gives its rows in the order of its columns, a few at a time."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    read: Callable[[Session], Rows]
    foreign_keys: tuple[ForeignKey, ...] = ()
