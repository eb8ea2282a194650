"""POST /observations with bodies that cannot be read: damaged, of another kind, or too large."""

import json
from collections.abc import Iterator

import pytest

from tests.app.client import ServiceClient
from tests.app.observations.refusing import DAY, HEADER, faults


@pytest.mark.parametrize("body", [b"", b"\n \n", HEADER.encode(), f"{HEADER}\n".encode()])
def test_a_file_without_figures_is_refused(loader: ServiceClient, body: bytes) -> None:
    before = loader.kept()
    faults(loader.load_csv(body))
    assert loader.kept() == before


NOT_CSV = {
    "a zip": b"PK\x03\x04" + b"\0" * 100,
    "JSON": b'{"release": {}}',
    "a web page": b"<!doctype html><html></html>",
    "binary": b"series,period\0,value\n",
    "Latin-1": f"{HEADER}\nusbp.s\xe9,2024-04,1\n".encode("latin-1"),
    "an open quote": f'{HEADER}\n"usbp,2024-04,1\n'.encode(),
    "NULs": b"\0" * 100_000,
}


@pytest.mark.parametrize("what", NOT_CSV)
def test_a_file_that_is_not_what_it_claims_to_be_is_refused(
    loader: ServiceClient, what: str
) -> None:
    before = loader.kept()
    assert faults(loader.load_csv(NOT_CSV[what]))
    assert loader.kept() == before


@pytest.mark.parametrize(
    "body", [b"", b"{", b"release", b"\xff\xfe", b'{"release": {}} x', b"[" * 100_000]
)
def test_what_is_not_json_is_refused(loader: ServiceClient, body: bytes) -> None:
    (found,) = faults(loader.send(body, "application/json"), 422, "bad-parameter")
    assert (found[0], found[2]) == ("body", "JSON")


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'"text"'])
def test_json_that_is_no_submission_is_refused(loader: ServiceClient, body: bytes) -> None:
    (found,) = faults(loader.send(body, "application/json"))
    assert found[0] == "body"


def test_a_refusal_does_not_repeat_all_that_was_sent(loader: ServiceClient) -> None:
    response = loader.send(json.dumps([["x" * 1000] * 500]), "application/json")
    faults(response)
    assert len(response.content) < 2000


def test_a_submission_without_figures_is_refused(loader: ServiceClient) -> None:
    (found,) = faults(loader.load("press", DAY))
    assert found[0] == "observations"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "text/csvx"]
)
def test_another_media_type_is_refused_with_what_is_taken(loader: ServiceClient, kind: str) -> None:
    before = loader.kept()
    response = loader.send(b"x", kind, source="cbp", published_on=DAY)
    faults(response, 415, "unsupported-media-type")
    assert "application/json, text/csv, or" in response.json()["detail"]
    assert loader.kept() == before


@pytest.mark.parametrize("kind", ["text/csv; charset=utf-8", "TEXT/CSV", "text/csv;header=present"])
def test_a_media_type_is_understood_however_it_is_written(
    loader: ServiceClient, series: str, kind: str
) -> None:
    text = f"{HEADER}\n{series},2024-04,1\n"
    assert loader.send(text, kind, source="cbp", published_on=DAY).status_code == 201


def test_a_body_that_announces_to_be_too_large_is_refused(loader: ServiceClient) -> None:
    before = loader.kept()
    response = loader.load_csv(b"x" * (1 << 20) + b"x")
    faults(response, 413, "too-large")
    assert "larger than the limit of 1 MB" in response.json()["detail"]
    assert loader.kept() == before


def test_a_body_that_turns_out_to_be_too_large_is_refused(loader: ServiceClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"usbp,2024-04,1\n" * 4000

    before = loader.kept()
    faults(loader.load_csv(endless()), 413, "too-large")
    assert loader.kept() == before


def test_a_body_in_pieces_is_read_whole(loader: ServiceClient, series: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield f"{HEADER}\n{series},20".encode()
        yield b"24-04,12"
        yield b"345\n"

    assert loader.load_csv(pieces()).status_code == 201
    assert loader.history(series) == {"2024-04": 12_345}
