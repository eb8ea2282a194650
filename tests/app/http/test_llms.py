"""/llms.txt: the calls for programs that read text."""

import re

from fastapi.testclient import TestClient


def test_every_call_has_a_line_with_its_parameters(sqlite_client: TestClient) -> None:
    text = sqlite_client.get("/llms.txt").text
    calls = {
        f"{method.upper()} {path}"
        for path, operations in sqlite_client.get("/openapi.json").json()["paths"].items()
        if not path.endswith(".csv")
        for method in operations
    }
    assert set(re.findall(r"^- \[([A-Z]+ /[^\]]*)\]", text, re.MULTILINE)) == calls
    line = next(line for line in text.splitlines() if line.startswith("- [GET /history]"))
    assert "`series`*, `units`, `aggregate`" in line
    assert "(http://testserver/history)" in line


def test_it_begins_as_the_convention_has_it(sqlite_client: TestClient) -> None:
    answer = sqlite_client.get("/llms.txt")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    title, _, summary = answer.text.splitlines()[:3]
    assert (title, summary[:2]) == ("# Bordercast", "> ")


def test_a_current_copy_is_not_sent_again(sqlite_client: TestClient) -> None:
    etag = sqlite_client.get("/llms.txt").headers["etag"]
    assert sqlite_client.get("/llms.txt", headers={"If-None-Match": etag}).status_code == 304
