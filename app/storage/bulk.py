"""Many rows at once, as fast as each database takes them."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

AT_ONCE = 5000  # rows of one INSERT


def add_rows(
    session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Add rows, by COPY where the database has it; returns how many.

    Values go to the driver as they are: days as ISO 8601 writes them, words for members of an
    enumeration. Until the last one is there the session cannot be asked for anything else. Raises
    what an INSERT would, such as IntegrityError.
    """
    connection = session.connection()
    add = _copy if connection.dialect.name == "postgresql" else _insert
    return add(connection, table, columns, rows)


def _copy(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    errors = connection.dialect.loaded_dbapi.Error
    added = 0
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
                added += 1
    except errors as error:
        raise DBAPIError.instance(statement, None, error, errors) from error
    return added


def _insert(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    )
    added, rest = 0, iter(rows)
    while some := list(islice(rest, AT_ONCE)):
        connection.exec_driver_sql(statement, [tuple(row) for row in some])
        added += len(some)
    return added
