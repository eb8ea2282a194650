"""What the OpenAPI document says of every operation alike: its name and its headers."""

import re
from typing import Any

from fastapi.routing import APIRoute

Headers = dict[str, tuple[str, dict[str, Any]]]  # by name: description and schema

_COMPONENTS = "#/components/schemas/"
_TEXT: dict[str, Any] = {"type": "string"}
_SECONDS: dict[str, Any] = {"type": "integer", "minimum": 1}
VALIDATORS: Headers = {
    "ETag": ("Identifies this answer. Send it as `If-None-Match` next time.", _TEXT),
    "Last-Modified": ("When something behind the answer changed last.", _TEXT),
    "Cache-Control": ("`no-cache`: ask again before you use a copy.", _TEXT),
}
RETRY_AFTER: Headers = {"Retry-After": ("Seconds after which to try again.", _SECONDS)}
CHALLENGE: Headers = {"WWW-Authenticate": ("`Bearer`: the kind of key that is needed.", _TEXT)}
FILE_NAME: Headers = {"Content-Disposition": ("A name for the file.", _TEXT)}
PAGING: Headers = {
    "Link": ('Leads to the next page (`rel="next"`); absent from the last one.', _TEXT),
    "X-Total-Count": (
        "The number of entries in all pages; of `/vintages`, of months.",
        {"type": "integer", "minimum": 0},
    ),
}

RATE_LIMIT: Headers = {
    "RateLimit": ("How many more requests may be counted (`r`) in so many seconds (`t`).", _TEXT),
    "RateLimit-Policy": ("How many requests may be counted (`q`) in a window (`w`).", _TEXT),
}

_HEADERS = {
    "304": VALIDATORS,
    "401": CHALLENGE,
    "429": RETRY_AFTER | RATE_LIMIT,
    "503": RETRY_AFTER,
}


def name_operation(route: APIRoute) -> str:
    """The name of an operation that states none: its method and the words of its path.

    `GET /forecast/fiscal-year` is `get_forecast_fiscal_year`; parameters of the path are left out.
    """
    words = re.findall(r"[a-z0-9]+", re.sub(r"\{[^}]*\}", "", route.path_format.lower()))
    return "_".join([min(route.methods or {"get"}).lower(), *words])


def describe_headers(document: dict[str, Any]) -> None:
    """Add the headers of the responses."""
    for operations in document["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            for status, headers in _HEADERS.items():
                if status in responses:
                    _add(responses[status], headers)
            if "304" in responses and "200" in responses:
                _add(responses["200"], VALIDATORS)
            if "text/csv" in responses.get("200", {}).get("content", {}):
                _add(responses["200"], FILE_NAME)
            if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", [])):
                _add(responses["200"], PAGING)


def hoist_definitions(document: dict[str, Any]) -> None:
    """Move the schemas of request bodies, and the definitions in them, to the components, so that
    generated clients name them.

    What a request may leave out, an answer always has, so a definition whose name an answer has
    given to another one is renamed.
    """
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for operations in document["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            for media in content.values():
                defined = media.get("schema", {}).pop("$defs", {})
                renamed = {
                    name: f"{name}Input"
                    for name, schema in defined.items()
                    if components.get(name, schema) != schema
                }
                _rename_references([media["schema"], *defined.values()], renamed)
                for name, schema in defined.items():
                    components[renamed.get(name, name)] = schema
                title = media["schema"].get("title")
                if title is not None and components.get(title, media["schema"]) == media["schema"]:
                    components[title] = media["schema"]
                    media["schema"] = {"$ref": f"{_COMPONENTS}{title}"}


def _rename_references(node: Any, renamed: dict[str, str]) -> None:
    if isinstance(node, list):
        for part in node:
            _rename_references(part, renamed)
    elif isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix(_COMPONENTS)
        if name in renamed:
            node["$ref"] = f"{_COMPONENTS}{renamed[name]}"
        for part in node.values():
            _rename_references(part, renamed)


def _add(response: dict[str, Any], headers: Headers) -> None:
    described = response.setdefault("headers", {})
    for name, (description, schema) in headers.items():
        described.setdefault(name, {"description": description, "schema": schema})
