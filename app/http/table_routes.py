"""Tables on paths of their own: `/forecast.csv` answers what `/forecast?format=csv` does.

Each such path has one kind of answer, so that the types of generated clients are exact.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from app.errors import BadParameter, Fault
from app.http.answers import TABLE_SUFFIX

TABLE = "text/csv"


class TableResponseSchema(Response):
    """A table, as the OpenAPI document describes it."""

    media_type = TABLE


def table_routes(routers: Iterable[APIRouter]) -> APIRouter:
    """A path with `.csv` for each path of some routers that has a table.

    To be included before the routers: `/forecasts/12.csv` is not the forecast `12.csv`.
    """
    tables = APIRouter()
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and _has_table(route):
                _add_table(tables, route)
    return tables


def drop_format_parameter(document: dict[str, Any]) -> None:
    """Take the parameter that chooses a format from the paths that have one format only."""
    for path, operations in document["paths"].items():
        if path.endswith(TABLE_SUFFIX):
            for operation in operations.values():
                operation["parameters"] = [
                    one for one in operation.get("parameters", ()) if one["name"] != "format"
                ]


def _has_table(route: APIRoute) -> bool:
    return TABLE in route.responses.get(200, {}).get("content", {})


def _add_table(tables: APIRouter, route: APIRoute) -> None:
    described = dict(route.responses[200])
    content = {TABLE: described["content"][TABLE]}
    tables.add_api_route(
        f"{route.path}{TABLE_SUFFIX}",
        route.endpoint,
        methods=sorted(route.methods or ()),
        tags=route.tags,
        summary=f"{route.summary} as a table",
        description=route.description,
        responses=route.responses | {200: described | {"content": content}},
        openapi_extra=route.openapi_extra,
        response_class=TableResponseSchema,
        response_model=None,
        dependencies=[Depends(_refuse_other_format)],
        operation_id=None if route.operation_id is None else f"{route.operation_id}_csv",
    )


async def _refuse_other_format(request: Request) -> None:
    """Raises BadParameter if a path that ends in `.csv` is asked for something else."""
    for given in request.query_params.getlist("format"):
        if given != "csv":
            expected = f"no value, because the path ends in {TABLE_SUFFIX}"
            raise BadParameter(Fault("format", given, expected))
