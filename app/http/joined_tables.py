"""One table out of several: those of several series, which then begin with a `series` column."""

from collections.abc import Iterable, Sequence

from app.http.answers import Table


def join_tables(tables: Iterable[tuple[str, Table]], *, leave_out: Sequence[str] = ()) -> Table:
    """The rows of several tables of the same columns, each after the key of its series.

    Parameters
    ----------
    tables : pairs of key and table, at least one
    leave_out : columns that say nothing once each series has rows of its own

    Raises
    ------
    ValueError
        If there is no table, or if the columns differ; the message names both.
    """
    columns: Sequence[str] | None = None
    rows: list[Sequence[object]] = []
    for key, (own, own_rows) in tables:
        if columns is not None and list(own) != list(columns):
            raise ValueError(f"the table of {key} has the columns {own}, expected {columns}")
        columns = own
        kept = [place for place, name in enumerate(own) if name not in leave_out]
        rows += [[key, *(row[place] for place in kept)] for row in own_rows]
    if columns is None:
        raise ValueError("there are no tables, expected at least one")
    return ["series", *(name for name in columns if name not in leave_out)], rows
