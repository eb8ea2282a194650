"""`/llms.txt`: the calls in plain text, for programs that read text rather than schemas.

The layout is that of https://llmstxt.org: a title, a summary, and sections of links.
"""

from typing import Any

from fastapi import FastAPI, Request, Response

from app.http.answers import TABLE_SUFFIX, conditional_response
from app.http.origins import own_origin

MEDIA_TYPE = "text/markdown; charset=utf-8"
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The map of the calls.",
        "content": {"text/markdown": {"schema": {"type": "string"}, "example": "# Bordercast\n"}},
    },
    304: {"description": "Your copy is current (`If-None-Match`)."},
}
_ADVICE = (
    "Each line gives a call, what it answers, and its parameters; `*` marks the required ones. "
    "Add `.csv` to a path for a table. Keys of series come from `/series`. Months are written "
    "`2024-04`. Errors are JSON and say what is expected instead."
)


def install(app: FastAPI) -> None:
    """Serve the map, which is written from the OpenAPI document and so has every call."""

    @app.get(
        "/llms.txt",
        tags=["Operation"],
        summary="Get the map of the calls in plain text",
        response_class=Response,
        responses=_RESPONSES,
    )
    async def map_of_calls(request: Request) -> Response:
        """Every call with its parameters, in Markdown, for programs that read text (llmstxt.org).

        It is written from `/openapi.json`, which has all details.
        """
        text = write_map(
            app.openapi(), own_origin(request) + request.scope.get("root_path", "").rstrip("/")
        )
        return conditional_response(request, text.encode(), MEDIA_TYPE, modified=None, headers={})


def write_map(document: dict[str, Any], address: str) -> str:
    """The calls of an OpenAPI document by tag, with addresses below `address`."""
    info = document["info"]
    lines = [f"# {info['title']}", "", f"> {info['summary']}", "", _ADVICE]
    for tag in document["tags"]:
        calls = _calls(document, tag["name"], address)
        if calls:
            lines += ["", f"## {tag['name']}", "", tag["description"], "", *calls]
    lines += [
        "",
        "## Optional",
        "",
        f"- [OpenAPI document]({address}/openapi.json): every parameter, field, and error",
        f"- [Documentation of the calls]({address}/docs): the same with examples to try",
        "",
    ]
    return "\n".join(lines)


def _calls(document: dict[str, Any], tag: str, address: str) -> list[str]:
    return [
        _call(method.upper(), path, operation, address)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if tag in operation["tags"] and not path.endswith(TABLE_SUFFIX)
    ]


def _call(method: str, path: str, operation: dict[str, Any], address: str) -> str:
    line = f"- [{method} {path}]({address}{path}): {operation['summary']}"
    parameters = [
        f"`{one['name']}`{'*' if one['required'] else ''}"
        for one in operation.get("parameters", ())
        if one["in"] == "query"
    ]
    return f"{line}. Parameters: {', '.join(parameters)}" if parameters else line
