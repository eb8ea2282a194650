"""Fetching from publishers' sites: one request at a time, conditional, limited in time and size,
patiently."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from typing import BinaryIO, cast

import httpx2
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from app.sources.configured import DEFAULT_USER_AGENT
from app.sources.failures import (
    AccessDenied,
    AskedToWait,
    NotFound,
    NotTheFile,
    SourceFailure,
    Unreachable,
)

IN_MEMORY = 1 << 20  # bytes that stay in memory
LONGEST_VALIDATOR = 100  # characters
_BUSY = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_REFUSALS = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
}


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long to wait and how often to try; all in seconds except the attempts.

    A body is given up if less than `least_bytes_per_second` come on average over `slow_seconds`.
    """

    connect_seconds: float = 15
    silence_seconds: float = 30
    whole_seconds: float = 600
    slow_seconds: float = 30
    least_bytes_per_second: float = 2_000
    attempts: int = 4
    first_pause_seconds: float = 2
    longest_pause_seconds: float = 60


@dataclass(frozen=True, slots=True)
class Validators:
    """What a site said of its last answer, to be asked whether that is still good."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Headers of a conditional request."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Download:
    """What came. `address` is where redirects ended; `body` is open only while the download is."""

    address: str
    body: BinaryIO
    size: int
    checksum: str
    media_type: str
    validators: Validators

    @property
    def modified_on(self) -> date | None:
        """UTC day of the answer's Last-Modified, if there is one."""
        moment = _http_date(self.validators.last_modified)
        return None if moment is None else moment.date()


Progress = Callable[[int, int | None], None]
"""Told how many bytes have come, and of how many if that is known."""


