"""Limits on connections: sizes and times of heads, and how many there may be."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from app.http.protocol import ConnectionLimits, new_protocol

QUICK = ConnectionLimits(head_seconds=0.3, silent_body_seconds=0.3)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the size of the body; at /slow after longer than a head may take."""
    assert scope["type"] == "http"
    if scope["path"] == "/slow":
        await asyncio.sleep(3 * QUICK.head_seconds)
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    headers = [(b"content-length", str(len(str(size))).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": str(size).encode()})


@contextmanager
def serving(limits: ConnectionLimits) -> Iterator[int]:
    """The port of a server with these limits."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            echo, http=new_protocol(limits), ws="none", lifespan="off", log_config=None
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([bound])), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield int(bound.getsockname()[1])
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(ConnectionLimits()) as port:
        yield port


@pytest.fixture(scope="module")
def quick_port() -> Iterator[int]:
    with serving(QUICK) as port:
        yield port


def ask(port: int, *chunks: bytes) -> bytes:
    """What comes back, until the server closes or is silent for some seconds."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        for chunk in chunks:
            try:
                connection.sendall(chunk)
            except (BrokenPipeError, ConnectionResetError):
                break
            time.sleep(0.02)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    received = b""
    try:
        while found := connection.recv(65536):
            received += found
    except (ConnectionResetError, TimeoutError):
        pass
    return received


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


CLOSE = b"Connection: close\r\n\r\n"


def test_an_ordinary_request_is_answered(port: int) -> None:
    answer = ask(port, b"GET /?" + b"a" * 8000 + b" HTTP/1.1\r\nHost: x\r\n" + CLOSE)
    assert status(answer) == 200


@pytest.mark.parametrize("pieces", [1, 7])
def test_a_request_line_over_8_kb_is_414(port: int, pieces: int) -> None:
    line = b"GET /?" + b"a" * 8400 + b" HTTP/1.1\r\nHost: x\r\n" + CLOSE
    step = len(line) // pieces + 1
    answer = ask(port, *(line[place : place + step] for place in range(0, len(line), step)))
    assert status(answer) == 414
    assert b"application/problem+json" in answer
    assert b"8 kB" in answer


def test_headers_over_32_kb_are_431(port: int) -> None:
    headers = b"".join(b"X-%d: %s\r\n" % (place, b"a" * 1000) for place in range(33))
    assert status(ask(port, b"GET / HTTP/1.1\r\nHost: x\r\n" + headers + CLOSE)) == 431


def test_headers_up_to_32_kb_are_read(port: int) -> None:
    headers = b"".join(b"X-%d: %s\r\n" % (place, b"a" * 1000) for place in range(31))
    assert status(ask(port, b"GET / HTTP/1.1\r\nHost: x\r\n" + headers + CLOSE)) == 200


def test_a_header_without_end_is_431(port: int) -> None:
    answer = ask(port, b"GET / HTTP/1.1\r\nX: ", *[b"a" * 8192] * 12)
    assert status(answer) == 431


def test_requests_after_a_large_body_are_answered(port: int) -> None:
    body = b"a" * 300_000
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer = ask(port, post + body, b"GET / HTTP/1.1\r\nHost: x\r\n" + CLOSE)
    assert answer.count(b"200 OK") == 2
    assert b"300000" in answer


def test_a_half_sent_head_is_408_after_its_time(quick_port: int) -> None:
    assert status(ask(quick_port, b"GET / HTTP/1.1\r\nHost: x\r\nX-")) == 408


def test_a_head_that_arrives_byte_by_byte_is_408(quick_port: int) -> None:
    trickle = [bytes([one]) for one in b"GET / HTTP/1.1\r\nHost: x\r\n" * 2]
    assert status(ask(quick_port, *trickle)) in (400, 408)


def test_a_silent_connection_is_closed(quick_port: int) -> None:
    assert ask(quick_port) == b""


def test_an_answer_may_take_longer_than_a_head(quick_port: int) -> None:
    assert status(ask(quick_port, b"GET /slow HTTP/1.1\r\nHost: x\r\n" + CLOSE)) == 200


def test_the_time_of_a_pipelined_head_begins_after_the_answer_before_it(quick_port: int) -> None:
    answer = ask(quick_port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n")
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"408"]


def test_a_half_sent_second_request_is_408_too(quick_port: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = ask(quick_port, whole, b"GET / HT")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in answer


def test_a_body_that_stops_is_408(quick_port: int) -> None:
    answer = ask(quick_port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
    assert answer == b"" or status(answer) == 408


def test_what_is_no_http_is_400(port: int) -> None:
    assert status(ask(port, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")) == 400


def test_1100_half_sent_requests_leave_the_service_answering() -> None:
    with serving(ConnectionLimits(connections=500)) as port, ExitStack() as held:
        for _ in range(1100):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for _ in range(3):
            assert status(ask(port, b"GET / HTTP/1.1\r\nHost: x\r\n" + CLOSE)) == 200
