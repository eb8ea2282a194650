"""The description of an export for programs: a Frictionless Data Package, `datapackage.json`."""

from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from typing import Any

from app.export.columns import Column, ExportedTable
from app.observations.publishers import PUBLISHERS

FILE_NAME = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def describe_package(
    tables: Iterable[ExportedTable], file_format: str, created: datetime
) -> dict[str, Any]:
    """The data package of an export as JSON has it.

    file_format: `csv` or `parquet`, which is also how the files' names end
    """
    return {
        "$schema": _PROFILE,
        "name": "bordercast",
        "title": "Bordercast: figures, releases, forecasts, and scores",
        "description": "Everything that a Bordercast store has published: every figure as it was "
        "published, the forecasts as they were issued, and how these turned out.",
        "version": version("bordercast"),
        "created": created.isoformat(timespec="seconds"),
        "sources": [
            {"title": publisher.name, "path": publisher.url} for publisher in PUBLISHERS.values()
        ],
        "resources": [_resource(table, file_format) for table in tables],
    }


def _resource(table: ExportedTable, file_format: str) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": table.name,
        "path": f"{table.name}.{file_format}",
        "format": file_format,
        "mediatype": MEDIA_TYPES[file_format],
        "title": table.title,
        "description": table.description,
        "schema": _schema(table),
    }
    return resource | ({"encoding": "utf-8"} if file_format == "csv" else {})


def _schema(table: ExportedTable) -> dict[str, Any]:
    return {
        "fields": [_field(column) for column in table.columns],
        "primaryKey": list(table.primary_key),
        "foreignKeys": [
            {
                "fields": [key.column],
                "reference": {"resource": key.table, "fields": [key.key]},
            }
            for key in table.foreign_keys
        ],
        "missingValues": [""],
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.kind.value,
        "description": column.description,
    }
    return field | ({"constraints": {"required": True}} if column.required else {})
