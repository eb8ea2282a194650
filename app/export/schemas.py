"""Wire types of the export."""

from pydantic import BaseModel, ConfigDict, Field

from app.export.formats import ExportFormat


class ExportQuery(BaseModel):
    """Parameters of an export."""

    model_config = ConfigDict(extra="forbid")

    format: ExportFormat = Field(
        ExportFormat.CSV,
        description="Format of the tables: `csv`, or `parquet` for pandas, DuckDB, and others.",
        examples=["csv"],
    )
