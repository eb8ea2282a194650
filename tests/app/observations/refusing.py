"""What loads are refused with."""

from typing import Any

from httpx2 import Response

DAY = "2024-05-15"  # on which what is loaded was published
HEADER = "series,period,value"


def faults(
    response: Response, status: int = 422, kind: str = "bad-figures"
) -> list[tuple[Any, ...]]:
    """Place, given and expected of everything wrong, after a look at the document that says so."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["type"] == f"/problems/{kind}"
    return [(one["parameter"], one["given"], one["expected"]) for one in document.get("errors", [])]
