"""JSON bodies read as a model, with every bad field named."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import LONGEST_ECHO, BadParameter, Fault, fault

Body = TypeVar("Body", bound=BaseModel)


def parse_json(kind: type[Body], body: bytes) -> Body:
    """Read a JSON body. Raises BadParameter naming every bad field."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False)
        if found[0]["type"] == "json_invalid":
            raise BadParameter(
                Fault("body", body[:LONGEST_ECHO].decode(errors="replace"), "JSON")
            ) from error
        raise BadParameter(
            *(
                fault(each["type"], ("body", *each["loc"]), each.get("input"), each["msg"])
                for each in found
            )
        ) from error
