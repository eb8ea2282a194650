"""The files of an export: a table as CSV or as Parquet, batch by batch."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from app.errors import Problem
from app.export.columns import Column, ExportedTable, Kind
from app.http.csv_cells import neutralize_formulas

if TYPE_CHECKING:
    from arro3.core import Array, DataType, RecordBatch, Schema

BATCH = 20_000  # rows held in memory at once
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COMPRESSION = "zstd(3)"

Batches = Iterable[Sequence[Sequence[Any]]]


class ExportFormat(StrEnum):
    """The format of an export's tables."""

    CSV = "csv"
    PARQUET = "parquet"


class ParquetNotInstalled(Problem):
    """This installation lacks the packages that write Parquet files.

    Run `pip install 'bordercast[parquet]'`, or request `format=csv`.
    """

    title = "Parquet is not installed"


def require_parquet() -> None:
    """Raises ParquetNotInstalled if Parquet files cannot be written."""
    if find_spec("arro3") is None:
        raise ParquetNotInstalled(
            "This installation cannot write Parquet files. Run pip install 'bordercast[parquet]', "
            "or request format=csv."
        )


def in_batches(rows: Iterator[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """The rows in lists of up to BATCH."""
    while batch := list(islice(rows, BATCH)):
        yield batch


def csv_chunks(table: ExportedTable, batches: Batches) -> Iterator[bytes]:
    """A CSV file with a header, batch by batch: ISO 8601 dates, `true` and `false`, no quotes
    around nothing."""
    yield _csv([[column.name for column in table.columns]])
    for batch in batches:
        yield _csv([[_text(value) for value in row] for row in batch])


def write_parquet_file(table: ExportedTable, batches: Batches, file: IO[bytes]) -> None:
    """Write a table into a Parquet file. Months are texts, as in CSV."""
    from arro3.core import Field, RecordBatchReader, Schema  # noqa: PLC0415
    from arro3.io import write_parquet  # noqa: PLC0415

    fields = [
        Field(column.name, _arrow_type(column.kind), nullable=not column.required)
        for column in table.columns
    ]
    schema = Schema(fields)
    reader = RecordBatchReader.from_batches(schema, _record_batches(table, schema, batches))
    write_parquet(reader, file, compression=_COMPRESSION)


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(map(neutralize_formulas, rows))
    return text.getvalue().encode()


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _instant(value) if isinstance(value, datetime) else value


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _record_batches(
    table: ExportedTable, schema: "Schema", batches: Batches
) -> Iterator["RecordBatch"]:
    from arro3.core import RecordBatch  # noqa: PLC0415

    for batch in batches:
        columns = zip(*batch, strict=True)
        arrays = [
            _arrow_array(column, values)
            for column, values in zip(table.columns, columns, strict=True)
        ]
        yield RecordBatch.from_arrays(arrays, schema=schema)


def _arrow_array(column: Column, values: Sequence[Any]) -> "Array":
    """arro3 builds arrays of numbers and texts; dates and instants are numbers to begin with."""
    from arro3.core import Array, DataType  # noqa: PLC0415

    convert: Callable[[Any], Any] = _STORED_AS.get(column.kind, _as_is)
    given = [None if value is None else convert(value) for value in values]
    wanted = _arrow_type(column.kind)
    stored = {Kind.DATE: DataType.int32(), Kind.DATETIME: DataType.int64()}
    return Array(given, stored.get(column.kind, wanted)).cast(wanted)


def _arrow_type(kind: Kind) -> "DataType":
    from arro3.core import DataType  # noqa: PLC0415

    make: dict[Kind, Callable[[], DataType]] = {
        Kind.STRING: DataType.utf8,
        Kind.YEARMONTH: DataType.utf8,
        Kind.INTEGER: DataType.int64,
        Kind.NUMBER: DataType.float64,
        Kind.BOOLEAN: DataType.bool,
        Kind.DATE: DataType.date32,
        Kind.DATETIME: lambda: DataType.timestamp("us", tz="UTC"),
    }
    return make[kind]()


def _days(value: date) -> int:
    return value.toordinal() - _EPOCH.toordinal()


def _microseconds(value: datetime) -> int:
    return (value - _EPOCH) // timedelta(microseconds=1)


def _as_is(value: Any) -> Any:
    return value


_STORED_AS: dict[Kind, Callable[[Any], Any]] = {
    Kind.DATE: _days,
    Kind.DATETIME: _microseconds,
    Kind.YEARMONTH: str,
    Kind.NUMBER: float,
}
