"""HTTP: the whole store as one file."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from app.dependencies import Now, Store
from app.errors import BadParameter, problems
from app.export.archive import export_store
from app.export.formats import ExportFormat, ParquetNotInstalled, require_parquet
from app.export.schemas import ExportQuery

router = APIRouter(tags=["Figures"])

MEDIA_TYPE = "application/zip"
_ZIP: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A zip file with `datapackage.json` and one file per table.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/export",
    summary="Get everything as one file",
    response_class=Response,
    responses=_ZIP | problems(BadParameter, ParquetNotInstalled),
)
def export(query: Annotated[ExportQuery, Query()], database: Store, now: Now) -> StreamingResponse:
    """Series, releases, current figures, figures as published, archived forecasts, and scores, as
    one zip file of tables with a data dictionary (a Frictionless Data Package). Sampled futures of
    forecasts are not in it; `GET /forecasts` has them.

    All tables are of one moment. The answer is streamed, so it has no length and no ETag.
    """
    if query.format is ExportFormat.PARQUET:
        require_parquet()
    name = f"bordercast-{now():%Y-%m-%d}-{query.format.value}.zip"
    return StreamingResponse(
        export_store(database, query.format, created=now()),
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