class _TransientFailure(Exception):
    """A failure that may be over if it is tried again; `retry_after` is when the site asks for
    that."""

    def __init__(self, failure: SourceFailure, retry_after: float | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.retry_after = retry_after


class Fetcher:
    """Gets addresses with one HTTP client. Used within `open_fetcher`."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        limits: FetchLimits,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._limits = limits
        self._tell = tell

    @asynccontextmanager
    async def get(
        self,
        address: str,
        known: Validators,
        *,
        accept: str,
        largest: int,
        progress: Progress = lambda _received, _total: None,
    ) -> AsyncIterator[Download | None]:
        """Download an address; None if the answer that `known` validates is still good.

        Parameters
        ----------
        accept : media types to ask for
        largest : most bytes to take
        progress : called as bytes come

        Raises
        ------
        SourceFailure
            Of the kind that says why nothing could be had.
        """
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spooled:
            body = cast(BinaryIO, spooled)
            retrying = AsyncRetrying(
                stop=stop_after_attempt(self._limits.attempts),
                wait=self._pause,
                retry=retry_if_exception_type(_TransientFailure),
                before_sleep=self._tell_of_pause,
                reraise=True,
            )
            headers = {"Accept": accept} | known.headers()
            try:
                found: Download | None = await retrying(
                    self._try, address, headers, body, largest, progress
                )
            except _TransientFailure as last:
                raise last.failure from last
            yield found

    async def _try(
        self,
        address: str,
        headers: dict[str, str],
        body: BinaryIO,
        largest: int,
        progress: Progress,
    ) -> Download | None:
        """One attempt. Raises _TransientFailure if another may succeed, and SourceFailure if none
        would."""
        body.seek(0)
        body.truncate()
        try:
            async with (
                asyncio.timeout(self._limits.whole_seconds),
                self._client.stream("GET", address, headers=headers) as response,
            ):
                if response.status_code == HTTPStatus.NOT_MODIFIED and len(headers) > 1:
                    return None
                self._check_status(address, response)
                digest, size = await self._receive(response, body, largest, progress)
        except TimeoutError as error:
            raise _TransientFailure(
                Unreachable(f"{address} took longer than {self._limits.whole_seconds:.0f} seconds.")
            ) from error
        except httpx2.TooManyRedirects as error:
            raise Unreachable(f"{address} redirects in a circle.") from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise Unreachable(f"{address} cannot be asked: {error}.") from error
        except httpx2.HTTPError as error:
            raise _TransientFailure(
                Unreachable(f"{address} could not be had: {_reason(error)}.")
            ) from error
        body.seek(0)
        return Download(
            str(response.url),
            body,
            size,
            digest,
            response.headers.get("content-type", "").split(";")[0].strip().lower(),
            Validators(_short(response, "etag"), _short(response, "last-modified")),
        )

    async def _receive(
        self, response: httpx2.Response, body: BinaryIO, largest: int, progress: Progress
    ) -> tuple[str, int]:
        """Write the answer's body to a file; returns its SHA-256 and its size in bytes."""
        total = _length(response)
        if total is not None and total > largest:
            raise NotTheFile(
                f"{response.url} has {total:,} bytes, and at most {largest:,} were expected."
            )
        digest, size = sha256(), 0
        loop = asyncio.get_running_loop()
        started = loop.time()
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > largest:
                raise NotTheFile(
                    f"{response.url} has more than the {largest:,} bytes that were expected."
                )
            digest.update(chunk)
            body.write(chunk)
            progress(size, total)
            elapsed = loop.time() - started
            if (
                elapsed > self._limits.slow_seconds
                and size < elapsed * self._limits.least_bytes_per_second
            ):
                raise _TransientFailure(
                    Unreachable(
                        f"{response.url} came too slowly: {size:,} bytes in {elapsed:.0f} seconds."
                    )
                )
        return digest.hexdigest(), size

    def _check_status(self, address: str, response: httpx2.Response) -> None:
        """Raises what a status other than 200 means."""
        if response.status_code == HTTPStatus.OK:
            return
        answer = f"{response.status_code} {response.reason_phrase}".strip()
        if response.status_code in _BUSY:
            self._raise_busy(address, answer, _retry_after(response))
        if response.status_code in _REFUSALS:
            agent = self._client.headers.get("user-agent", "")
            raise AccessDenied(
                f"{address} refuses this client ({answer}). Some sites do so by User-Agent, which "
                f"was {agent!r} and which --user-agent or BORDERCAST_USER_AGENT sets, by address, "
                "or by how a client connects."
            )
        if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            raise NotFound(f"{address} does not exist ({answer}).")
        raise Unreachable(f"{address} answered {answer}, and 200 was expected.")

    def _raise_busy(self, address: str, answer: str, wait: float | None) -> None:
        if wait is not None and wait > self._limits.longest_pause_seconds:
            raise AskedToWait(
                f"{address} answered {answer} and asks to wait {wait:,.0f} seconds, longer than an "
                "update does."
            )
        raise _TransientFailure(
            Unreachable(f"{address} answered {answer}, however often it was asked."), wait
        )

    def _pause(self, state: RetryCallState) -> float:
        """Seconds until the next attempt: what the site asks for, or more after each failure."""
        growing = wait_exponential_jitter(
            multiplier=self._limits.first_pause_seconds,
            max=self._limits.longest_pause_seconds,
            jitter=self._limits.first_pause_seconds,
        )(state)
        failed = state.outcome.exception() if state.outcome else None
        asked = failed.retry_after if isinstance(failed, _TransientFailure) else None
        return max(growing, asked or 0)

    def _tell_of_pause(self, state: RetryCallState) -> None:
        failed = state.outcome.exception() if state.outcome else None
        pause = state.next_action.sleep if state.next_action else 0
        self._tell(f"{failed} Trying again in {pause:.0f} seconds.")


@asynccontextmanager
async def open_fetcher(
    *,
    user_agent: str = DEFAULT_USER_AGENT,
    proxy: str | None = None,
    limits: FetchLimits | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[Fetcher]:
    """A fetcher, and its connections closed at the end.

    Parameters
    ----------
    user_agent : what the client calls itself
    proxy : address of a proxy; by default those of HTTPS_PROXY and HTTP_PROXY are used
    tell : told, in a sentence, of every attempt that failed and is repeated
    """
    chosen = limits or FetchLimits()
    async with httpx2.AsyncClient(
        headers={"User-Agent": user_agent},
        proxy=proxy,
        timeout=httpx2.Timeout(chosen.silence_seconds, connect=chosen.connect_seconds),
        limits=httpx2.Limits(max_connections=1),
        follow_redirects=True,
        max_redirects=5,
    ) as client:
        yield Fetcher(client, chosen, tell)


def _short(response: httpx2.Response, name: str) -> str | None:
    """A header, unless it is longer than any that is worth remembering."""
    value = response.headers.get(name)
    return value if value and len(value) <= LONGEST_VALIDATOR else None


def _length(response: httpx2.Response) -> int | None:
    """Size that the answer announces for its body, if it is sent as it is."""
    given = response.headers.get("content-length", "")
    return int(given) if given.isdecimal() and "content-encoding" not in response.headers else None


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds until a site wants to be asked again."""
    given = response.headers.get("retry-after", "").strip()
    if given.isdecimal():
        return float(given)
    moment = _http_date(given)
    return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _http_date(text: str | None) -> datetime | None:
    """The instant of an HTTP header, in UTC."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _reason(error: httpx2.HTTPError) -> str:
    """What went wrong with a connection, in words."""
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx2.ProxyError):
        return f"the proxy failed ({error})"
    if isinstance(error, httpx2.RemoteProtocolError):
        return f"the answer broke off ({error})"
    return str(error) or type(error).__name__
