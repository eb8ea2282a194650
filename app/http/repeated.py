"""Parameters that a query gives more than once although they have one value."""

from collections.abc import Collection
from typing import get_args, get_origin
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.errors import BadParameter, Fault


async def refuse_repeated(request: Request) -> None:
    """A dependency of every documented operation. Raises BadParameter."""
    if b"&" not in request.scope["query_string"]:
        return
    route = request.scope.get("route")
    if isinstance(route, APIRoute) and route.include_in_schema:
        reject_repeated_parameters(request, repeatable=_repeatable(route))


def reject_repeated_parameters(request: Request, *, repeatable: Collection[str] = ()) -> None:
    """Raises BadParameter naming each parameter that is given more than once."""
    given: dict[str, list[str]] = {}
    query = request.scope["query_string"].decode("latin-1")
    for name, value in parse_qsl(query, keep_blank_values=True):
        given.setdefault(name, []).append(value)
    faults = [
        Fault(name, f"{len(values)} values: {', '.join(values)}", "one value")
        for name, values in given.items()
        if len(values) > 1 and name not in repeatable
    ]
    if faults:
        raise BadParameter(*faults)


def _repeatable(route: APIRoute) -> set[str]:
    """The parameters of an operation that are lists, by the names that a query gives them."""
    found: set[str] = set()
    for parameter in route.dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found |= {
                field.alias or name
                for name, field in annotation.model_fields.items()
                if _is_list(field.annotation)
            }
        elif _is_list(annotation):
            found.add(parameter.alias)
    return found


def _is_list(annotation: object) -> bool:
    """Whether a type, or one of the alternatives that it names, holds several values."""
    if get_origin(annotation) in (list, set, tuple, frozenset):
        return True
    return any(_is_list(each) for each in get_args(annotation))
