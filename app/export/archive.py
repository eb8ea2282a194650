"""The whole store as one zip file, streamed: memory and disk hold one batch or one table of it."""

import io
import json
from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from app.export.columns import ExportedTable
from app.export.data_package import FILE_NAME, describe_package
from app.export.dictionary import TABLES
from app.export.formats import ExportFormat, csv_chunks, in_batches, write_parquet_file
from app.storage.database import Database, Session

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_CHUNK = 1 << 18  # bytes of a Parquet file handed on at once


class _Outbox(io.RawIOBase):
    """Where the zip file is written to: keeps what was written until it is taken away."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        self._written += data
        return memoryview(data).nbytes

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def export_store(
    database: Database, file_format: ExportFormat, *, created: datetime
) -> Iterator[bytes]:
    """The zip file of everything in the store at one moment, in pieces.

    It holds `datapackage.json`, which describes the tables, and one file for each table. Reads one
    snapshot, from the first piece to the last. Parquet needs `require_parquet` before.
    """
    outbox = _Outbox()
    with database.reading() as session, ZipFile(outbox, "w") as archive:
        package = describe_package(TABLES, file_format.value, created)
        archive.writestr(_member(FILE_NAME, created), json.dumps(package, indent=2) + "\n")
        for table in TABLES:
            name = f"{table.name}.{file_format.value}"
            pieces = _pieces(session, table, file_format)
            compression = ZIP_DEFLATED if file_format is ExportFormat.CSV else ZIP_STORED
            with archive.open(_member(name, created, compression), "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield outbox.take()
    yield outbox.take()


def _member(name: str, created: datetime, compression: int = ZIP_DEFLATED) -> ZipInfo:
    member = ZipInfo(name, created.timetuple()[:6])
    member.compress_type = compression
    return member


def _pieces(session: Session, table: ExportedTable, file_format: ExportFormat) -> Iterator[bytes]:
    batches = in_batches(table.read(session))
    if file_format is ExportFormat.CSV:
        yield from csv_chunks(table, batches)
        return
    with TemporaryFile() as file:
        write_parquet_file(table, batches, file)
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece
