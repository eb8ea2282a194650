"""The OpenAPI document: good enough to work from alone."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient

PROBLEM_JSON = "application/problem+json"
OPERATIONS = ("/series", "/history", "/forecast", "/health", "/ready")
METHODS = {"get", "put", "post", "delete", "patch"}

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(sqlite_client: TestClient) -> Document:
    return dict(sqlite_client.get("/openapi.json").json())


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for method in methods.keys() & METHODS:
            yield f"{method.upper()} {path}", methods[method]


def nodes(node: Any) -> Iterator[Document]:
    """Every object of a document."""
    if isinstance(node, dict):
        yield node
    for below in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from nodes(below)


def resolved(document: Document, node: Any) -> Any:
    """A part of the document with what its references lead to in their place."""
    if isinstance(node, list):
        return [resolved(document, below) for below in node]
    if not isinstance(node, dict):
        return node
    if isinstance(reference := node.get("$ref"), str):
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        return resolved(document, target)
    return {name: resolved(document, below) for name, below in node.items()}


def fields(document: Document) -> Iterator[tuple[str, Document]]:
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            yield f"{name}.{field}", described


def test_the_document_is_valid(document: Document) -> None:
    schemathesis.openapi.from_dict(document).validate()
    assert document["openapi"].startswith("3.1")


def test_every_operation_that_callers_know_is_described(document: Document) -> None:
    assert set(OPERATIONS) <= document["paths"].keys()


def test_every_operation_has_a_summary_a_description_and_a_tag_that_is_explained(
    document: Document,
) -> None:
    explained = {tag["name"] for tag in document["tags"] if tag["description"]}
    for name, operation in operations(document):
        assert operation["summary"], name
        assert len(operation["description"]) > len(operation["summary"]), name
        assert operation["tags"], name
        assert set(operation["tags"]) <= explained, name


def test_every_operation_has_an_id_of_its_own(document: Document) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)


def test_every_operation_has_an_example(document: Document) -> None:
    """Fields have some, from which readers of the document build the whole."""
    for name, operation in operations(document):
        described = nodes(resolved(document, operation))
        assert any(node.keys() & {"example", "examples"} for node in described), name


def test_every_table_has_an_example_with_a_row(document: Document) -> None:
    for name, operation in operations(document):
        answers = operation["responses"]
        if table := (answers.get("200") or answers["201"])["content"].get("text/csv"):
            assert table["example"].count("\n") == 2, name


def test_every_parameter_is_described(document: Document) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), f"{name} {parameter['name']}"


def test_every_required_parameter_has_an_example_to_try(document: Document) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["required"]:
                described = nodes(resolved(document, parameter))
                has_one = any(node.keys() & {"example", "examples", "enum"} for node in described)
                assert has_one, f"{name} {parameter['name']}"


def test_every_field_is_described(document: Document) -> None:
    described = dict(fields(document))
    assert described
    validation = ("HTTPValidationError", "ValidationError")
    undescribed = [
        name
        for name, field in described.items()
        if not field.get("description") and not name.startswith(validation)
    ]
    assert undescribed == []


def test_no_error_is_described_in_a_form_that_is_never_sent(document: Document) -> None:
    """FastAPI's own form of a validation error is not ours."""
    references = {node["$ref"] for node in nodes(document) if "$ref" in node}
    assert "#/components/schemas/HTTPValidationError" not in references
    for _, operation in operations(document):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == [PROBLEM_JSON]


def test_every_operation_with_parameters_describes_what_a_bad_one_is_answered_with(
    document: Document,
) -> None:
    for name, operation in operations(document):
        if operation.get("parameters"):
            problem = operation["responses"]["422"]["content"][PROBLEM_JSON]
            assert problem["schema"] == {"$ref": "#/components/schemas/ProblemDocument"}, name
            assert "bad-parameter" in problem["examples"], name


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/series", {"200", "304", "422"}),
        ("/history", {"200", "304", "404", "422"}),
        ("/forecast", {"200", "304", "404", "422", "503"}),
        ("/ready", {"200", "503"}),
    ],
)
def test_the_ways_a_request_can_end_are_described(
    document: Document, path: str, statuses: set[str]
) -> None:
    assert statuses <= document["paths"][path]["get"]["responses"].keys()


def test_tables_are_described_with_the_columns_that_they_have(
    document: Document, sqlite_client: TestClient
) -> None:
    for path in ("/series", "/history", "/forecast"):
        example = document["paths"][path]["get"]["responses"]["200"]["content"]["text/csv"][
            "example"
        ]
        asked = {"series": "usbp.southwest"} if path != "/series" else {}
        table = sqlite_client.get(path, params=asked | {"format": "csv"}).text
        assert example.splitlines()[0] == table.splitlines()[0], path


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("ObservationEntry.value", "encounters"),
        ("ForecastMonth.mean", "encounters"),
        ("ForecastMonth.median", "encounters"),
        ("Interval.lower", "encounters"),
        ("Interval.upper", "encounters"),
        ("Interval.level", "percent"),
        ("ForecastAnswer.unit", "calendar month"),
        ("ForecastAnswer.issued_at", "utc"),
    ],
)
def test_units_are_said(document: Document, field: str, unit: str) -> None:
    assert unit in dict(fields(document))[field]["description"].lower()


@pytest.mark.parametrize(
    ("parameter", "unit"), [("horizon", "months"), ("level", "percent"), ("as_of", "utc")]
)
def test_units_of_parameters_are_said(document: Document, parameter: str, unit: str) -> None:
    described = {p["name"]: p for p in document["paths"]["/forecast"]["get"]["parameters"]}
    assert unit in described[parameter]["description"].lower()


def test_bounds_and_defaults_of_parameters_are_told(document: Document) -> None:
    described = {
        p["name"]: p["schema"] for p in document["paths"]["/forecast"]["get"]["parameters"]
    }
    horizon, level = described["horizon"], described["level"]
    assert (horizon["minimum"], horizon["maximum"], horizon["default"]) == (1, 36, 12)
    assert (level["items"]["minimum"], level["items"]["maximum"], level["default"]) == (
        1,
        99,
        [50, 80, 95],
    )
    assert described["model"]["default"] == "auto"


def test_every_reference_leads_somewhere(document: Document) -> None:
    references = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    assert "#/components/schemas/ProblemDocument" in references
    for reference in references:
        assert resolved(document, {"$ref": reference})
