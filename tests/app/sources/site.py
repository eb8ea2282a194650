"""A publisher's web site on this machine: pages and files by path, and every way in which a site
can fail."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the site sends for a path.

    With `etag` or `modified` it answers conditional requests with 304. `cut_at` closes the
    connection after so many bytes; `pieces` sends the body in so many, `pause` seconds apart.
    """

    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = False
    modified: datetime | None = None
    cut_at: int | None = None
    pieces: int = 1
    pause: float = 0.0

    def validators(self) -> dict[str, str]:
        given = {}
        if self.etag:
            given["ETag"] = f'"{blake2b(self.body, digest_size=8).hexdigest()}"'
        if self.modified is not None:
            given["Last-Modified"] = format_datetime(self.modified.astimezone(UTC), usegmt=True)
        return given


@dataclass(frozen=True)
class Asked:
    """A request that the site has received, and the status of its answer."""

    path: str
    headers: dict[str, str]
    status: int


class Site:
    """Answers by path. Of several answers for a path each is sent once, and the last one from then
    on."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.refused_agents: tuple[str, ...] = ()
        self._answers: dict[str, list[Answer]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def address(self, path: str) -> str:
        return f"{self.root}{path}"

    def serve(self, path: str, *answers: Answer) -> None:
        """Have these answers at a path from now on."""
        self._answers[path] = list(answers)

    def redirect(self, path: str, target: str) -> None:
        self.serve(path, Answer(status=302, headers={"Location": target}))

    def statuses(self, path: str) -> list[int]:
        """Statuses that requests for a path got."""
        return [asked.status for asked in self.asked if asked.path == path]

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, path: str) -> Answer:
        answers = self._answers.get(path)
        if not answers:
            return Answer(b"<h1>Not found</h1>", status=404)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                agent = headers.get("user-agent", "")
                answer = site._next(self.path)
                if any(refused in agent for refused in site.refused_agents):
                    answer = Answer(b"<h1>Access Denied</h1>", status=403)
                elif answer.status == 200 and _still_good(answer, headers):
                    answer = Answer(status=304, headers=answer.validators())
                site.asked.append(Asked(self.path, headers, answer.status))
                self._send(answer)

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                if answer.status != 304:
                    self.send_header("Content-Type", answer.media_type)
                    self.send_header("Content-Length", str(len(answer.body)))
                for name, value in {**answer.validators(), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                whole = answer.body[: answer.cut_at]
                size = max(1, -(-len(whole) // answer.pieces))
                for start in range(0, len(whole), size):
                    if start:
                        time.sleep(answer.pause)
                    try:
                        self.wfile.write(whole[start : start + size])
                        self.wfile.flush()
                    except OSError:
                        break
                if answer.cut_at is not None:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def _still_good(answer: Answer, headers: dict[str, str]) -> bool:
    """Whether what a conditional request validates is what would be sent: RFC 9110, 13.2.2."""
    validators = answer.validators()
    if "if-none-match" in headers:
        return headers["if-none-match"] == validators.get("ETag")
    since = headers.get("if-modified-since")
    if since is None or answer.modified is None:
        return False
    return answer.modified.replace(microsecond=0) <= parsedate_to_datetime(since)


@contextmanager
def open_site() -> Iterator[Site]:
    site = Site()
    site.start()
    try:
        yield site
    finally:
        site.stop()


def cbp_page(
    files: Sequence[tuple[str, str]],
    *,
    heading: str = "Dashboard Dataset",
    modified: str = "Sep 16, 2026",
) -> bytes:
    """A page of www.cbp.gov: text and href of the links under its heading, and a table of
    attachments.

    The table's dates are older than the day on which a file appears.
    """
    links = "".join(f'<li><a href="{href}">{text}</a></li>' for text, href in files)
    rows = "".join(
        f"<tr><td>{href.rpartition('/')[2]}</td><td>6.42 MB</td><td>September 4, 2026</td></tr>"
        for _, href in files
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head>
<title>Nationwide Encounters | U.S. Customs and Border Protection</title></head><body>
<nav><a href="/">Home</a> <a href="/newsroom/stats">Stats</a></nav>
<main><h1>Nationwide Encounters</h1>
<p>Data are extracted from live systems and subject to change.</p>
<h2>{heading}</h2><ul>{links}</ul>
<h2>Data Dictionary</h2>
<ul><li><a href="/sites/default/files/2023-Sep/data-dictionary.pdf">Dictionary</a></li></ul>
<table><tr><th>Attachment</th><th>Size</th><th>Date</th></tr>{rows}</table>
<footer>Last Modified: {modified}</footer></main></body></html>""".encode()


def ohss_page(files: Sequence[tuple[str, str]]) -> bytes:
    """A page of ohss.dhs.gov."""
    links = "".join(f'<p><a href="{href}">{text}</a></p>' for text, href in files)
    return f"""<!DOCTYPE html><html><head><title>Monthly Tables | OHSS</title></head><body>
<h1>Immigration Enforcement and Legal Processes Monthly Tables</h1>{links}
<p>Last Updated: 02/20/2025</p></body></html>""".encode()


def frontex_page(hrefs: Sequence[str]) -> bytes:
    """A page of www.frontex.europa.eu."""
    links = "".join(f'<a class="btn" href="{href}">Download data (xlsx)</a>' for href in hrefs)
    return f"""<!DOCTYPE html><html><head><title>Migratory Map</title></head><body>
<h1>Migratory Map</h1><div id="map"></div>{links}
<a href="/assets/Migratory_routes/2026/methodology.pdf">Methodology</a></body></html>""".encode()


def gov_uk_page(addresses: Sequence[str], *, updated: str = "2026-08-21T09:30:01+01:00") -> bytes:
    """A publication's page of www.gov.uk, whose files are on another host."""
    links = "".join(
        f'<section class="attachment"><a class="govuk-link" href="{address}">'
        "Small boats - time series</a><span>ODS, 74 KB</span></section>"
        for address in addresses
    )
    return f"""<!DOCTYPE html><html lang="en"><head>
<meta name="govuk:public-updated-at" content="{updated}">
<title>Small boat activity in the English Channel - GOV.UK</title></head><body>
<h1>Small boat activity in the English Channel</h1>{links}
<a href="/government/publications/migrants/last-7-days">Last 7 days</a></body></html>""".encode()
