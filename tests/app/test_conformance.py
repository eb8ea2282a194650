"""What the service answers is what its OpenAPI document says, whatever it is asked."""

import json
from typing import Any, NoReturn

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

KEYS = ("usbp.southwest", "usbp.coastal.ramey", "usbp.southwest.title-42", "cbp", "southwest")
PATHS = (
    "/series",
    "/history",
    "/forecast",
    "/forecast/threshold",
    "/forecast/fiscal-year",
    "/forecasts",
    "/forecasts/{forecast}",
    "/evaluation",
    "/evaluation/forecasts",
    "/feed.atom",
    "/health",
    "/ready",
)
SETTINGS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def no_number(text: str) -> NoReturn:
    raise AssertionError(f"JSON has no {text}")


def strictly_read(text: str) -> Any:
    """JSON as RFC 8259 has it: without NaN and Infinity."""
    return json.loads(text, parse_constant=no_number)


def conforms(client: TestClient, case: schemathesis.Case[Any]) -> None:
    """Ask, and hold the answer against the document. No schema says which days `as_of` can be."""
    request = case.as_transport_kwargs(base_url="http://testserver")
    request.pop("cookies", None)
    response = client.request(**request)
    if "json" in response.headers.get("content-type", ""):
        strictly_read(response.text)
    case.validate_response(
        Response.from_httpx2(response, verify=True), excluded_checks=[positive_data_acceptance]
    )


@pytest.fixture(scope="module")
def schema(sqlite_client: TestClient) -> OpenApiSchema:
    return schemathesis.openapi.from_dict(sqlite_client.get("/openapi.json").json())


@pytest.mark.parametrize("path", PATHS)
def test_what_is_asked_as_documented_is_answered_as_documented(
    sqlite_client: TestClient, schema: OpenApiSchema, path: str
) -> None:
    strategy = schema[path]["GET"].as_strategy(generation_mode=GenerationMode.POSITIVE)

    @given(case=strategy, key=st.sampled_from(KEYS), is_known=st.booleans())
    @SETTINGS
    def asked(case: schemathesis.Case[Any], key: str, is_known: bool) -> None:
        if is_known and "series" in case.query:
            case.query["series"] = key
        if "model" in case.query:
            case.query["model"] = "log-random-walk"  # what the document says of it goes for all
        conforms(sqlite_client, case)

    asked()


@pytest.mark.parametrize(
    "path", ["/series", "/history", "/forecast", "/forecast/threshold", "/forecast/fiscal-year"]
)
def test_what_is_asked_otherwise_is_refused_as_documented(
    sqlite_client: TestClient, schema: OpenApiSchema, path: str
) -> None:
    @given(case=schema[path]["GET"].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @SETTINGS
    def asked(case: schemathesis.Case[Any]) -> None:
        conforms(sqlite_client, case)

    asked()
